// SPDX-License-Identifier: Apache-2.0
#include "users/token_service.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "base/thread_annotations.h"
#include "users/operations.h"

namespace parley::users {
namespace {

using storage::RefreshRecord;
using storage::Writer;

constexpr std::int64_t kSkew = TokenRules{}.skew.count();
constexpr std::int64_t kPastSkew = 60'000;  // verification accepts a token a little past its expiry

// What became of a refresh token. A value also when the answer is no: the end of a family has to be
// committed.
struct Renewal {
  Status status;
  std::string user_id;
  std::string family = {};
};

Status stolen() {
  return {ErrorCode::kTokenRevoked,
          "This refresh token was used before, so its login has ended. Log in again."};
}

storage::AuditEntry reuse_of(const RefreshRecord& token, std::int64_t now) {
  storage::AuditEntry entry;
  entry.ts = now;
  entry.actor = "system";
  entry.action = "token.reused";
  entry.target = token.user_id;
  entry.result = "token_revoked";
  entry.detail = "a refresh token was used twice: its login has ended";
  return entry;
}

Result<Renewal> renew(Writer& writer, const std::string& old_hash, const std::string& new_hash,
                      const std::string& only_user, std::int64_t now, std::int64_t expires_at,
                      std::int64_t family_until) {
  const Result<RefreshRecord> old = writer.refresh_token(old_hash);
  if (!old && old.status().code() != ErrorCode::kNotFound) return old.status();
  if (!old) return Renewal{Status::unauthorized("This refresh token is not known."), ""};
  if (!only_user.empty() && old->user_id != only_user)
    return Renewal{Status::conflict("This refresh token is another user's: log out first."), ""};
  if (old->used) {
    Status status = writer.delete_refresh_family(old->family);
    if (status.is_ok())
      status = writer.revoke_token(RevocationList::family_mark(old->family), family_until);
    if (status.is_ok()) status = writer.append_audit(reuse_of(*old, now));
    return status.is_ok() ? Result<Renewal>(Renewal{stolen(), old->user_id, old->family}) : status;
  }
  if (old->expires_at <= now) {
    return Renewal{{ErrorCode::kTokenExpired, "The refresh token has expired. Log in again."},
                   old->user_id};
  }
  const auto user = writer.user(old->user_id);
  if (!user) return Renewal{Status::unauthorized("This account is gone."), old->user_id};
  if (user->disabled)
    return Renewal{{ErrorCode::kBlocked, "This account is disabled."}, old->user_id};
  if (Status status = writer.mark_refresh_used(old_hash); !status) return status;
  const Status status =
      writer.insert_refresh_token({new_hash, old->family, old->user_id, false, expires_at});
  return status.is_ok() ? Result<Renewal>(Renewal{Status::ok(), old->user_id, old->family})
                        : status;
}

}  // namespace

struct TokenService::Impl {
  Impl(storage::Store& store_in, const Clock& clock_in, KeyRing ring_in,
       const config::Auth& auth_in, storage::Revocations revocations)
      : store(store_in),
        clock(clock_in),
        ring(std::make_shared<const KeyRing>(std::move(ring_in))),
        access(auth_in.access_token),
        longest(std::max(auth_in.token_max, auth_in.access_token)),
        refresh(auth_in.refresh_token),
        revoked(std::move(revocations)) {}
  ~Impl() { operations.wait(); }

  Result<IssuedTokens> tokens_for(const std::string& user_id, const std::string& family,
                                  std::string refresh_token, Millis lifetime) const {
    TokenClaims claims;
    claims.subject = user_id;
    claims.id = new_token_id();
    claims.family = family;
    claims.issued_at = revoked.first_issue(user_id, clock.wall_ms());
    claims.expires_at = claims.issued_at + lifetime.count();
    const auto with = keys();
    Result<std::string> jwt = with->make(claims);
    if (!jwt) return jwt.status();
    return IssuedTokens{
        user_id,   *jwt,   std::move(refresh_token), claims.expires_at, claims.issued_at,
        claims.id, family, with->signing_key()};
  }

  std::shared_ptr<const KeyRing> keys() const {
    const MutexLock lock(ring_mutex);
    return ring;
  }

  // Every access token of today has run out by then.
  std::int64_t family_until() const { return clock.wall_ms() + access.count() + kPastSkew; }
  void end_family(const std::string& user_id, const std::string& family, std::int64_t until) {
    revoked.revoke_token(RevocationList::family_mark(family), until);
    if (family_ended) family_ended(user_id, family);
  }

  storage::Store& store;
  const Clock& clock;
  std::function<void(const std::string&, const std::string&)> family_ended;
  std::function<void()> keys_withdrawn;
  mutable Mutex ring_mutex;
  std::shared_ptr<const KeyRing> ring PARLEY_GUARDED_BY(ring_mutex);
  const Millis access;
  const Millis longest;
  const Millis refresh;
  RevocationList revoked;
  Operations operations;
};

TokenService::TokenService(storage::Store& store, const Clock& clock, KeyRing ring,
                           const config::Auth& auth, storage::Revocations revocations)
    : impl_(std::make_unique<Impl>(store, clock, std::move(ring), auth, std::move(revocations))) {}
TokenService::~TokenService() = default;

Result<TokenClaims> TokenService::authenticate(std::string_view token) const {
  Result<TokenClaims> claims = impl_->keys()->verify(token, impl_->clock.wall_ms());
  if (!claims) return claims;
  if (Status status = still_good(*claims); !status) return status;
  return claims;
}

bool TokenService::knows_key(const std::string& issuer, const std::string& key) const {
  return impl_->keys()->knows(issuer, key);
}

Status TokenService::still_good(const TokenClaims& claims) const {
  if (!knows_key(claims.issuer, claims.key))
    return {ErrorCode::kTokenRevoked, "The key of this token was withdrawn. Log in again."};
  if (impl_->revoked.revoked(claims))
    return {ErrorCode::kTokenRevoked, "This token was revoked. Log in again."};
  if (claims.expires_at + kSkew > impl_->clock.wall_ms()) return Status::ok();
  return {ErrorCode::kTokenExpired, "The token has expired. Get a new one."};
}

bool TokenService::is_revoked(const TokenClaims& claims, const std::string& user_id) const {
  return !knows_key(claims.issuer, claims.key) || impl_->revoked.revoked(claims) ||
         impl_->revoked.user_revoked(user_id, claims.issued_at);
}

Status TokenService::still_good(const TokenClaims& claims, const std::string& user_id) const {
  if (impl_->revoked.user_revoked(user_id, claims.issued_at))
    return {ErrorCode::kTokenRevoked, "This token was revoked. Log in again."};
  return still_good(claims);
}

void TokenService::replace_keys(KeyRing ring) {
  auto ring_now = std::make_shared<const KeyRing>(std::move(ring));
  const auto before = impl_->keys();
  {
    const MutexLock lock(impl_->ring_mutex);
    impl_->ring = ring_now;
  }
  if (!before->is_within(*ring_now) && impl_->keys_withdrawn) impl_->keys_withdrawn();
}

void TokenService::on_keys_withdrawn(std::function<void()> listener) {
  impl_->keys_withdrawn = std::move(listener);
}

Result<IssuedTokens> TokenService::make_access(const std::string& user_id, Millis lifetime) const {
  if (lifetime > impl_->longest)
    return Status::invalid_args("A token lives up to auth.token_max, which is shorter.");
  return impl_->tokens_for(user_id, "", "", lifetime);
}

void TokenService::issue(std::string user_id, IssuedDone done) {
  constexpr std::size_t kFamilyLength = 22;
  auto self = impl_->operations.enter(impl_.get());
  std::string token = random_secret("f_");
  RefreshRecord record{sha256(token), random_base62(kFamilyLength), user_id, false,
                       self->clock.wall_ms() + self->refresh.count()};
  self->store.write([record](Writer& writer) { return writer.insert_refresh_token(record); },
                    [self, user_id, family = record.family, token = std::move(token),
                     done = std::move(done)](Status status) mutable {
                      if (!status) return done(status);
                      done(self->tokens_for(user_id, family, std::move(token), self->access));
                    });
}

void TokenService::refresh(std::string refresh_token, std::string only_user, IssuedDone done) {
  auto self = impl_->operations.enter(impl_.get());
  std::string fresh = random_secret("f_");
  std::string new_hash = sha256(fresh);  // here: `fresh` moves on in the same call below
  const std::int64_t now = self->clock.wall_ms();
  self->store.transact<Renewal>(
      [old_hash = sha256(refresh_token), new_hash = std::move(new_hash),
       only_user = std::move(only_user), now, expires_at = now + self->refresh.count(),
       until = self->family_until()](Writer& writer) {
        return renew(writer, old_hash, new_hash, only_user, now, expires_at, until);
      },
      [self, fresh = std::move(fresh), done = std::move(done)](Result<Renewal> renewal) mutable {
        if (!renewal) return done(renewal.status());
        if (renewal->status.code() == ErrorCode::kTokenRevoked)
          self->end_family(renewal->user_id, renewal->family, self->family_until());
        if (!renewal->status) return done(renewal->status);
        done(self->tokens_for(renewal->user_id, renewal->family, std::move(fresh), self->access));
      });
}

// In memory at once, so that the token is dead also while the database is busy; the completion says
// it lasts.
void TokenService::revoke(const TokenClaims& claims, StatusDone done) {
  auto self = impl_->operations.enter(impl_.get());
  const std::int64_t until = claims.expires_at + kPastSkew;
  self->revoked.revoke_token(claims.revocation_id(), until);
  self->store.write([id = claims.revocation_id(),
                     until](Writer& writer) { return writer.revoke_token(id, until); },
                    [self, done = std::move(done)](Status status) mutable {
                      if (done) done(std::move(status));
                    });
}

void TokenService::on_family_ended(
    std::function<void(const std::string& user_id, const std::string& family)> listener) {
  impl_->family_ended = std::move(listener);
}

void TokenService::revoke_family(const std::string& user_id, const std::string& family,
                                 StatusDone done) {
  auto self = impl_->operations.enter(impl_.get());
  const std::int64_t until = self->family_until();
  const std::string mark = RevocationList::family_mark(family);
  self->end_family(user_id, family, until);
  self->store.write(
      [family, mark, until](Writer& writer) {
        if (Status status = writer.delete_refresh_family(family); !status) return status;
        return writer.revoke_token(mark, until);
      },
      [self, done = std::move(done)](Status status) mutable {
        if (done) done(std::move(status));
      });
}

void TokenService::revoke_user(std::string user_id, StatusDone done) {
  auto self = impl_->operations.enter(impl_.get());
  const std::int64_t now = self->clock.wall_ms();
  self->revoked.revoke_user(user_id, now);
  self->store.write(
      [user_id, now](Writer& writer) {
        if (Status status = writer.delete_refresh_tokens_of(user_id); !status) return status;
        return writer.revoke_tokens_of(user_id, now);
      },
      [self, done = std::move(done)](Status status) mutable {
        if (done) done(std::move(status));
      });
}

void TokenService::expire() {
  const std::int64_t now = impl_->clock.wall_ms();
  impl_->revoked.expire(now, now - impl_->longest.count() - kPastSkew);
}

}  // namespace parley::users
