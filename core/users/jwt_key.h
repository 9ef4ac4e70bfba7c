// SPDX-License-Identifier: Apache-2.0
// One signing key: HMAC-SHA-256 or Ed25519 through OpenSSL's EVP.
//
// Ownership: owns the key's memory and wipes it. Thread: sign() and verify() are const and take no
// lock.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "users/tokens.h"

namespace parley::users {

class JwtKey {
 public:
  static Result<std::unique_ptr<JwtKey>> make(TokenKey key);
  ~JwtKey();

  std::string sign(std::string_view text) const;  // "" when OpenSSL refuses
  bool verify(std::string_view text, std::string_view signature) const;
  const TokenKey& settings() const { return settings_; }  // without the secret
  const char* algorithm_name() const;

 private:
  struct Evp;
  JwtKey(TokenKey settings, std::unique_ptr<Evp> evp);
  TokenKey settings_;
  std::unique_ptr<Evp> evp_;
};

}  // namespace parley::users
