// SPDX-License-Identifier: Apache-2.0
// What the files of Accounts share. Nobody else includes it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/thread_annotations.h"
#include "users/accounts.h"
#include "users/operations.h"

namespace parley::users {

// The name of the setting that says that an account was admin once.
inline constexpr const char* kAdminExisted = "admin_existed";

User to_user(const storage::UserRecord& record);
Status no_such_user();
bool is_expired_guest(const storage::UserRecord& record, std::int64_t now);
// Makes room for the name when a guest who has expired holds it.
Status free_expired_name(storage::Writer& writer, const storage::UserRecord& wanted,
                         std::int64_t now);
// What stays of a person of an outside issuer who was deleted.
std::string identity_hash(const std::string& issuer, const std::string& subject);
// Before the account goes: notes that what was issued until now for whoever it stands for is dead, for
// as long as the longest token lives.
Status bury_identities(storage::Writer& writer, const std::string& user_id, std::int64_t now,
                       Millis longest_token);
Status note_admin(storage::Writer& writer, const storage::UserRecord& record);

enum class RegistrationMode { kOpen, kInvitation, kClosed };
inline RegistrationMode mode_of(const config::Auth& auth) {
  if (auth.registration == "invitation") return RegistrationMode::kInvitation;
  return auth.registration == "open" ? RegistrationMode::kOpen : RegistrationMode::kClosed;
}

// invalid_args for what is no role.
Status check_roles(const std::vector<std::string>& roles);
// In the order of kRoleNames, each once, `user` always.
std::vector<std::string> tidy_roles(const std::vector<std::string>& roles);
std::string join(const std::vector<std::string>& words);

// The last admin who may come in stays. Asked on the writer thread, so that two demotions at once
// cannot both find the other admin.
Status keep_an_admin(storage::Writer& writer, const storage::UserRecord& before,
                     const storage::UserRecord& after);

struct Accounts::Impl {
  Impl(storage::Store& store_in, PasswordHasher& hasher_in, LoginGuard& guard_in,
       const Clock& clock_in, AccountsOptions options_in)
      : store(store_in),
        hasher(hasher_in),
        guard(guard_in),
        clock(clock_in),
        options(std::move(options_in)),
        guests_allowed(options.auth.guests),
        registration(mode_of(options.auth)) {}
  ~Impl() { operations.wait(); }

  using Self = std::shared_ptr<Impl>;
  using FoundDone = absl::AnyInvocable<void(Result<storage::UserRecord>)>;

  Self enter() { return operations.enter(this); }
  std::int64_t now() const { return clock.wall_ms(); }
  std::int64_t guest_expiry() const { return now() + options.guest_keep.count(); }

  Status check_password(const std::string& password) const;
  // The stored record, or not_found. Runs `done` on a reader's thread.
  void find(std::string id_or_skeleton, bool by_skeleton, FoundDone done);
  void suggest(std::string display, absl::AnyInvocable<void(std::string)> done);
  void answer_name(Self self, std::string display, Result<storage::UserRecord> stored,
                   NameDone done);
  storage::AuditEntry audit(std::string actor, std::string action, std::string target,
                            std::string detail = {}) const;
  // What became of a try with a password. Without an id no account has that name, which is then
  // kept nowhere, because people type passwords there.
  void note_try(const char* action, const std::string& user_id, const std::string& address,
                const Status& result);
  // A try that was not even looked at; at most one entry a second for each address.
  void note_too_many(const char* action, const std::string& address, const Status& result);
  void tell(const std::string& user_id, Change change) const {
    if (changed) changed(user_id, change);
  }
  // Stores the hash and ends everything that the old password opened.
  void store_password(Self self, std::string actor, std::string user_id, std::string address,
                      std::string hash, StatusDone done);
  void refresh_hash(Self self, storage::UserRecord record, std::string password,
                    std::string address);

  storage::Store& store;
  PasswordHasher& hasher;
  LoginGuard& guard;
  const Clock& clock;
  const AccountsOptions options;
  std::atomic<bool> guests_allowed;  // these two change with a reload, `options` keeps the start's
  std::atomic<RegistrationMode> registration;
  Changed changed;
  OnErased erased;

  Mutex mutex;
  std::map<std::string, int> guests PARLEY_GUARDED_BY(mutex);  // id -> sessions that hold it
  Operations operations;
};

}  // namespace parley::users
