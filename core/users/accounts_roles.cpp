// SPDX-License-Identifier: Apache-2.0
// Accounts: roles and disabling. The last admin who may come in stays.
#include <algorithm>

#include "users/accounts_impl.h"

namespace parley::users {
namespace {

using storage::UserRecord;
using storage::Writer;

bool is_working_admin(const UserRecord& record) {
  return !record.disabled && to_user(record).has_role("admin");
}

using Edit = absl::AnyInvocable<Status(Writer&, UserRecord&)>;

Result<UserRecord> edit_account(Writer& writer, const std::string& user_id, Edit& edit,
                                const storage::AuditEntry& entry) {
  const Result<UserRecord> before = writer.user(user_id);
  if (!before) return before.status();
  if (before->kind == "guest")
    return Status::invalid_args("A guest has no account. It has to register first.");
  UserRecord after = *before;
  if (Status status = edit(writer, after); !status) return status;
  if (Status status = keep_an_admin(writer, *before, after); !status) return status;
  if (Status status = writer.update_user(after); !status) return status;
  if (Status status = note_admin(writer, after); !status) return status;
  const Status status = writer.append_audit(entry);
  return status.is_ok() ? Result<UserRecord>(after) : status;
}

void run_edit(Accounts::Impl::Self self, std::string user_id, Edit edit, storage::AuditEntry entry,
              Change change, Accounts::UserDone done) {
  self->store.transact<UserRecord>(
      [user_id, edit = std::move(edit), entry = std::move(entry)](Writer& writer) mutable {
        return edit_account(writer, user_id, edit, entry);
      },
      [self, change, done = std::move(done)](Result<UserRecord> stored) mutable {
        if (!stored) return done(stored.status());
        self->tell(stored->id, change);
        done(to_user(*stored));
      });
}

}  // namespace

Status check_roles(const std::vector<std::string>& roles) {
  const auto unknown = std::find_if_not(roles.begin(), roles.end(), is_role);
  if (unknown == roles.end()) return Status::ok();
  return Status::invalid_args("There is no role " + *unknown +
                              ". Roles are user, moderator, admin and service.");
}

std::vector<std::string> tidy_roles(const std::vector<std::string>& roles) {
  std::vector<std::string> tidy;
  for (const char* role : kRoleNames) {
    const bool wanted = std::find(roles.begin(), roles.end(), role) != roles.end();
    if (wanted || role == std::string_view("user")) tidy.emplace_back(role);
  }
  return tidy;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Status keep_an_admin(Writer& writer, const UserRecord& before, const UserRecord& after) {
  if (!is_working_admin(before) || is_working_admin(after)) return Status::ok();
  const Result<std::int64_t> admins = writer.count_role("admin");
  if (!admins) return admins.status();
  if (*admins > 1) return Status::ok();
  return Status::forbidden("This is the last administrator. Make another one first.");
}

void Accounts::set_roles(std::string actor, std::string user_id, std::vector<std::string> roles,
                         UserDone done) {
  if (Status status = check_roles(roles); !status) return done(status);
  roles = tidy_roles(roles);
  auto entry = impl_->audit(std::move(actor), "account.roles", user_id, join(roles));
  auto edit = [roles](Writer&, UserRecord& record) {
    record.roles = roles;
    return Status::ok();
  };
  run_edit(impl_->enter(), std::move(user_id), edit, std::move(entry), Change::kRoles,
           std::move(done));
}

void Accounts::change_roles(std::string actor, std::string user_id, std::vector<std::string> add,
                            std::vector<std::string> remove, UserDone done) {
  for (const auto* roles : {&add, &remove})
    if (Status status = check_roles(*roles); !status) return done(status);
  if (std::find(remove.begin(), remove.end(), "user") != remove.end()) {
    return done(
        Status::invalid_args("Every account has the role user. To keep someone out, disable the "
                             "account."));
  }
  std::string detail = add.empty() ? "" : "+" + join(add);
  if (!remove.empty()) detail += (detail.empty() ? "-" : " -") + join(remove);
  auto entry = impl_->audit(std::move(actor), "account.roles", user_id, detail);
  auto edit = [add, remove](Writer&, UserRecord& record) {
    auto roles = record.roles;
    roles.insert(roles.end(), add.begin(), add.end());
    std::erase_if(roles, [&remove](const std::string& role) {
      return std::find(remove.begin(), remove.end(), role) != remove.end();
    });
    record.roles = tidy_roles(roles);
    return Status::ok();
  };
  run_edit(impl_->enter(), std::move(user_id), edit, std::move(entry), Change::kRoles,
           std::move(done));
}

void Accounts::set_disabled(std::string actor, std::string user_id, bool disabled, UserDone done) {
  auto entry =
      impl_->audit(std::move(actor), disabled ? "account.disable" : "account.enable", user_id);
  auto edit = [disabled, now = entry.ts](Writer& writer, UserRecord& record) {
    record.disabled = disabled;
    if (!disabled) return Status::ok();
    if (Status status = writer.delete_sessions_of(record.id); !status) return status;
    if (Status status = writer.delete_refresh_tokens_of(record.id); !status) return status;
    return writer.revoke_tokens_of(record.id, now);
  };
  run_edit(impl_->enter(), std::move(user_id), edit, std::move(entry), Change::kDisabled,
           std::move(done));
}

}  // namespace parley::users
