// SPDX-License-Identifier: Apache-2.0
// One key of the ring, HS256, RS256, ES256 or EdDSA, through OpenSSL's EVP.
//
// Ownership: owns the key's memory and wipes it. Thread: sign() and verify() are const and take no
// lock; what OpenSSL notes about a failure does not stay in the thread's queue, where TLS would find
// it.
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

  std::string sign(std::string_view text) const;  // "" for a public key, or when OpenSSL refuses
  bool verify(std::string_view text, std::string_view signature) const;
  const TokenKey& settings() const { return settings_; }  // without the secret
  const char* algorithm_name() const { return name_of(settings_.algorithm); }
  // Its kid and a hash of what it is made of: another key under the same kid is another.
  const std::string& mark() const { return mark_; }

 private:
  struct Evp;
  JwtKey(TokenKey settings, std::string known_as, std::unique_ptr<Evp> evp);
  TokenKey settings_;
  std::string mark_;
  std::unique_ptr<Evp> evp_;
};

// A private key in PEM, without a passphrase: RSA for RS256, P-256 for ES256, Ed25519 for EdDSA.
// `what` names it in errors. The kid is left to the caller.
Result<TokenKey> parse_private_pem(std::string_view pem, const std::string& what);

}  // namespace parley::users
