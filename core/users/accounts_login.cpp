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

// One try with a name and a password.
struct Login {
  Accounts::Impl::Self self;
  std::string account, password, address;
  Accounts::UserDone done;
  LoginGuard::Try attempt;
  UserRecord record;  // of nobody when the name is not known

  ~Login() { wipe(password); }
  void give_up(const Status& status) {
    attempt.cancelled();
    done(status);
  }
};
using LoginPtr = std::shared_ptr<Login>;

void decide(const LoginPtr& login, const PasswordVerdict& verdict) {
  auto& self = login->self;
  verdict.matches ? login->attempt.succeeded() : login->attempt.failed();
  const Status result = verdict_on(login->record, verdict.matches);
  self->note_try(kLogin, login->record.id, login->address, result);
  if (result && verdict.rehash)
    self->refresh_hash(self, login->record, login->password, login->address);
  if (result) return login->done(to_user(login->record));
  login->done(result);
}

void look_up(const LoginPtr& login) {
  login->self->find(login->account, true, [login](Result<UserRecord> found) {
    const bool broken = !found && found.status().code() != ErrorCode::kNotFound;
    if (broken) return login->give_up(found.status());
    if (found) login->record = std::move(found).value();
    login->self->hasher.verify(login->password, login->record.password_hash, login->address,
                               [login](const Result<PasswordVerdict>& verdict) {
                                 verdict ? decide(login, *verdict)
                                         : login->give_up(verdict.status());
                               });
  });
}

}  // namespace

void Accounts::login(std::string name, std::string password, std::string address, UserDone done) {
  const Result<Name> parsed = parse_any_name(name, impl_->options.names);
  const auto login = std::make_shared<Login>();
  login->self = impl_->enter();
  login->account = parsed ? parsed->skeleton : std::string("?");
  login->password = std::move(password);
  login->address = std::move(address);
  login->done = std::move(done);
  impl_->guard.enter(login->account, login->address, [login](Result<LoginGuard::Try> turn) {
    if (!turn) {
      login->self->note_too_many(kLogin, login->address, turn.status());
      return login->done(turn.status());
    }
    login->attempt = std::move(turn).value();
    look_up(login);
  });
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

namespace {

struct PasswordChange {
  Accounts::Impl::Self self;
  std::string user_id, old_password, new_password, address;
  Accounts::StatusDone done;
  LoginGuard::Try attempt;

  ~PasswordChange() {
    wipe(old_password);
    wipe(new_password);
  }
};
using ChangePtr = std::shared_ptr<PasswordChange>;

void decide(const ChangePtr& change, const Result<PasswordVerdict>& verdict) {
  if (!verdict) {
    change->attempt.cancelled();
    return change->done(verdict.status());
  }
  auto& self = change->self;
  if (!verdict->matches) {
    change->attempt.failed();
    const auto wrong = Status::unauthorized("The old password is wrong.");
    self->note_try(kPassword, change->user_id, change->address, wrong);
    return change->done(wrong);
  }
  change->attempt.succeeded();
  self->hasher.hash(std::move(change->new_password), change->address,
                    [change](const Result<std::string>& hash) {
                      if (!hash) return change->done(hash.status());
                      change->self->store_password(change->self, change->user_id, change->user_id,
                                                   change->address, *hash, std::move(change->done));
                    });
}

void check_old(const ChangePtr& change) {
  change->self->find(change->user_id, false, [change](const Result<UserRecord>& record) {
    const std::string stored = record ? record->password_hash : std::string();
    change->self->hasher.verify(
        std::move(change->old_password), stored, change->address,
        [change](const Result<PasswordVerdict>& verdict) { decide(change, verdict); });
  });
}

}  // namespace

void Accounts::change_password(std::string user_id, std::string old_password,
                               std::string new_password, std::string address, StatusDone done) {
  if (Status status = impl_->check_password(new_password); !status) return done(status);
  const auto change = std::make_shared<PasswordChange>();
  change->self = impl_->enter();
  change->user_id = std::move(user_id);
  change->old_password = std::move(old_password);
  change->new_password = std::move(new_password);
  change->address = std::move(address);
  change->done = std::move(done);
  impl_->guard.enter(change->user_id, change->address, [change](Result<LoginGuard::Try> turn) {
    if (!turn) {
      change->self->note_too_many(kPassword, change->address, turn.status());
      return change->done(turn.status());
    }
    change->attempt = std::move(turn).value();
    check_old(change);
  });
}

}  // namespace parley::users
