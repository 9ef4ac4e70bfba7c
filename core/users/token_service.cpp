// SPDX-License-Identifier: Apache-2.0
#include "users/token_service.h"

#include <utility>

#include "base/ids.h"
#include "users/operations.h"

namespace parley::users {
namespace {

using storage::RefreshRecord;
using storage::Writer;

// What became of a refresh token. A value also when the answer is no: the end of a family has to be
// committed.
struct Renewal {
  Status status;
  std::string user_id;
};

Status stolen() {
  return {ErrorCode::kTokenRevoked,
          "This refresh token was used before, so its login has ended. Log in again."};
}

Result<Renewal> renew(Writer& writer, const std::string& old_hash, const std::string& new_hash,
                      std::int64_t now, std::int64_t expires_at) {
  const Result<RefreshRecord> old = writer.refresh_token(old_hash);
  if (!old && old.status().code() != ErrorCode::kNotFound) return old.status();
  if (!old) return Renewal{Status::unauthorized("This refresh token is not known."), ""};
  if (old->used) {
    const Status status = writer.delete_refresh_family(old->family);
    return status.is_ok() ? Result<Renewal>(Renewal{stolen(), old->user_id}) : status;
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
  return status.is_ok() ? Result<Renewal>(Renewal{Status::ok(), old->user_id}) : status;
}

}  // namespace

struct TokenService::Impl {
  Impl(storage::Store& store_in, const Clock& clock_in, KeyRing ring_in,
       const config::Auth& auth_in, storage::Revocations revocations)
      : store(store_in),
        clock(clock_in),
        ring(std::move(ring_in)),
        access(auth_in.access_token),
        refresh(auth_in.refresh_token),
        revoked(std::move(revocations)) {}
  ~Impl() { operations.wait(); }

  Result<IssuedTokens> tokens_for(const std::string& user_id, std::string refresh_token) const {
    const std::int64_t issued_at = revoked.first_issue(user_id, clock.wall_ms());
    Result<std::string> jwt = ring.make(user_id, issued_at, access);
    if (!jwt) return jwt.status();
    return IssuedTokens{user_id, *jwt, std::move(refresh_token), issued_at + access.count()};
  }

  storage::Store& store;
  const Clock& clock;
  const KeyRing ring;
  const Millis access;
  const Millis refresh;
  RevocationList revoked;
  Operations operations;
};

TokenService::TokenService(storage::Store& store, const Clock& clock, KeyRing ring,
                           const config::Auth& auth, storage::Revocations revocations)
    : impl_(std::make_unique<Impl>(store, clock, std::move(ring), auth, std::move(revocations))) {}
TokenService::~TokenService() = default;

Result<TokenClaims> TokenService::authenticate(std::string_view token) const {
  Result<TokenClaims> claims = impl_->ring.verify(token, impl_->clock.wall_ms());
  if (!claims || !impl_->revoked.revoked(*claims)) return claims;
  return Status(ErrorCode::kTokenRevoked, "This token was revoked. Log in again.");
}

void TokenService::issue(std::string user_id, IssuedDone done) {
  constexpr std::size_t kFamilyLength = 22;
  auto self = impl_->operations.enter(impl_.get());
  std::string token = random_secret("f_");
  RefreshRecord record{sha256(token), random_base62(kFamilyLength), user_id, false,
                       self->clock.wall_ms() + self->refresh.count()};
  self->store.write(
      [record = std::move(record)](Writer& writer) { return writer.insert_refresh_token(record); },
      [self, user_id, token = std::move(token), done = std::move(done)](Status status) mutable {
        if (!status) return done(status);
        done(self->tokens_for(user_id, std::move(token)));
      });
}

void TokenService::refresh(std::string refresh_token, IssuedDone done) {
  auto self = impl_->operations.enter(impl_.get());
  std::string fresh = random_secret("f_");
  const std::int64_t now = self->clock.wall_ms();
  self->store.transact<Renewal>(
      [old_hash = sha256(refresh_token), new_hash = sha256(fresh), now,
       expires_at = now + self->refresh.count()](Writer& writer) {
        return renew(writer, old_hash, new_hash, now, expires_at);
      },
      [self, fresh = std::move(fresh), done = std::move(done)](Result<Renewal> renewal) mutable {
        if (!renewal) return done(renewal.status());
        if (!renewal->status) return done(renewal->status);
        done(self->tokens_for(renewal->user_id, std::move(fresh)));
      });
}

// In memory at once, so that the token is dead also while the database is busy; the completion says
// it lasts.
void TokenService::revoke(const TokenClaims& claims, StatusDone done) {
  auto self = impl_->operations.enter(impl_.get());
  constexpr std::int64_t kPastSkew = 60'000;  // verification accepts it a little past its expiry
  const std::int64_t until = claims.expires_at + kPastSkew;
  self->revoked.revoke_token(claims.id, until);
  self->store.write(
      [id = claims.id, until](Writer& writer) { return writer.revoke_token(id, until); },
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
  constexpr std::int64_t kPastSkew = 60'000;
  impl_->revoked.expire(now, now - impl_->access.count() - kPastSkew);
}

}  // namespace parley::users
