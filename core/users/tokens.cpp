// SPDX-License-Identifier: Apache-2.0
#include "users/tokens.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/thread_annotations.h"
#include "users/jwt_key.h"
#include "users/strict_json.h"

namespace parley::users {
namespace {

using Json = nlohmann::json;

constexpr double kMillis = 1000;
constexpr double kLatestSecond = 253402300799.0;  // the year 9999
constexpr std::size_t kSubjectMax = 255;
constexpr std::size_t kNameMax = 255;

Status unauthorized(const char* why) {
  return Status::unauthorized(std::string("The token is not valid: ") + why);
}

struct Parts {
  std::string_view header, payload, signature, signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? first : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

std::optional<Json> parse_object(std::string_view part) {
  const auto text = base64url_decode(part);
  return text ? parse_strict_object(*text) : std::nullopt;
}

// A header that points to a key, or asks for something we do not know, wants to choose how it is
// checked.
bool header_is_plain(const Json& header) {
  for (const char* key : {"crit", "jku", "jwk", "x5u", "x5c", "b64", "enc", "zip"}) {
    if (header.contains(key)) return false;
  }
  return true;
}

// Tokens of another purpose (logout, proof of possession) are signed with the same keys.
bool is_access_token(const Json& header, const TokenKey& key) {
  const auto typ = header.find("typ");
  if (typ == header.end()) return true;
  return *typ == "JWT" || (!key.issuer.empty() && *typ == "at+jwt");
}

// Seconds in the token, with or without a fraction; nothing for what is no sensible time.
std::optional<std::int64_t> time_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLatestSecond) return std::nullopt;
  return std::llround(seconds * kMillis);
}

bool names_audience(const Json& payload, const std::string& audience) {
  const auto found = payload.find("aud");
  if (found == payload.end()) return false;
  if (found->is_string()) return *found == audience;
  if (!found->is_array()) return false;
  for (const Json& entry : *found) {
    if (entry.is_string() && entry == audience) return true;
  }
  return false;
}

Status check_times(const TokenClaims& claims, const Json& payload, std::int64_t now,
                   const TokenRules& rules) {
  const std::int64_t skew = rules.skew.count();
  if (claims.issued_at > now + skew) return unauthorized("it was issued in the future.");
  if (claims.expires_at <= claims.issued_at)
    return unauthorized("it expires before it was issued.");
  if (claims.expires_at - claims.issued_at > rules.longest.count())
    return unauthorized("it lives longer than auth.token_max allows.");
  if (payload.contains("nbf")) {
    const auto not_before = time_of(payload, "nbf");
    if (!not_before || *not_before > now + skew) return unauthorized("its time has not come.");
  }
  if (claims.expires_at + skew > now) return Status::ok();
  return {ErrorCode::kTokenExpired, "The token has expired. Get a new one."};
}

Result<TokenClaims> read_claims(const Json& payload, const TokenKey& key) {
  const auto issued = time_of(payload, "iat");
  const auto expires = time_of(payload, "exp");
  if (!issued || !expires) return unauthorized("iat or exp is missing.");
  TokenClaims claims{text_of(payload, "sub"), text_of(payload, "jti"), text_of(payload, "iss"),
                     *issued, *expires};
  if (key.issuer.empty()) {
    claims.family = text_of(payload, "fam");
  } else {
    claims.name = text_of(payload, key.name_claim.c_str()).substr(0, kNameMax);
    claims.max_roles = key.max_roles;
  }
  if (claims.subject.empty() || claims.subject.size() > kSubjectMax)
    return unauthorized("it names nobody.");
  if (claims.issuer != key.issuer) return unauthorized("another issuer's name is in it.");
  if (!key.audience.empty() && !names_audience(payload, key.audience)) {
    return unauthorized("it is meant for someone else.");
  }
  return claims;
}

}  // namespace

const char* name_of(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::kHs256:
      return "HS256";
    case TokenAlgorithm::kRs256:
      return "RS256";
    case TokenAlgorithm::kEs256:
      return "ES256";
    case TokenAlgorithm::kEdDsa:
      break;
  }
  return "EdDSA";
}

std::optional<TokenAlgorithm> algorithm_named(std::string_view name) {
  for (const auto algorithm : {TokenAlgorithm::kHs256, TokenAlgorithm::kRs256,
                               TokenAlgorithm::kEs256, TokenAlgorithm::kEdDsa}) {
    if (name == name_of(algorithm)) return algorithm;
  }
  return std::nullopt;
}

std::string new_token_id() {
  constexpr std::size_t kLength = 22;
  return random_base62(kLength);
}

struct KeyRing::Impl {
  explicit Impl(TokenRules given) : rules(given) {}

  const JwtKey* find(const std::string& issuer, const std::string& kid) const {
    const auto found = std::ranges::find_if(keys, [&](const auto& key) {
      return key->settings().kid == kid && key->settings().issuer == issuer;
    });
    return found == keys.end() ? nullptr : found->get();
  }
  bool has_kid(const std::string& kid) const {
    return std::ranges::any_of(keys, [&](const auto& key) { return key->settings().kid == kid; });
  }

  TokenRules rules;
  std::vector<std::shared_ptr<const JwtKey>> keys;
};

KeyRing::KeyRing(TokenRules rules) : impl_(std::make_unique<Impl>(rules)) {}
KeyRing::~KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;

Status KeyRing::add(TokenKey key) {
  auto made = JwtKey::make(std::move(key));
  return made ? add(std::shared_ptr<const JwtKey>(std::move(made).value())) : made.status();
}

Status KeyRing::add(std::shared_ptr<const JwtKey> key) {
  const TokenKey& settings = key->settings();
  if (impl_->find(settings.issuer, settings.kid))
    return Status::conflict("There are two token keys named " + settings.kid + ".");
  impl_->keys.push_back(std::move(key));
  return Status::ok();
}

std::string KeyRing::signing_key() const {
  return impl_->keys.empty() ? std::string() : impl_->keys.front()->mark();
}

bool KeyRing::knows(const std::string& issuer, const std::string& key) const {
  return std::ranges::any_of(impl_->keys, [&](const auto& known) {
    return known->settings().issuer == issuer && (key.empty() || known->mark() == key);
  });
}

bool KeyRing::is_within(const KeyRing& other) const {
  return std::ranges::all_of(impl_->keys, [&](const auto& key) {
    return other.knows(key->settings().issuer, key->mark());
  });
}

Result<std::string> KeyRing::make(std::string_view user_id, std::int64_t now_ms,
                                  Millis lifetime) const {
  TokenClaims claims;
  claims.subject = user_id;
  claims.id = new_token_id();
  claims.issued_at = now_ms;
  claims.expires_at = now_ms + lifetime.count();
  return make(claims);
}

Result<std::string> KeyRing::make(const TokenClaims& claims) const {
  if (impl_->keys.empty()) return Status::internal("There is no key to sign tokens with.");
  const JwtKey& key = *impl_->keys.front();
  const Json header = {{"alg", key.algorithm_name()}, {"kid", key.settings().kid}, {"typ", "JWT"}};
  Json payload = {{"sub", claims.subject},
                  {"jti", claims.id},
                  {"iat", static_cast<double>(claims.issued_at) / kMillis},
                  {"exp", static_cast<double>(claims.expires_at) / kMillis}};
  if (!claims.family.empty()) payload["fam"] = claims.family;
  if (!key.settings().issuer.empty()) payload["iss"] = key.settings().issuer;
  if (!key.settings().audience.empty()) payload["aud"] = key.settings().audience;
  std::string token = base64url_encode(header.dump()) + '.' + base64url_encode(payload.dump());
  const std::string signature = key.sign(token);
  if (signature.empty()) return Status::internal("OpenSSL could not sign a token.");
  return token + '.' + base64url_encode(signature);
}

Result<TokenClaims> KeyRing::verify(std::string_view token, std::int64_t now_ms) const {
  if (token.size() > impl_->rules.max_size) return unauthorized("it is too long.");
  const auto parts = split(token);
  const auto header = parts ? parse_object(parts->header) : std::nullopt;
  if (!header) return unauthorized("it is no JSON Web Token.");
  if (!header_is_plain(*header))
    return unauthorized("its header asks for something that is not allowed.");
  // Which key is asked for is read before anything is believed; it has to say the same once it is.
  const auto payload = parse_object(parts->payload);
  if (!payload) return unauthorized("its content is no JSON object.");
  const std::string kid = text_of(*header, "kid");
  const JwtKey* key = impl_->find(text_of(*payload, "iss"), kid);
  if (!key && impl_->has_kid(kid)) return unauthorized("another issuer's name is in it.");
  if (!key) return unauthorized("no key of this server signed it.");
  if (text_of(*header, "alg") != key->algorithm_name())
    return unauthorized("its algorithm is not its key's.");
  if (!is_access_token(*header, key->settings()))
    return unauthorized("its typ says that it is no access token.");
  const auto signature = base64url_decode(parts->signature);
  if (!signature || !key->verify(parts->signed_text, *signature))
    return unauthorized("its signature is wrong.");
  Result<TokenClaims> claims = read_claims(*payload, key->settings());
  if (!claims) return claims;
  claims->key = key->mark();
  const Status times = check_times(*claims, *payload, now_ms, impl_->rules);
  if (!times) return times;
  return claims;
}

struct RevocationList::Impl {
  mutable Mutex mutex;
  std::unordered_map<std::string, std::int64_t> tokens PARLEY_GUARDED_BY(mutex);
  std::unordered_map<std::string, std::int64_t> users PARLEY_GUARDED_BY(mutex);
};

RevocationList::RevocationList(storage::Revocations initial) : impl_(std::make_unique<Impl>()) {
  MutexLock lock(impl_->mutex);
  impl_->tokens.insert(initial.tokens.begin(), initial.tokens.end());
  impl_->users.insert(initial.users.begin(), initial.users.end());
}
RevocationList::~RevocationList() = default;

void RevocationList::revoke_token(const std::string& jti, std::int64_t expires_at) {
  MutexLock lock(impl_->mutex);
  impl_->tokens[jti] = expires_at;
}

void RevocationList::revoke_user(const std::string& user_id, std::int64_t issued_up_to) {
  MutexLock lock(impl_->mutex);
  auto& time = impl_->users[user_id];
  time = std::max(time, issued_up_to);
}

bool RevocationList::revoked(const TokenClaims& claims) const {
  MutexLock lock(impl_->mutex);
  if (impl_->tokens.contains(claims.revocation_id())) return true;
  if (!claims.family.empty() && impl_->tokens.contains(family_mark(claims.family))) return true;
  // Somebody else's subject is none of our ids.
  const auto user = claims.issuer.empty() ? impl_->users.find(claims.subject) : impl_->users.end();
  return user != impl_->users.end() && claims.issued_at <= user->second;
}

bool RevocationList::user_revoked(const std::string& user_id, std::int64_t issued_at) const {
  MutexLock lock(impl_->mutex);
  const auto user = impl_->users.find(user_id);
  return user != impl_->users.end() && issued_at <= user->second;
}

std::int64_t RevocationList::first_issue(const std::string& user_id, std::int64_t now_ms) const {
  MutexLock lock(impl_->mutex);
  const auto user = impl_->users.find(user_id);
  return user == impl_->users.end() ? now_ms : std::max(now_ms, user->second + 1);
}

void RevocationList::expire(std::int64_t now_ms, std::int64_t oldest_issue) {
  MutexLock lock(impl_->mutex);
  std::erase_if(impl_->tokens, [&](const auto& entry) { return entry.second <= now_ms; });
  std::erase_if(impl_->users, [&](const auto& entry) { return entry.second < oldest_issue; });
}

}  // namespace parley::users
