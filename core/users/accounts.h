// SPDX-License-Identifier: Apache-2.0
// People: accounts, guests and roles. The server's only door to who someone is.
//
// Ownership: borrows store, hasher, guard and clock, which outlive it. Thread: any; completions run
// on the database writer's, a reader's or a hasher's thread, or at once on the caller's when
// refused: post to your shard, do nothing long. Lifetime: the destructor waits for the calls under
// way, so it is never run inside a completion. Failure: `conflict` for a taken name (with a free
// one to propose), `unauthorized` for a wrong name or password, one sentence for both, `blocked`
// for a disabled account, `rate_limited` (login guard), `overloaded`, `forbidden` (registration
// closed, guests off, last admin), `invalid_args` (name or password against the rules).
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

namespace parley::users {

struct TokenClaims;

// What the rest of the server knows of a person.
struct User {
  std::string id;  // u_… or g_…
  std::string name;
  std::string kind;                // user | guest | bot | service
  std::vector<std::string> roles;  // of user, moderator, admin, service; a guest has none
  bool has_role(std::string_view role) const;
};

inline constexpr const char* kRoleNames[] = {"user", "moderator", "admin", "service"};
bool is_role(std::string_view role);
// With those of their roles only that are among `most`; unchanged when that is empty.
User narrowed(User user, const std::vector<std::string>& most);

struct AccountsOptions {
  config::Auth auth;
  NameRules names;
  Millis guest_keep{24LL * 3600 * 1000};  // how long a guest's name stays after its last session
  std::size_t password_max = 1024;        // bytes
};
AccountsOptions accounts_options(const config::Config& config);

// Why sessions and tokens of a user have to be looked at again.
// kPassword: they changed it themselves; kPasswordReset: an operator did.
enum class Change { kPassword, kPasswordReset, kRoles, kDisabled, kRegistered, kDeleted };

// What went with the words of somebody who is forgotten: it is stored, and nobody who looks on has
// heard of it yet.
struct Erased {
  std::vector<storage::StoredMessage> deletions;  // one chatDeleted for each message
  std::vector<std::string> topics;                // channels that have no topic any more
};

// Somebody who wants an account.
struct Registration {
  std::string name;
  std::string password;
  std::string guest_id = {};  // empty, or the guest who registers: it keeps its id
  std::string address = {};
  std::string invitation = {};  // the code, where registration is by invitation
};

// An account that an admin makes for somebody.
struct NewAccount {
  std::string name;
  std::string password;
  std::vector<std::string> roles = {};  // `user` is always among them
};

// Whether an issuer's token may make an account for its subject: not one from before that subject's
// account was deleted (token_revoked).
Status may_become_somebody(storage::Reader& reader, const TokenClaims& claims);

class Accounts {
 public:
  using UserDone = absl::AnyInvocable<void(Result<User>)>;
  // For calls that claim a name: the second argument is "" or a free name to propose.
  using NameDone = absl::AnyInvocable<void(Result<User>, std::string suggestion)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;
  // Runs before the completion of the call that made the change, on the same thread. After
  // kPassword, kPasswordReset and kDisabled the stored sessions, refresh tokens and issued access tokens are dead
  // in the database already; who holds live ones (registry, TokenService) ends them now.
  using Changed = std::function<void(const std::string& user_id, Change change)>;

  Accounts(storage::Store& store, PasswordHasher& hasher, LoginGuard& guard, const Clock& clock,
           AccountsOptions options);
  ~Accounts();

  void on_changed(Changed listener);  // before anything else is called
  // On the writer's thread, in the order of commits, step by step while somebody is forgotten.
  using OnErased = std::function<void(const Erased&)>;
  void on_erased(OnErased listener);  // before anything else is called
  // After a reload of the configuration: who may come in. The other options need a restart.
  void configure(const config::Auth& auth);

  // Where registration is by invitation the code is used up with the account that it makes;
  // a wrong one counts as a failed login of the address.
  void register_account(Registration who, NameDone done);
  // Whether that takes a code, now.
  bool asks_for_invitation() const;
  void login(std::string name, std::string password, std::string address, UserDone done);
  // How long the caller holds back the answer to a failed login on this name.
  Millis login_delay(std::string_view name) const;
  void change_password(std::string user_id, std::string old_password, std::string new_password,
                       std::string address, StatusDone done);

  // `actor` goes into the audit: a user id or "parleyctl".
  // Whatever auth.registration says; name and password as at a registration.
  void create(std::string actor, std::string address, NewAccount who, UserDone done);
  void reset_password(std::string actor, std::string user_id, std::string new_password,
                      StatusDone done);
  // `user` is always among the roles of an account.
  void set_roles(std::string actor, std::string user_id, std::vector<std::string> roles,
                 UserDone done);
  // The same, as a change of those it has.
  void change_roles(std::string actor, std::string user_id, std::vector<std::string> add,
                    std::vector<std::string> remove, UserDone done);
  void set_disabled(std::string actor, std::string user_id, bool disabled, UserDone done);
  // Takes a person out for good: row, sessions, tokens, what plugins keep under their id, and their
  // words, which become tombstones step by step. Tokens of an outside issuer from before it make no new
  // account, later ones do. `password` as at a login; guests and accounts of an
  // outside issuer have none. Told as kDeleted once the row is gone. The last admin stays.
  void forget(std::string user_id, std::string password, std::string address, StatusDone done);

  void by_id(std::string user_id, UserDone done);  // not_found
  void by_name(std::string name, UserDone done);   // not_found
  // Whom a token that holds speaks for: the user it names, or for an issuer's token the account that
  // stands for its subject, made at first sight (whatever auth.registration says: the operator
  // trusts that issuer). Roles are narrowed to what its key may give.
  void by_claims(const TokenClaims& claims, UserDone done);  // unauthorized, blocked

  // A new guest with that name, held once.
  void make_guest(std::string name, NameDone done);
  void hold_guest(
      const std::string& guest_id);  // one more session of it; also when a saved one came back
  void release_guest(
      const std::string& guest_id);  // one less: after the last its name stays for guest_keep
  // It logged out, or came in as somebody else: nobody can come back as this guest, and its name is
  // free for whoever asks after this call.
  void end_guest(const std::string& guest_id);
  // Every few minutes: keeps the rows of guests who are here, so that retention does not take them.
  void keep_guests(StatusDone done = {});

  // For the first admin: makes an account with these roles, or gives them to the account of that
  // name when the password is its. `check` runs first in the same transaction; its error is the
  // answer.
  void enroll(std::string name, std::string password, std::string address,
              std::vector<std::string> roles, absl::AnyInvocable<Status(storage::Writer&)> check,
              UserDone done);

  // Whether enroll() could take this name and password at all: their form, not whether they fit.
  Status check_enrolment(std::string_view name, const std::string& password) const;

  struct Impl;  // accounts_impl.h

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::users
