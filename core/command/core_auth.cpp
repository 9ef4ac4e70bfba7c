// SPDX-License-Identifier: Apache-2.0
#include "command/core_auth.h"

#include <string>
#include <utility>

#include "command/client_said.h"
#include "protocol/json_writer.h"
#include "users/accounts.h"
#include "users/token_service.h"

namespace parley::command {
namespace {

enum Argument { kToken, kRefresh, kGuest, kClient, kLocale };

std::string suggestion_json(const std::string& name) {
  if (name.empty()) return {};
  std::string out;
  protocol::ObjectWriter(out).field("suggestion", name);
  return out;
}

}  // namespace

void CoreAuth::run(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  const bool token = call.args[kToken].present, refresh = call.args[kRefresh].present;
  const bool guest = call.args[kGuest].present;
  if (token + refresh + guest != 1)
    return static_cast<void>(replies.fail(
        call.call, Status::invalid_args("give exactly one of token, refresh and guest")));
  if (call.session_key && guest)
    return static_cast<void>(replies.fail(
        call.call, Status::conflict("this connection has a session already: log out first, or "
                                    "open another connection")));
  SignIn who;
  take_client(call.args[kClient], call.args[kLocale], who);
  replies.defer(call.call);
  if (token)
    with_token(call, std::move(who));
  else if (refresh)
    with_refresh(call, std::move(who));
  else
    as_guest(call, std::move(who));
}

void CoreAuth::with_token(const Invocation& call, SignIn who) {
  auto& dispatcher = deps_.dispatcher;
  auto claims = deps_.tokens.authenticate(call.args[kToken].text);
  if (!claims) return static_cast<void>(dispatcher.replies().fail(call.call, claims.status()));
  sign_in(call.call, call.session_key != 0, *claims, std::move(who));
}

void CoreAuth::sign_in(CallId id, bool live, const users::TokenClaims& claims, SignIn who) {
  who.credential = credential_of(claims);
  deps_.accounts.by_claims(
      claims, [this, id, live, claims, who = std::move(who)](Result<users::User> user) mutable {
        auto& dispatcher = deps_.dispatcher;
        const Status status = user ? deps_.tokens.still_good(claims, user->id) : user.status();
        if (!status) return static_cast<void>(dispatcher.replies().fail(id, status));
        who.user = std::make_shared<const users::User>(std::move(*user));
        auto& identity = dispatcher.identity();
        live ? identity.renew(id, std::move(who)) : identity.sign_in(id, std::move(who));
      });
}

void CoreAuth::with_refresh(const Invocation& call, SignIn who) {
  auto& dispatcher = deps_.dispatcher;
  const bool live = call.session_key != 0;
  // On a live session a refresh token of somebody else must not be used up for nothing.
  deps_.tokens.refresh(call.args[kRefresh].text, live ? call.user->id : std::string(),
                       [this, &dispatcher, id = call.call, live,
                        who = std::move(who)](Result<users::IssuedTokens> issued) mutable {
                         if (!issued)
                           return static_cast<void>(dispatcher.replies().fail(id, issued.status()));
                         protocol::ObjectWriter(who.extra_json)
                             .field("token", issued->access)
                             .field("refresh", issued->refresh);
                         sign_in(id, live, issued->claims(), std::move(who));
                       });
}

void CoreAuth::as_guest(const Invocation& call, SignIn who) {
  auto& dispatcher = deps_.dispatcher;
  deps_.accounts.make_guest(
      call.args[kGuest].text, [&dispatcher, id = call.call, who = std::move(who)](
                                  Result<users::User> user, std::string suggestion) mutable {
        if (!user)
          return static_cast<void>(
              dispatcher.replies().fail(id, user.status(), suggestion_json(suggestion)));
        who.user = std::make_shared<const users::User>(std::move(*user));
        dispatcher.identity().sign_in(id, std::move(who));
      });
}

}  // namespace parley::command
