// SPDX-License-Identifier: Apache-2.0
#include "server/wiring.h"

#include <cstdint>
#include <string>
#include <utility>

#include "base/log.h"
#include "protocol/close_codes.h"

namespace parley::server {
namespace {

void recheck_roles(Users& users, Runtime& runtime, const std::string& user_id) {
  users.accounts->by_id(user_id, [&runtime](Result<users::User> user) {
    if (!user) return;
    const auto fresh = std::make_shared<const users::User>(std::move(*user));
    runtime.sessions->post_to_user(fresh->id, [&runtime, fresh](session::Session& session) {
      const auto& most = session.credential().max_roles;
      session.set_user(most.empty()
                           ? fresh
                           : std::make_shared<const users::User>(users::narrowed(*fresh, most)));
      runtime.channels->recheck(session);
    });
  });
}

// One login on one device is over: whoever speaks with its tokens is disconnected.
void end_login(Runtime& runtime, const std::string& user_id, const std::string& family) {
  runtime.sessions->post_to_user(user_id, [&runtime, family](session::Session& session) {
    if (session.credential().family != family) return;
    runtime.sessions->kick(session, protocol::close::kBadCredential, "This login has ended.");
  });
}

// A key is gone, and with it what it vouched for. Whoever comes in while this goes round is looked at
// once they are in.
void end_if_withdrawn(Users& users, Runtime& runtime, session::Session& session) {
  const auto& credential = session.credential();
  const bool by_token = credential.expires_at > 0;  // a guest has none
  if (by_token && !users.tokens->knows_key(credential.issuer, credential.key))
    runtime.dispatcher->identity().withdraw(session);
}

void heed_withdrawn_keys(Users& users, Runtime& runtime) {
  const auto look = [&users, &runtime](session::Session& session) {
    end_if_withdrawn(users, runtime, session);
  };
  users.tokens->on_keys_withdrawn([&runtime, look] { runtime.sessions->post_to_all(look); });
  session::SessionObserver observer;
  observer.opened = observer.resumed = look;
  runtime.sessions->observe(std::move(observer));
}

// Plugins erase what they keep of somebody who is gone.
void tell_deleted(plugin::EventBus& events, const Clock& clock, const std::string& user_id) {
  users::User gone;
  gone.id = user_id;
  gone.name = "deleted";
  gone.kind = "user";
  events.emit({.kind = PARLEY_EVENT_USER_DELETED,
               .ts = clock.wall_ms(),
               .user = std::make_shared<const users::User>(std::move(gone))});
}

void on_changed(Users& users, Runtime& runtime, const std::string& user_id, users::Change change) {
  switch (change) {
    case users::Change::kRegistered:
      return;
    case users::Change::kDisabled:
      users.tokens->revoke_user(user_id, {});
      runtime.sessions->kick_user(user_id, protocol::close::kBlocked,
                                  "This account was disabled by an operator.");
      return;
    case users::Change::kDeleted:
      users.tokens->revoke_user(user_id, {});
      users.blocks->forget(user_id);
      runtime.channels->forget_bans(user_id);
      runtime.sessions->kick_user(user_id, protocol::close::kBadCredential,
                                  "This account was deleted.");
      return;
    case users::Change::kPasswordReset:
      users.tokens->revoke_user(user_id, {});
      runtime.sessions->kick_user(user_id, protocol::close::kBadCredential,
                                  "The password was changed by an operator.");
      return;
    case users::Change::kPassword:
      users.tokens->revoke_user(user_id, {});
      runtime.sessions->end_detached(user_id, "password changed");
      return;
    case users::Change::kRoles:
      recheck_roles(users, runtime, user_id);
  }
}

}  // namespace

void tell_plugins(Runtime& runtime, plugin::EventBus& events, const Clock& clock) {
  const auto tell = [&events, &clock](std::uint32_t kind) {
    return [&events, &clock, kind](session::Session& session) {
      events.emit({.kind = kind,
                   .ts = clock.wall_ms(),
                   .user = session.user(),
                   .session = session.id(),
                   .locale = std::string(session.locale())});
    };
  };
  session::SessionObserver observer;
  observer.opened = [opened = tell(PARLEY_EVENT_SESSION_OPENED)](session::Session& session) {
    log::Event(log::Level::kInfo, "session")
        .session(session.id())
        .user(session.user()->name)
        .write("opened from {}", session.link() ? session.link()->peer_address() : "-");
    opened(session);
  };
  observer.detached = tell(PARLEY_EVENT_SESSION_DETACHED);
  observer.resumed = tell(PARLEY_EVENT_SESSION_RESUMED);
  observer.closed = [closed = tell(PARLEY_EVENT_SESSION_CLOSED)](session::Session& session,
                                                                 std::string_view reason) {
    log::Event(log::Level::kInfo, "session")
        .session(session.id())
        .user(session.user()->name)
        .write("closed: {}", reason);
    closed(session);
  };
  runtime.sessions->observe(std::move(observer));
  runtime.channels->observe(
      [&events, &clock](const users::User& user, std::string_view channel, bool joined) {
        events.emit(
            {.kind = static_cast<std::uint32_t>(joined ? PARLEY_EVENT_JOINED : PARLEY_EVENT_LEFT),
             .ts = clock.wall_ms(),
             .user = std::make_shared<const users::User>(user),
             .channel = std::string(channel)});
      });
}

void heed_account_changes(Users& users, Runtime& runtime, Doors& doors, plugin::EventBus& events,
                          const Clock& clock) {
  users.accounts->on_changed([&users, &runtime, &doors, &events, &clock](const std::string& user_id,
                                                                         users::Change change) {
    on_changed(users, runtime, user_id, change);
    doors.operator_port->end_console_sessions(user_id);
    if (change == users::Change::kDeleted) tell_deleted(events, clock, user_id);
  });
  users.accounts->on_erased([&runtime](const users::Erased& erased) {
    for (const auto& change : erased.deletions) runtime.channels->announce_stored(change);
    for (const auto& channel : erased.topics) runtime.channels->topic_erased(channel);
  });
  users.tokens->on_family_ended([&runtime](const std::string& user_id, const std::string& family) {
    end_login(runtime, user_id, family);
  });
  heed_withdrawn_keys(users, runtime);
}

}  // namespace parley::server
