// SPDX-License-Identifier: Apache-2.0
// Accounts: logging in, changing passwords.
#include "users/accounts_impl.h"

namespace parley::users {
namespace {

using storage::UserRecord;
using storage::Writer;

Status wrong_login() {
  return Status::unauthorized("The name or the password is wrong.");
}
Status disabled_account() {
  return {ErrorCode::kBlocked, "This account is disabled."};
}

constexpr const char* kLogin = "account.login";
constexpr const char* kPassword = "account.password";

Status verdict_on(const UserRecord& record, bool matches) {
  if (!matches) return wrong_login();
  return record.disabled ? disabled_account() : Status::ok();
}

}  // namespace

void Accounts::login(std::string name, std::string password, std::string address, UserDone done) {
  const Result<Name> parsed = parse_any_name(name, impl_->options.names);
  const std::string account = parsed ? parsed->skeleton : std::string("?");
  if (Status status = impl_->guard.begin(account, address); !status) {
    impl_->note_too_many(kLogin, address, status);
    return done(status);
  }
  auto self = impl_->enter();
  auto check = [self, account, address, password = std::move(password),
                done = std::move(done)](Result<UserRecord> found) mutable {
    const bool broken = !found && found.status().code() != ErrorCode::kNotFound;
    if (broken) {
      self->guard.cancelled(account, address);
      return done(found.status());
    }
    UserRecord record = found ? *found : UserRecord{};
    std::string copy = password;
    self->hasher.verify(std::move(password), record.password_hash, address,
                        [self, account, address, record, copy = std::move(copy),
                         done = std::move(done)](Result<PasswordVerdict> verdict) mutable {
                          if (!verdict) {
                            wipe(copy);
                            self->guard.cancelled(account, address);
                            return done(verdict.status());
                          }
                          if (verdict->matches) self->guard.succeeded(account, address);
                          const Status result = verdict_on(record, verdict->matches);
                          self->note_try(kLogin, record.id, address, result);
                          if (result && verdict->rehash)
                            self->refresh_hash(self, record, copy, address);
                          wipe(copy);
                          if (result) return done(to_user(record));
                          done(result);
                        });
  };
  impl_->find(account, true, std::move(check));
}

Millis Accounts::login_delay(std::string_view name) const {
  const Result<Name> parsed = parse_any_name(name, impl_->options.names);
  return impl_->guard.delay(parsed ? parsed->skeleton : std::string("?"));
}

// The parameters were raised since this password was hashed. Nothing is lost when it does not work
// out today.
void Accounts::Impl::refresh_hash(Self self, UserRecord record, std::string password,
                                  std::string address) {
  hasher.hash(std::move(password), std::move(address), [self, record](Result<std::string> hash) {
    if (!hash) return;
    self->store.write(
        [record, hash = *hash](Writer& writer) {
          Result<UserRecord> now = writer.user(record.id);
          if (!now || now->password_hash != record.password_hash) return Status::ok();
          now->password_hash = hash;
          return writer.update_user(*now);
        },
        [self](Status) {});
  });
}

void Accounts::Impl::store_password(Self self, std::string actor, std::string user_id,
                                    std::string address, std::string hash, StatusDone done) {
  const auto change = actor == user_id ? Change::kPassword : Change::kPasswordReset;
  auto entry = audit(std::move(actor), kPassword, user_id);
  entry.address = std::move(address);
  store.write(
      [user_id, hash = std::move(hash), entry](Writer& writer) {
        Result<UserRecord> record = writer.user(user_id);
        if (!record || record->kind == "guest") return no_such_user();
        record->password_hash = hash;
        if (Status status = writer.update_user(*record); !status) return status;
        if (Status status = writer.delete_sessions_of(user_id); !status) return status;
        if (Status status = writer.delete_refresh_tokens_of(user_id); !status) return status;
        if (Status status = writer.revoke_tokens_of(user_id, entry.ts); !status) return status;
        return writer.append_audit(entry);
      },
      [self, user_id, change, done = std::move(done)](Status status) mutable {
        if (status.is_ok()) self->tell(user_id, change);
        done(std::move(status));
      });
}

void Accounts::reset_password(std::string actor, std::string user_id, std::string new_password,
                              StatusDone done) {
  if (Status status = impl_->check_password(new_password); !status) return done(status);
  auto self = impl_->enter();
  impl_->hasher.hash(
      std::move(new_password), actor,
      [self, actor, user_id, done = std::move(done)](Result<std::string> hash) mutable {
        if (!hash) return done(hash.status());
        self->store_password(self, actor, user_id, "", *hash, std::move(done));
      });
}

void Accounts::change_password(std::string user_id, std::string old_password,
                               std::string new_password, std::string address, StatusDone done) {
  if (Status status = impl_->check_password(new_password); !status) return done(status);
  if (Status status = impl_->guard.begin(user_id, address); !status) {
    impl_->note_too_many(kPassword, address, status);
    return done(status);
  }
  auto self = impl_->enter();
  auto set_new = [self, user_id, address, new_password = std::move(new_password),
                  done = std::move(done)](Result<PasswordVerdict> verdict) mutable {
    if (!verdict) self->guard.cancelled(user_id, address);
    if (verdict && verdict->matches) {
      self->guard.succeeded(user_id, address);
      return self->hasher.hash(
          std::move(new_password), address,
          [self, user_id, address, done = std::move(done)](Result<std::string> hash) mutable {
            if (!hash) return done(hash.status());
            self->store_password(self, user_id, user_id, address, *hash, std::move(done));
          });
    }
    wipe(new_password);
    if (!verdict) return done(verdict.status());
    const auto wrong = Status::unauthorized("The old password is wrong.");
    self->note_try(kPassword, user_id, address, wrong);
    done(wrong);
  };
  impl_->find(user_id, false,
              [self, address, old_password = std::move(old_password),
               set_new = std::move(set_new)](Result<UserRecord> record) mutable {
                const std::string stored = record ? record->password_hash : std::string();
                self->hasher.verify(std::move(old_password), stored, address, std::move(set_new));
              });
}

}  // namespace parley::users
