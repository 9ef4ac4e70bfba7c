// SPDX-License-Identifier: Apache-2.0
// Accounts: roles given together with a name and a password, which is how the first admin comes to
// be, and how an admin makes an account for somebody.
#include "base/ids.h"
#include "users/accounts_impl.h"

namespace parley::users {

using storage::UserRecord;
using storage::Writer;

namespace {

// One transaction: the caller's check, the account or its new roles, and the mark that an admin
// existed.
Result<UserRecord> enroll_in(Writer& writer, absl::AnyInvocable<Status(Writer&)>& check,
                             UserRecord wanted, bool exists, const storage::AuditEntry& entry) {
  if (Status status = check(writer); !status) return status;
  if (exists) {
    Result<UserRecord> now = writer.user(wanted.id);
    if (!now || now->password_hash != wanted.password_hash)
      return Status::unauthorized("The password was changed meanwhile.");
    now->roles = wanted.roles;
    now->disabled = false;
    wanted = *now;
  }
  const Status stored = exists ? writer.update_user(wanted) : writer.insert_user(wanted);
  if (!stored) return stored;
  if (Status status = note_admin(writer, wanted); !status) return status;
  storage::AuditEntry named = entry;
  named.actor = named.target = wanted.id;
  const Status status = writer.append_audit(named);
  return status.is_ok() ? Result<UserRecord>(wanted) : status;
}

}  // namespace

using Check = absl::AnyInvocable<Status(Writer&)>;

struct Enrolment {
  Accounts::Impl::Self self;
  Name name;
  std::string password;
  std::string address;
  std::vector<std::string> roles;
  Check check;
  Accounts::UserDone done;
  LoginGuard::Try attempt;

  ~Enrolment() { wipe(password); }
};

namespace {

using Shared = std::shared_ptr<Enrolment>;

void store_enrolment(const Shared& request, UserRecord wanted, bool exists) {
  auto entry =
      request->self->audit("", "account.enroll", "", "roles given with the first admin's code");
  entry.address = request->address;
  wanted.roles = request->roles;
  request->self->store.transact<UserRecord>(
      [request, wanted, exists, entry](Writer& w) {
        return enroll_in(w, request->check, wanted, exists, entry);
      },
      [request](Result<UserRecord> stored) {
        if (!stored) return request->done(stored.status());
        request->self->tell(stored->id, Change::kRoles);
        request->done(to_user(*stored));
      });
}

void decide(const Shared& request, const UserRecord& record,
            const Result<PasswordVerdict>& verdict) {
  if (!verdict) {
    request->attempt.cancelled();
    return request->done(verdict.status());
  }
  if (!verdict->matches) {
    request->attempt.failed();
    return request->done(
        Status::unauthorized("This name is taken and the password is not its. Choose another name, "
                             "or give its password."));
  }
  request->attempt.succeeded();
  store_enrolment(request, record, true);
}

void enroll_known(const Shared& request, const UserRecord& record) {
  request->self->guard.enter(
      record.skeleton, request->address, [request, record](Result<LoginGuard::Try> turn) {
        if (!turn) return request->done(turn.status());
        request->attempt = std::move(turn).value();
        request->self->hasher.verify(request->password, record.password_hash, request->address,
                                     [request, record](const Result<PasswordVerdict>& verdict) {
                                       decide(request, record, verdict);
                                     });
      });
}

void enroll_new(const Shared& request) {
  if (Status status = request->self->check_password(request->password); !status)
    return request->done(status);
  request->self->hasher.hash(request->password, request->address,
                             [request](Result<std::string> hash) {
                               if (!hash) return request->done(hash.status());
                               UserRecord wanted;
                               wanted.id = random_id('u');
                               wanted.name = request->name.display;
                               wanted.skeleton = request->name.skeleton;
                               wanted.password_hash = *hash;
                               wanted.created_at = request->self->now();
                               store_enrolment(request, wanted, false);
                             });
}

}  // namespace

Status Accounts::check_enrolment(std::string_view name, const std::string& password) const {
  const auto parsed = parse_any_name(name, impl_->options.names);
  return parsed ? impl_->check_password(password) : parsed.status();
}

void Accounts::enroll(std::string name, std::string password, std::string address,
                      std::vector<std::string> roles, Check check, UserDone done) {
  // Reserved names are open here: "admin" may be the first admin.
  const Result<Name> parsed = parse_any_name(name, impl_->options.names);
  if (!parsed) return done(parsed.status());
  auto request = std::make_shared<Enrolment>();
  request->self = impl_->enter();
  request->name = *parsed;
  request->password = std::move(password);
  request->address = std::move(address);
  request->roles = std::move(roles);
  request->check = std::move(check);
  request->done = std::move(done);
  impl_->find(parsed->skeleton, true, [request](Result<UserRecord> found) {
    if (found && !is_expired_guest(*found, request->self->now()))
      return enroll_known(request, *found);
    const bool free = found || found.status().code() == ErrorCode::kNotFound;
    return free ? enroll_new(request) : request->done(found.status());
  });
}

namespace {

void store_created(const Accounts::Impl::Self& self, const UserRecord& wanted,
                   const storage::AuditEntry& entry, Accounts::UserDone done) {
  self->store.transact<UserRecord>(
      [wanted, entry](Writer& writer) -> Result<UserRecord> {
        if (Status status = writer.insert_user(wanted); !status) return status;
        if (Status status = note_admin(writer, wanted); !status) return status;
        const Status status = writer.append_audit(entry);
        return status.is_ok() ? Result<UserRecord>(wanted) : status;
      },
      [self, done = std::move(done)](Result<UserRecord> stored) mutable {
        if (!stored) return done(stored.status());
        self->tell(stored->id, Change::kRegistered);
        done(to_user(*stored));
      });
}

}  // namespace

void Accounts::create(std::string actor, std::string address, NewAccount who, UserDone done) {
  const auto name = parse_name(who.name, impl_->options.names);
  if (!name) return done(name.status());
  if (Status status = check_roles(who.roles); !status) return done(status);
  if (Status status = impl_->check_password(who.password); !status) return done(status);
  UserRecord wanted;
  wanted.id = random_id('u');
  wanted.name = name->display;
  wanted.skeleton = name->skeleton;
  wanted.roles = tidy_roles(who.roles);
  wanted.created_at = impl_->now();
  auto entry =
      impl_->audit(actor, "account.create", wanted.id, wanted.name + ": " + join(wanted.roles));
  entry.address = std::move(address);
  impl_->hasher.hash(std::move(who.password), actor,
                     [self = impl_->enter(), wanted, entry,
                      done = std::move(done)](Result<std::string> hash) mutable {
                       if (!hash) return done(hash.status());
                       wanted.password_hash = *hash;
                       store_created(self, wanted, entry, std::move(done));
                     });
}

}  // namespace parley::users
