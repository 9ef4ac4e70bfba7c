// SPDX-License-Identifier: Apache-2.0
// JSON Web Key Sets (RFC 7517): the public keys of an issuer of tokens.
//
// A key is taken as it stands in the file and never fetched: x5u, x5c and jku are not looked at. The
// algorithm is pinned by the key's `alg`, or by `fallback` where the issuer leaves it out. Keys that
// are for something else (use: enc, another algorithm) are passed over and named; one that is damaged,
// private, without kid or there twice is left out and named, and the others count.
//
// Thread: any. Failure: invalid_args for what is no key set, or has no key that can verify.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "users/tokens.h"

namespace parley::users {

// A key that should verify and cannot.
struct DamagedKey {
  std::string kid;  // "" for one without
  std::string why;  // a sentence that names it and says what to do
};

struct JwkSet {
  std::vector<TokenKey> keys;        // kid, algorithm and key; who may vouch for what is not here
  std::vector<std::string> skipped;  // "kid: why"
  std::vector<DamagedKey> damaged;
};

Result<JwkSet> parse_jwks(std::string_view json, std::optional<TokenAlgorithm> fallback);

}  // namespace parley::users
