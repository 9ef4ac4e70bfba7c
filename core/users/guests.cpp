// SPDX-License-Identifier: Apache-2.0
// Accounts: guests. Their rows carry an expiry that is pushed on while somebody is there.
#include "base/ids.h"
#include "base/log.h"
#include "users/accounts_impl.h"

namespace parley::users {

using storage::UserRecord;
using storage::Writer;

void Accounts::make_guest(std::string name, NameDone done) {
  if (!impl_->guests_allowed) {
    return done(Status::forbidden("Guests are not allowed here. Log in or register."), "");
  }
  const Result<Name> parsed = parse_name(name, impl_->options.names);
  if (!parsed) return done(parsed.status(), "");
  auto self = impl_->enter();
  UserRecord wanted;
  wanted.id = random_id('g');
  wanted.name = parsed->display;
  wanted.skeleton = parsed->skeleton;
  wanted.kind = "guest";
  wanted.created_at = self->now();
  wanted.expires_at = self->guest_expiry();
  impl_->store.transact<UserRecord>(
      [wanted](Writer& writer) -> Result<UserRecord> {
        const Status status = writer.insert_user(wanted);
        return status.is_ok() ? Result<UserRecord>(wanted) : status;
      },
      [self, display = wanted.name, done = std::move(done)](Result<UserRecord> stored) mutable {
        if (stored) {
          MutexLock lock(self->mutex);
          self->guests[stored->id] = 1;
        }
        self->answer_name(self, display, std::move(stored), std::move(done));
      });
}

void Accounts::hold_guest(const std::string& guest_id) {
  MutexLock lock(impl_->mutex);
  ++impl_->guests[guest_id];
}

void Accounts::release_guest(const std::string& guest_id) {
  {
    MutexLock lock(impl_->mutex);
    const auto held = impl_->guests.find(guest_id);
    if (held == impl_->guests.end() || --held->second > 0) return;
    impl_->guests.erase(held);
  }
  auto self = impl_->enter();
  // not_found when it registered meanwhile: then there is nothing to expire.
  impl_->store.write([guest_id, expiry = self->guest_expiry()](
                         Writer& writer) { return writer.set_guest_expiry(guest_id, expiry); },
                     [self](Status) {});
}

void Accounts::end_guest(const std::string& guest_id) {
  {
    MutexLock lock(impl_->mutex);
    impl_->guests.erase(guest_id);
  }
  auto self = impl_->enter();
  impl_->store.write([guest_id, now = self->now()](
                         Writer& writer) { return writer.set_guest_expiry(guest_id, now); },
                     [self](const Status& status) {
                       if (!status && status.code() != ErrorCode::kNotFound)
                         log::warn("users", "a guest's name was not freed: {}", status.message());
                     });
}

void Accounts::keep_guests(StatusDone done) {
  std::vector<std::string> held;
  {
    MutexLock lock(impl_->mutex);
    for (const auto& [id, sessions] : impl_->guests) held.push_back(id);
  }
  auto self = impl_->enter();
  impl_->store.write(
      [held = std::move(held), expiry = self->guest_expiry()](Writer& writer) {
        for (const auto& id : held) {
          const Status status = writer.set_guest_expiry(id, expiry);
          if (!status && status.code() != ErrorCode::kNotFound) return status;
        }
        return Status::ok();
      },
      [self, done = std::move(done)](Status status) mutable {
        if (done) done(std::move(status));
      });
}

}  // namespace parley::users
