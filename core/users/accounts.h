// SPDX-License-Identifier: Apache-2.0
// People: accounts, guests, roles, and their tokens. The server's only door to who someone is.
//
// Ownership: borrows store, hasher, guard and clock, which outlive it. Thread: any; completions run
// on the database writer's, a reader's or a hasher's thread, or at once on the caller's when
// refused: post to your shard. Lifetime: completions may come after the caller is gone, capture
// accordingly; the destructor waits for none. Failure: `conflict` for a taken name (with a free one
// to propose), `unauthorized` for wrong name or password, one sentence for both, `blocked` for a
// disabled account, `rate_limited` (login guard), `overloaded`, `forbidden` (registration closed,
// last admin), `invalid_args` (name or password against the rules).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "storage/store.h"
#include "users/login_guard.h"
#include "users/names.h"
#include "users/passwords.h"
#include "users/tokens.h"

namespace parley::users {

// What the rest of the server knows of a person.
struct User {
  std::string id;  // u_… or g_…
  std::string name;
  std::string kind;                // user | guest | bot | service
  std::vector<std::string> roles;  // of user, moderator, admin, service; a guest has none
  bool has_role(std::string_view role) const;
};

inline constexpr const char* kRoles[] = {"user", "moderator", "admin", "service"};
bool is_role(std::string_view role);

struct AccountsOptions {
  config::Auth auth;
  NameRules names;
  std::int64_t guest_keep_ms =
      24LL * 3600 * 1000;  // how long a guest's name stays after release or a crash
};
AccountsOptions accounts_options(const config::Config& config);

class Accounts {
 public:
  using UserDone = absl::AnyInvocable<void(Result<User>)>;
  // Like UserDone, for calls that claim a name: the second argument is "" or a free name to
  // propose.
  using NameDone = absl::AnyInvocable<void(Result<User>, std::string suggestion)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;
  // Told after roles, password, or the right to be here have changed: sessions are looked at again.
  using Changed = std::function<void(const std::string& user_id)>;

  Accounts(storage::Store& store, PasswordHasher& hasher, LoginGuard& guard, const Clock& clock,
           AccountsOptions options);
  ~Accounts();

  void on_changed(Changed listener);  // before the first call of anything else

  // `guest_id` empty, or the guest who registers: it keeps its id and, if it likes, its name.
  void register_account(std::string name, std::string password, std::string guest_id,
                        std::string address, NameDone done);
  void login(std::string name, std::string password, std::string address, UserDone done);
  void change_password(std::string user_id, std::string old_password, std::string new_password,
                       std::string address, StatusDone done);
  // By parleyctl, without the old one.
  void reset_password(std::string user_id, std::string new_password, StatusDone done);
  void by_id(std::string user_id, UserDone done);  // not_found
  void by_name(std::string name, UserDone done);   // not_found
  // Roles of a local account; `user` is always among them. forbidden: the last admin.
  void set_roles(std::string user_id, std::vector<std::string> roles, UserDone done);
  void set_disabled(std::string user_id, bool disabled,
                    UserDone done);  // forbidden: the last admin

  // A new guest with that name; forbidden where guests are off. It lives until release_guest plus
  // guest_keep.
  void make_guest(std::string name, NameDone done);
  void hold_guest(const std::string& guest_id);     // a saved session of it came back
  void release_guest(const std::string& guest_id);  // its last session was saved or closed
  // Every few minutes: keeps the rows of guests who are here, so that retention does not take them.
  void keep_guests(StatusDone done = {});

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace parley::users
