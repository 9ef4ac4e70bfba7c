// SPDX-License-Identifier: Apache-2.0
// Key pairs drawn for one run of the tests: private halves in PEM, public ones as JSON Web Keys.
#pragma once

#include <string>

#include "users/tokens.h"

namespace parley::users {

struct DrawnKey {
  std::string pem;
  std::string jwk;  // with alg and a kid: "rsa", "ec" or "ed"
  TokenKey token_key(const std::string& kid) const;
};

// Each drawn once.
const DrawnKey& rsa_key();
const DrawnKey& p256_key();
const DrawnKey& ed25519_key();
std::string weak_rsa_pem();  // 1024 bits
std::string p384_pem();

}  // namespace parley::users
