// SPDX-License-Identifier: Apache-2.0
// Accounts: registering, where it is open, or by invitation.
#include "base/ids.h"
#include "users/accounts_impl.h"
#include "users/invitations.h"

namespace parley::users {
namespace {

using storage::Reader;
using storage::UserRecord;
using storage::Writer;

constexpr const char* kInvitations = "invitation";  // what wrong codes are counted under

UserRecord new_account(const Name& name, std::string hash, std::int64_t now) {
  UserRecord record;
  record.id = random_id('u');
  record.name = name.display;
  record.skeleton = name.skeleton;
  record.roles = {"user"};
  record.password_hash = std::move(hash);
  record.created_at = now;
  return record;
}

// The guest's row becomes the account's: same id, so that what plugins kept for it stays theirs.
Result<UserRecord> convert_guest(Writer& writer, const std::string& guest_id, UserRecord wanted) {
  const Result<UserRecord> guest = writer.user(guest_id);
  if (!guest || guest->kind != "guest")
    return Status::not_found("This guest is gone. Register without it.");
  wanted.id = guest->id;
  wanted.created_at = guest->created_at;
  const Status status = writer.update_user(wanted);
  return status.is_ok() ? Result<UserRecord>(wanted) : status;
}

Status wrong_invitation() {
  return Status::unauthorized("This invitation is wrong, used or too old. Ask for a new one.");
}

// The code goes in the transaction that makes the account: of two who use it at once, one comes too
// late, and nobody loses it to a name that is taken.
Status use_invitation(Writer& writer, const std::string& hash, std::int64_t now,
                      storage::AuditEntry& entry) {
  if (hash.empty()) return Status::ok();
  const auto found = writer.invitation(hash, now);
  if (!found)
    return found.status().code() == ErrorCode::kNotFound ? wrong_invitation() : found.status();
  entry.detail = "invited by " + found->made_by + " (" + found->id + ")";
  return writer.delete_invitation(found->id);
}

Result<UserRecord> claim_account(Writer& writer, const std::string& guest_id, UserRecord wanted,
                                 const std::string& invitation, storage::AuditEntry entry) {
  const std::int64_t now = wanted.created_at;
  if (Status status = use_invitation(writer, invitation, now, entry); !status) return status;
  if (!guest_id.empty()) {
    UserRecord as_guest = wanted;
    as_guest.id = guest_id;
    if (Status status = free_expired_name(writer, as_guest, now); !status) return status;
    Result<UserRecord> converted = convert_guest(writer, guest_id, std::move(wanted));
    if (!converted) return converted;
    wanted = *converted;
  } else if (Status status = writer.insert_user(wanted); !status) {
    return status;
  }
  entry.actor = wanted.id;
  entry.target = wanted.name;
  const Status status = writer.append_audit(entry);
  return status.is_ok() ? Result<UserRecord>(wanted) : status;
}

struct Request {
  Accounts::Impl::Self self;
  Registration who;
  Name name;
  std::string invitation;  // hash of the code, "" where none is needed
  Accounts::NameDone done;

  ~Request() { wipe(who.password); }
  void answer(const Status& status) { done(status, ""); }
};
using Shared = std::shared_ptr<Request>;

void store_account(const Shared& request, const std::string& hash) {
  auto& self = request->self;
  auto entry = self->audit("", "account.register", "");
  entry.address = request->who.address;
  self->store.transact<UserRecord>(
      [request, wanted = new_account(request->name, hash, self->now()), entry](Writer& writer) {
        return claim_account(writer, request->who.guest_id, wanted, request->invitation, entry);
      },
      [request](Result<UserRecord> stored) {
        if (stored) request->self->tell(stored->id, Change::kRegistered);
        request->self->answer_name(request->self, request->name.display, std::move(stored),
                                   std::move(request->done));
      });
}

// A taken name is found before the expensive hashing; the transaction decides in the end.
void claim_name(const Shared& request) {
  request->self->find(request->name.skeleton, true, [request](const Result<UserRecord>& holder) {
    auto& self = request->self;
    const bool taken =
        holder && holder->id != request->who.guest_id && !is_expired_guest(*holder, self->now());
    if (taken) {
      return self->answer_name(self, request->name.display,
                               Status::conflict("The name " + request->name.display + " is taken."),
                               std::move(request->done));
    }
    self->hasher.hash(std::move(request->who.password), request->who.address,
                      [request](const Result<std::string>& hash) {
                        hash ? store_account(request, *hash) : request->answer(hash.status());
                      });
  });
}

// Codes cannot be guessed, but whoever tries is slowed like one who guesses passwords. A whole class
// behind one address may register at once: only wrong codes count.
void check_invitation(const Shared& request, LoginGuard::Try attempt) {
  auto& self = request->self;
  const auto held = std::make_shared<LoginGuard::Try>(std::move(attempt));
  const Status posted = self->store.read([request, held](Reader& reader) {
    const auto found = reader.invitation(request->invitation, request->self->now());
    const bool wrong = !found && found.status().code() == ErrorCode::kNotFound;
    wrong ? held->failed() : held->cancelled();
    if (wrong) return request->answer(wrong_invitation());
    found ? claim_name(request) : request->answer(found.status());
  });
  if (posted) return;
  held->cancelled();
  request->answer(posted);
}

}  // namespace

bool Accounts::asks_for_invitation() const {
  return impl_->registration == RegistrationMode::kInvitation;
}

void Accounts::register_account(Registration who, NameDone done) {
  auto request = std::make_shared<Request>();
  request->self = impl_->enter();
  request->who = std::move(who);
  request->done = std::move(done);
  const auto mode = impl_->registration.load();
  if (mode == RegistrationMode::kClosed) {
    return request->answer(
        Status::forbidden("Registration is closed. Ask an administrator for an account."));
  }
  if (mode == RegistrationMode::kInvitation && request->who.invitation.empty()) {
    return request->answer(Status::forbidden(
        "Registration is by invitation here. Ask an administrator for a code, and give it as "
        "invitation."));
  }
  const auto name = parse_name(request->who.name, impl_->options.names);
  if (!name) return request->answer(name.status());
  request->name = *name;
  if (Status status = impl_->check_password(request->who.password); !status)
    return request->answer(status);
  if (mode == RegistrationMode::kOpen) return claim_name(request);
  request->invitation = invitation_hash(request->who.invitation);
  impl_->guard.enter(kInvitations, request->who.address, [request](Result<LoginGuard::Try> turn) {
    turn ? check_invitation(request, std::move(turn).value()) : request->answer(turn.status());
  });
}

}  // namespace parley::users
