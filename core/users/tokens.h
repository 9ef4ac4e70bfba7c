// SPDX-License-Identifier: Apache-2.0
// Access tokens: JSON Web Tokens that this server signs, and that it checks for itself and for the
// issuers its operator trusts.
//
// The algorithm belongs to the key, never to the token: a header that names another one, or `none`,
// or carries crit, jku, jwk, x5u or x5c, is refused. base64url is strict, duplicate JSON keys are
// refused, 8 KiB at most. Ownership: a KeyRing is a value-like set of keys; keys are wiped when it
// goes. Thread: verify() and make() are const and may run on every shard; add() belongs to whoever
// builds the ring. Failure: token_expired, token_revoked, unauthorized, each with a sentence that
// says what was wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "storage/records.h"

namespace parley::users {

enum class TokenAlgorithm { kHs256, kEdDsa, kRs256, kEs256 };
const char* name_of(TokenAlgorithm algorithm);  // as a header's alg spells it
std::optional<TokenAlgorithm> algorithm_named(std::string_view name);

// One key and what it may vouch for. It has a `secret`, or for the three public-key algorithms a
// `public_key`, which only verifies. `secret` is at least 32 bytes for HS256, the 32-byte seed for
// EdDSA, a private key in DER for RS256 (2048 bits or more) and ES256 (P-256).
struct TokenKey {
  std::string kid;
  TokenAlgorithm algorithm = TokenAlgorithm::kEdDsa;
  std::string secret;
  std::string issuer;           // "" for this server's own key: then sub is a local user id
  std::string audience;         // required in the token when set
  std::string public_key = {};  // SubjectPublicKeyInfo in DER
  std::string name_claim = {};  // the claim that proposes a name for a person who is new here
  std::vector<std::string> max_roles = {};  // of an issuer's key: more than these nobody has by it
};

struct TokenClaims {
  std::string subject;
  std::string id;              // jti
  std::string issuer;          // "" for own tokens
  std::int64_t issued_at = 0;  // milliseconds, like everything; seconds in the token
  std::int64_t expires_at = 0;
  std::string family = {};  // of own tokens: the login they belong to, "" for none
  std::string name = {};    // of an issuer's tokens: what the person is called there
  std::vector<std::string> max_roles = {};  // the key's; empty for own tokens: no narrowing
  std::string key = {};  // which key signed it, see JwtKey::mark; "" where that was not kept
  // What a single token is revoked by: two issuers may give the same jti.
  std::string revocation_id() const { return issuer.empty() ? id : issuer + ' ' + id; }
};

struct TokenRules {
  Millis skew{30'000};
  Millis longest{30LL * 24 * 3600 * 1000};  // from iat to exp
  std::size_t max_size = 8192;
};

std::string new_token_id();  // 131 bits

class JwtKey;

// A key is found by issuer and kid: what one issuer calls its keys is nothing to another.
class KeyRing {
 public:
  explicit KeyRing(TokenRules rules = {});
  ~KeyRing();
  KeyRing(KeyRing&&) noexcept;
  KeyRing& operator=(KeyRing&&) noexcept;

  // The first key added signs; the others only verify (rotation). conflict: an issuer's kid twice.
  Status add(TokenKey key);
  Status add(std::shared_ptr<const JwtKey> key);
  // A token for a local user, valid for `lifetime` from `now_ms`; the jti is drawn here.
  Result<std::string> make(std::string_view user_id, std::int64_t now_ms, Millis lifetime) const;
  // The same with the claims as they stand: subject, id, family and times.
  Result<std::string> make(const TokenClaims& claims) const;
  // Signature, form and times; not revocation.
  Result<TokenClaims> verify(std::string_view token, std::int64_t now_ms) const;
  // What TokenClaims::key of a token made now says.
  std::string signing_key() const;
  // Whether the key that TokenClaims::key speaks of is there, and still the same. Of claims that
  // were kept without one: whether the issuer has any.
  bool knows(const std::string& issuer, const std::string& key) const;
  // Whether every key of this ring is in the other too.
  bool is_within(const KeyRing& other) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The server's own key: from auth.token_key ("file:PATH": a file with 32 or more random bytes, or
// 64 hex digits, for HS256; or a private key in PEM for RS256, ES256 or EdDSA; not readable by
// group or world), else <state>/token.key, an EdDSA seed made 0600 at the first start.
Result<TokenKey> load_token_key(const config::Auth& auth, const std::filesystem::path& state_dir);
// The key before it, which still verifies: auth.token_key_previous, else <state>/token.key.previous.
// not_found when there is none.
Result<TokenKey> load_previous_key(const config::Auth& auth,
                                   const std::filesystem::path& state_dir);
// Makes <state>/token.key the previous one and draws another. invalid_args when the key is
// configured: then its files are the operator's.
Status rotate_token_key(const config::Auth& auth, const std::filesystem::path& state_dir);

// What was revoked, in memory, so that verification never waits for the database. Thread: any.
class RevocationList {
 public:
  explicit RevocationList(storage::Revocations initial = {});
  ~RevocationList();
  void revoke_token(const std::string& jti, std::int64_t expires_at);
  void revoke_user(const std::string& user_id, std::int64_t issued_up_to);
  // Everything that one login was given; what stands for it among the token ids is family_mark().
  bool revoked(const TokenClaims& claims) const;
  // Whether what that local user was given at that time is dead.
  bool user_revoked(const std::string& user_id, std::int64_t issued_at) const;
  // The time to put into a new token of this user: now, or just behind their last revocation.
  std::int64_t first_issue(const std::string& user_id, std::int64_t now_ms) const;
  static std::string family_mark(const std::string& family) { return "family:" + family; }
  // Forgets what has expired by itself; `oldest_issue` is now minus the longest lifetime of a
  // token.
  void expire(std::int64_t now_ms, std::int64_t oldest_issue);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::users
