// SPDX-License-Identifier: Apache-2.0
// parley.accounts/1: the host does the work and answers the request itself. Passwords go straight
// to users::Accounts.
#include <parley/ext/accounts.h>

#include "command/dispatcher.h"
#include "command/identity.h"
#include "command/replies.h"
#include "net/shard.h"
#include "plugin/event_bus.h"
#include "plugin/host/entry.h"
#include "plugin/request_view.h"
#include "protocol/close_codes.h"
#include "protocol/json_writer.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/token_service.h"

namespace parley::plugin {
namespace {

using PluginPtr = std::shared_ptr<PluginInstance>;

// One identity change: the request it answers and who asked.
struct Operation {
  PluginPtr plugin;
  command::CallId call;
  command::Caller caller;
  std::string address;
  std::string name;  // of the account; never a password

  command::Replies& replies() const { return plugin->services().dispatcher.replies(); }
  std::string user_id() const { return caller.user != nullptr ? caller.user->id : std::string(); }

  void fail(const Status& status, std::string_view details = {}) const {
    replies().fail(call, status, details);
    plugin->settle(call);
  }
};

// Takes the request; null (and a status) when that is not possible.
std::shared_ptr<Operation> take(const parley_host* host, parley_id request, parley_string name,
                                const char* function, parley_status& status) {
  auto* plugin = enter(host, {Phase::kPlugin}, function);
  status = PARLEY_E_WRONG_THREAD;
  if (plugin == nullptr) return nullptr;
  status = PARLEY_E_DENIED;
  if (!plugin->granted("accounts.write")) return nullptr;
  const command::CallId call{request};
  auto caller = plugin->services().dispatcher.replies().peek(call);
  status = PARLEY_E_STALE;
  if (!caller || !plugin->defer(call)) return nullptr;
  status = PARLEY_OK;
  auto* scope = CallScope::of(*plugin);
  return std::make_shared<Operation>(
      Operation{plugin->pin(), call, std::move(*caller),
                scope != nullptr ? std::string(scope->peer) : std::string(), copy(name)});
}

void welcome(const std::shared_ptr<Operation>& operation, users::User user) {
  auto& tokens = operation->plugin->services().tokens;
  const std::string id = user.id;
  tokens.issue(id, [operation, user = std::make_shared<const users::User>(std::move(user))](
                       Result<users::IssuedTokens> issued) {
    if (!issued) return operation->fail(issued.status());
    command::SignIn who;
    who.user = user;
    who.credential = command::credential_of(issued->claims());
    protocol::ObjectWriter(who.extra_json)
        .field("token", issued->access)
        .field("refresh", issued->refresh);
    operation->plugin->services().dispatcher.identity().sign_in(operation->call, std::move(who));
    operation->plugin->settle(operation->call);
  });
}

// What a form can go on with: another name, or a field for the code that is asked for.
std::string why_not(const users::Accounts& accounts, const Status& status,
                    const std::string& suggestion) {
  std::string details;
  const bool refused =
      status.code() == ErrorCode::kForbidden || status.code() == ErrorCode::kUnauthorized;
  if (!suggestion.empty()) protocol::ObjectWriter(details).field("suggestion", suggestion);
  if (refused && accounts.asks_for_invitation())
    protocol::ObjectWriter(details).field("invitation", true);
  return details;
}

parley_status register_invited(const parley_host* host, parley_id request, parley_string name,
                               parley_string password, parley_string invitation) {
  parley_status status = PARLEY_OK;
  const auto operation = take(host, request, name, "accounts.register_user", status);
  if (operation == nullptr) return status;
  const bool was_guest =
      operation->caller.user != nullptr && operation->caller.user->kind == "guest";
  auto& services = operation->plugin->services();
  services.accounts.register_account(
      {.name = copy(name),
       .password = copy(password),
       .guest_id = was_guest ? operation->user_id() : std::string(),
       .address = operation->address,
       .invitation = copy(invitation)},
      [operation, &services, was_guest](Result<users::User> user, const std::string& suggestion) {
        if (!user)
          return operation->fail(user.status(),
                                 why_not(services.accounts, user.status(), suggestion));
        services.events.emit({.kind = PARLEY_EVENT_USER_REGISTERED,
                              .ts = services.clock.wall_ms(),
                              .user = std::make_shared<const users::User>(*user),
                              .previous = was_guest ? operation->user_id() : std::string()});
        welcome(operation, std::move(*user));
      });
  return PARLEY_OK;
}

parley_status register_user(const parley_host* host, parley_id request, parley_string name,
                            parley_string password) {
  return register_invited(host, request, name, password, {});
}

parley_status login(const parley_host* host, parley_id request, parley_string name,
                    parley_string password) {
  parley_status status = PARLEY_OK;
  const auto operation = take(host, request, name, "accounts.login", status);
  if (operation == nullptr) return status;
  operation->plugin->services().accounts.login(
      copy(name), copy(password), operation->address, [operation](Result<users::User> user) {
        if (user) return welcome(operation, std::move(*user));
        // Held back after failures on this name: guessing gets slow, the owner only waits.
        auto& services = operation->plugin->services();
        auto& shard = services.timer_shard;
        shard.post([&shard, operation, status = user.status(),
                    delay = services.accounts.login_delay(operation->name)] {
          shard.call_after(delay, [operation, status] { operation->fail(status); });
        });
      });
  return PARLEY_OK;
}

parley_status logout(const parley_host* host, parley_id request) {
  parley_status status = PARLEY_OK;
  const auto operation = take(host, request, {}, "accounts.logout", status);
  if (operation == nullptr) return status;
  auto& services = operation->plugin->services();
  services.store.append_audit({.ts = services.clock.wall_ms(),
                               .actor = operation->user_id(),
                               .address = operation->address,
                               .action = "account.logout",
                               .target = operation->user_id(),
                               .result = "ok"});
  services.dispatcher.identity().sign_out(operation->call);
  operation->plugin->settle(operation->call);
  return PARLEY_OK;
}

// This session ends with an answer, the others with a close; a guest has only this one's identity.
parley_status logout_everywhere(const parley_host* host, parley_id request) {
  parley_status status = PARLEY_OK;
  const auto operation = take(host, request, {}, "accounts.logout_everywhere", status);
  if (operation == nullptr) return status;
  auto& services = operation->plugin->services();
  services.tokens.revoke_user(operation->user_id(), [operation](const Status& revoked) {
    if (!revoked) return operation->fail(revoked);
    auto& all = operation->plugin->services();
    for (const auto key : all.sessions.sessions_of(operation->user_id())) {
      if (key == operation->caller.session_key) continue;
      all.sessions.post(key, [&all](session::Session& session) {
        all.sessions.kick(session, protocol::close::kBadCredential,
                          "You logged out everywhere, from another connection.");
      });
    }
    all.store.append_audit({.ts = all.clock.wall_ms(),
                            .actor = operation->user_id(),
                            .address = operation->address,
                            .action = "logout.everywhere",
                            .result = "ok"});
    all.dispatcher.identity().sign_out(operation->call);
    operation->plugin->settle(operation->call);
  });
  return PARLEY_OK;
}

// The session that changed it goes on with a login of its own: what the old password opened is dead,
// and a connection that is cut comes back by its credential.
void go_on_with_new_login(const std::shared_ptr<Operation>& operation) {
  auto& services = operation->plugin->services();
  services.tokens.issue(operation->user_id(), [operation, &services](
                                                  const Result<users::IssuedTokens>& issued) {
    std::string data;
    if (issued) {
      services.sessions.post(
          operation->caller.session_key,
          [credential = command::credential_of(issued->claims())](session::Session& own) {
            own.set_credential(credential);
            own.changed();
          });
      protocol::ObjectWriter(data).field("token", issued->access).field("refresh", issued->refresh);
    }
    operation->replies().ok(operation->call, data);
    operation->plugin->settle(operation->call);
  });
}

parley_status change_password(const parley_host* host, parley_id request,
                              parley_string old_password, parley_string new_password) {
  parley_status status = PARLEY_OK;
  const auto operation = take(host, request, {}, "accounts.change_password", status);
  if (operation == nullptr) return status;
  const auto own_session = operation->caller.session_key;
  operation->plugin->services().accounts.change_password(
      operation->user_id(), copy(old_password), copy(new_password), operation->address,
      [operation, own_session](const Status& done) {
        if (!done) return operation->fail(done);
        auto& sessions = operation->plugin->services().sessions;
        for (const auto key : sessions.sessions_of(operation->user_id())) {
          if (key == own_session) continue;
          sessions.post(key, [&sessions](session::Session& other) {
            sessions.kick(other, protocol::close::kBadCredential,
                          "The password was changed elsewhere: log in again.");
          });
        }
        go_on_with_new_login(operation);
      });
  return PARLEY_OK;
}

void give_account(const PluginPtr& plugin, parley_token token, Result<users::User> user) {
  plugin->complete([plugin, token, user = std::move(user)](void* data) {
    const auto* half = plugin->halves().accounts;
    if (half == nullptr || half->on_account == nullptr) return;
    if (!user) return half->on_account(data, token, status_code(user.status()), nullptr);
    const UserView shown(&*user);
    parley_account account{};
    account.size = sizeof account;
    account.user = shown.get();
    account.online = plugin->services().sessions.count_of(user->id) > 0 ? 1 : 0;
    half->on_account(data, token, PARLEY_OK, &account);
  });
}

parley_status lookup(const parley_host* host, parley_token token, std::uint32_t by,
                     parley_string value) {
  auto* plugin = enter(host, {Phase::kPlugin}, "accounts.lookup");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!plugin->granted("accounts.read")) return PARLEY_E_DENIED;
  auto& accounts = plugin->services().accounts;
  auto self = plugin->pin();
  const std::string wanted = copy(value);
  switch (by) {
    case PARLEY_LOOKUP_ID:
      accounts.by_id(wanted, [self, token](Result<users::User> user) {
        give_account(self, token, std::move(user));
      });
      return PARLEY_OK;
    case PARLEY_LOOKUP_NAME:
      accounts.by_name(wanted, [self, token](Result<users::User> user) {
        give_account(self, token, std::move(user));
      });
      return PARLEY_OK;
    case PARLEY_LOOKUP_ANY:
      accounts.by_id(wanted, [self, token, wanted](Result<users::User> user) {
        if (user) return give_account(self, token, std::move(user));
        self->services().accounts.by_name(wanted, [self, token](Result<users::User> named) {
          give_account(self, token, std::move(named));
        });
      });
      return PARLEY_OK;
    default:
      return PARLEY_E_INVALID;
  }
}

}  // namespace

const parley_host_accounts* accounts_table() {
  static const parley_host_accounts table{sizeof(parley_host_accounts),
                                          0,
                                          register_user,
                                          login,
                                          logout,
                                          change_password,
                                          lookup,
                                          register_invited,
                                          logout_everywhere};
  return &table;
}

}  // namespace parley::plugin
