// SPDX-License-Identifier: Apache-2.0
// Accounts: construction, looking people up, and what the other files share.
#include "users/accounts.h"

#include <algorithm>
#include <utility>

#include "base/escape.h"
#include "base/log.h"
#include "users/accounts_impl.h"

namespace parley::users {

using storage::Reader;
using storage::UserRecord;
using storage::Writer;

bool User::has_role(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool is_role(std::string_view role) {
  return std::find(std::begin(kRoleNames), std::end(kRoleNames), role) != std::end(kRoleNames);
}

User narrowed(User user, const std::vector<std::string>& most) {
  if (most.empty()) return user;
  std::erase_if(user.roles, [&](const std::string& role) {
    return std::find(most.begin(), most.end(), role) == most.end();
  });
  return user;
}

AccountsOptions accounts_options(const config::Config& config) {
  AccountsOptions options;
  options.auth = config.auth;
  options.names.reserved = config.auth.reserved_names;
  options.guest_keep = config.session.keep;  // a guest lives as long as its saved session
  return options;
}

User to_user(const UserRecord& record) {
  return {record.id, record.name, record.kind, record.roles};
}

Status no_such_user() {
  return Status::not_found("There is no such user.");
}

bool is_expired_guest(const UserRecord& record, std::int64_t now) {
  return record.kind == "guest" && record.expires_at > 0 && record.expires_at <= now;
}

Status free_expired_name(Writer& writer, const UserRecord& wanted, std::int64_t now) {
  const Result<UserRecord> holder = writer.user_by_skeleton(wanted.skeleton);
  if (!holder || holder->id == wanted.id || !is_expired_guest(*holder, now)) return Status::ok();
  return writer.delete_user(holder->id);
}

Status note_admin(Writer& writer, const UserRecord& record) {
  return to_user(record).has_role("admin") ? writer.put_setting(kAdminExisted, "1") : Status::ok();
}

Accounts::Accounts(storage::Store& store, PasswordHasher& hasher, LoginGuard& guard,
                   const Clock& clock, AccountsOptions options)
    : impl_(std::make_unique<Impl>(store, hasher, guard, clock, std::move(options))) {}
Accounts::~Accounts() = default;

void Accounts::configure(const config::Auth& auth) {
  impl_->guests_allowed = auth.guests;
  impl_->registration = mode_of(auth);
}

void Accounts::on_changed(Changed listener) {
  impl_->changed = std::move(listener);
}

void Accounts::on_erased(OnErased listener) {
  impl_->erased = std::move(listener);
}

Status Accounts::Impl::check_password(const std::string& password) const {
  if (std::cmp_less(characters(password), options.auth.password_min)) {
    return Status::invalid_args("A password has " + std::to_string(options.auth.password_min) +
                                " characters or more.");
  }
  if (password.size() <= options.password_max) return Status::ok();
  return Status::invalid_args("A password has up to " + std::to_string(options.password_max) +
                              " bytes.");
}

void Accounts::Impl::find(std::string key, bool by_skeleton, FoundDone done) {
  auto shared = std::make_shared<FoundDone>(std::move(done));
  const Status posted = store.read([key = std::move(key), by_skeleton, shared](Reader& reader) {
    (*shared)(by_skeleton ? reader.user_by_skeleton(key) : reader.user(key));
  });
  if (!posted) (*shared)(posted);
}

void Accounts::Impl::suggest(std::string display, absl::AnyInvocable<void(std::string)> done) {
  constexpr int kLast = 30;
  auto shared = std::make_shared<absl::AnyInvocable<void(std::string)>>(std::move(done));
  const Status posted =
      store.read([rules = options.names, display, now = now(), shared](Reader& reader) {
        for (int n = 2; n <= kLast; ++n) {
          const std::string proposal = suggest_name(display, n, rules);
          const Result<Name> name = parse_name(proposal, rules);
          if (!name) continue;
          const Result<UserRecord> holder = reader.user_by_skeleton(name->skeleton);
          const bool free = holder ? is_expired_guest(*holder, now)
                                   : holder.status().code() == ErrorCode::kNotFound;
          if (free) return (*shared)(proposal);
        }
        (*shared)("");
      });
  if (!posted) (*shared)("");
}

void Accounts::Impl::answer_name(Self self, std::string display, Result<UserRecord> stored,
                                 NameDone done) {
  if (stored) return done(to_user(*stored), "");
  const Status status = stored.status();
  if (status.code() != ErrorCode::kConflict) return done(status, "");
  suggest(std::move(display), [self, status, done = std::move(done)](std::string proposal) mutable {
    done(status, std::move(proposal));
  });
}

storage::AuditEntry Accounts::Impl::audit(std::string actor, std::string action, std::string target,
                                          std::string detail) const {
  storage::AuditEntry entry;
  entry.ts = now();
  entry.actor = std::move(actor);
  entry.action = std::move(action);
  entry.target = std::move(target);
  entry.result = "ok";
  entry.detail = std::move(detail);
  return entry;
}

namespace {

// Codes of the protocol's table, as far as a try with a password can end in them.
const char* result_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kOk:
      return "ok";
    case ErrorCode::kBlocked:
      return "blocked";
    case ErrorCode::kRateLimited:
      return "rate_limited";
    default:
      return "unauthorized";
  }
}

void keep(storage::Store& store, storage::AuditEntry entry) {
  store.append_audit(std::move(entry), [](const Status& status) {
    if (!status) log::warn("users", "a line of the audit was lost: {}", status.message());
  });
}

}  // namespace

void Accounts::Impl::note_try(const char* action, const std::string& user_id,
                              const std::string& address, const Status& result) {
  auto entry = audit(result ? user_id : "", action, user_id,
                     user_id.empty() ? "no account has that name" : "");
  entry.address = address;
  entry.result = result_name(result.code());
  keep(store, std::move(entry));
}

void Accounts::Impl::note_too_many(const char* action, const std::string& address,
                                   const Status& result) {
  if (result.code() != ErrorCode::kRateLimited) return;  // it may come back at once
  const auto turn = log::rate_limited("audit of tries from " + address);
  if (!turn.write) return;
  auto entry =
      audit("", action, "",
            "too many failed tries" +
                (turn.skipped > 0 ? " (" + std::to_string(turn.skipped) + " before not kept)"
                                  : std::string()));
  entry.address = address;
  entry.result = result_name(result.code());
  keep(store, std::move(entry));
}

namespace {

Result<User> visible(Result<UserRecord> record, std::int64_t now) {
  if (!record) return record.status();
  if (is_expired_guest(*record, now)) return no_such_user();
  return to_user(*record);
}

}  // namespace

void Accounts::by_id(std::string user_id, UserDone done) {
  impl_->find(std::move(user_id), false,
              [self = impl_->enter(), done = std::move(done)](Result<UserRecord> record) mutable {
                done(visible(std::move(record), self->now()));
              });
}

void Accounts::by_name(std::string name, UserDone done) {
  const Result<Name> parsed = parse_any_name(name, impl_->options.names);
  if (!parsed) return done(no_such_user());
  impl_->find(parsed->skeleton, true,
              [self = impl_->enter(), done = std::move(done)](Result<UserRecord> record) mutable {
                done(visible(std::move(record), self->now()));
              });
}

}  // namespace parley::users
