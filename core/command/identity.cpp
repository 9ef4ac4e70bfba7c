// SPDX-License-Identifier: Apache-2.0
#include "command/identity.h"

#include <algorithm>
#include <utility>

#include "command/call_router.h"
#include "protocol/close_codes.h"
#include "protocol/json_writer.h"
#include "session/channels.h"
#include "session/session.h"
#include "session/session_keeper.h"
#include "users/accounts.h"
#include "users/tokens.h"

namespace parley::command {
namespace {

using protocol::RequestId;
using session::Session;

protocol::Welcome describe(CallRouter& router, const Session& session, std::string resume,
                           std::vector<protocol::ChannelPosition> channels,
                           std::string extra_json) {
  const auto& settings = router.here().settings;
  const auto& user = *session.user();
  protocol::Welcome welcome;
  welcome.session = session.id();
  welcome.resume = std::move(resume);
  welcome.user_id = user.id;
  welcome.user_name = user.name;
  welcome.user_kind = user.kind;
  welcome.roles = user.roles;
  welcome.node = settings.node;
  if (const auto expires_at = session.credential().expires_at; expires_at > 0)
    welcome.expires_in_s = std::max<std::int64_t>(0, expires_at - router.clock().wall_ms()) / 1000;
  welcome.ping_ms = settings.ping_interval.count();
  welcome.limit_frame = static_cast<std::int64_t>(settings.limits.frame);
  welcome.limit_rate = settings.limits.rate;
  welcome.limit_burst = settings.limits.burst;
  welcome.limit_inflight = settings.limits.inflight;
  welcome.channels = std::move(channels);
  welcome.commands_rev = router.commands().rev();
  welcome.extra_json = std::move(extra_json);
  return welcome;
}

// On the shard, after the session was saved: joins what is joined by itself, then the welcome.
void greet(CallRouter& router, Session& opened, std::string secret, std::string extra_json,
           RequestId id) {
  router.channels().attach(opened, [&router, key = opened.key(), secret = std::move(secret),
                                    extra_json = std::move(extra_json), id = std::move(id)](
                                       std::vector<protocol::ChannelPosition> positions) {
    auto* session = router.sessions().find(key);
    if (!session || !session->link()) return;
    std::string frame;
    protocol::append_welcome(frame, id,
                             describe(router, *session, secret, std::move(positions), extra_json));
    session->link()->send(frame);
    router.sessions().ready(*session);
  });
}

// The client must be able to come back with the secret it is about to get, even if the server ends
// right after: so it is stored first. A store that fails does not keep people out.
void save_then(CallRouter& router, Session& session, absl::AnyInvocable<void(Session&)> then) {
  router.keeper().save(
      session, [&router, key = session.key(), then = std::move(then)](const Status&) mutable {
        router.sessions().post(key, std::move(then));
      });
}

void tell_guest_ended(CallRouter& router, const users::User& user) {
  if (user.kind == "guest" && router.on_guest_ended) router.on_guest_ended(user);
}

void end_session_of(CallRouter& router, CallId call) {
  const auto* caller = router.state_of(call).pending.caller(call);
  auto* peer = router.peer_of(*caller);
  auto* session = router.sessions().find(caller->session_key);
  // First: whoever has the answer may take the name at once, on whatever connection.
  if (session) tell_guest_ended(router, *session->user());
  router.send_reply(call, "ok", {}, {});
  if (!session) return;
  const auto user = session->user();
  const Credential credential = session->credential();
  if (peer && peer->session() == session) router.set_session(*peer, nullptr);
  router.sessions().close(*session, "signed out");
  if (router.on_signed_out) router.on_signed_out(*user, credential);
}

}  // namespace

void Identity::end(Peer& peer) {
  auto* session = peer.session();
  if (session == nullptr) return;
  tell_guest_ended(router_, *session->user());
  router_.set_session(peer, nullptr);
  router_.sessions().close(*session, "signed out");
}

Credential credential_of(const users::TokenClaims& claims) {
  return {claims.issued_at, claims.expires_at, claims.id, claims.family,
          claims.issuer,    claims.max_roles,  claims.key};
}

bool Identity::start(Peer& peer, SignIn who, protocol::RequestId id) {
  if (!who.locale.empty()) peer.set_locale(who.locale);
  if (who.client_name.empty()) {
    who.client_name = peer.client_name_;
    who.client_version = peer.client_version_;
  }
  std::string variables;  // of who stays the same person: a guest who has just registered
  if (auto* old = peer.session()) {
    if (old->user()->id == who.user->id) {
      variables = old->variables()->to_json();
      if (old->user()->kind == "guest") router_.channels().take_along(*old, *who.user);
    }
    if (who.client_name.empty()) {  // it is the same program
      who.client_name = old->client().name;
      who.client_version = old->client().version;
    }
    const auto before = old->user();
    router_.set_session(peer, nullptr);
    router_.sessions().close(*old, "identity changed");
    if (before->id != who.user->id) tell_guest_ended(router_, *before);
  }
  const auto user = who.user;
  auto opened = router_.sessions().open(peer.link(), user,
                                        {.name = who.client_name,
                                         .version = who.client_version,
                                         .locale = std::string(peer.locale())});
  if (!opened) {
    router_.tell_left(*user);
    peer.closing_ = true;
    peer.link().close(protocol::close::kConnectionLimit, opened.status().message());
    return false;
  }
  (*opened)->set_credential(who.credential);
  (*opened)->variables()->take_over(variables);
  router_.set_session(peer, *opened);
  auto secret = (*opened)->renew_resume_secret();
  router_.keeper().begin(
      **opened, [this, key = (*opened)->key(), secret = std::move(secret),
                 extra = std::move(who.extra_json), id = std::move(id)](const Status&) mutable {
        router_.sessions().post(key, [this, secret = std::move(secret), extra = std::move(extra),
                                      id = std::move(id)](Session& session) mutable {
          if (session.link())
            greet(router_, session, std::move(secret), std::move(extra), std::move(id));
        });
      });
  return true;
}

bool Identity::sign_in(Peer& peer, SignIn who) {
  return start(peer, std::move(who), {});
}

void Identity::sign_in(CallId call, SignIn who) {
  router_.shards().run_on(
      static_cast<int>(call.shard()),
      [this, call, who = std::move(who)]() mutable { sign_in_here(call, std::move(who)); });
}

void Identity::sign_in_here(CallId call, SignIn who) {
  if (!router_.claim(call)) return router_.tell_left(*who.user);
  const auto* caller = router_.state_of(call).pending.caller(call);
  auto* peer = router_.peer_of(*caller);
  const auto id = caller->request;
  router_.send_nothing(call);  // the welcome is the terminal frame
  if (!peer || peer->closing_) return router_.tell_left(*who.user);
  start(*peer, std::move(who), id);
}

void Identity::renew(CallId call, SignIn who) {
  router_.shards().run_on(
      static_cast<int>(call.shard()),
      [this, call, who = std::move(who)]() mutable { renew_here(call, std::move(who)); });
}

void Identity::renew_here(CallId call, SignIn who) {
  if (!router_.claim(call)) return;
  const auto* caller = router_.state_of(call).pending.caller(call);
  auto* session = router_.sessions().find(caller->session_key);
  const auto id = caller->request;
  if (session && session->user()->id != who.user->id) {
    const auto refused =
        Status::conflict("this token is another user's: log out first, or open another connection");
    return router_.send_error(call, protocol::error_frame(refused));
  }
  router_.send_nothing(call);  // the welcome is the terminal frame
  if (!session || !session->link()) return;
  session->set_user(who.user);
  session->set_credential(who.credential);
  router_.here().expiry.watch(*session);
  auto secret = session->renew_resume_secret(session->resume_hash());
  save_then(router_, *session,
            [this, id, secret = std::move(secret),
             extra = std::move(who.extra_json)](Session& saved) mutable {
              if (!saved.link()) return;
              auto welcome = describe(router_, saved, std::move(secret),
                                      router_.channels().positions(saved), std::move(extra));
              welcome.resumed = true;
              welcome.seq = saved.last_seq();
              std::string frame;
              protocol::append_welcome(frame, id, welcome);
              saved.link()->send(frame);
            });
}

// --- coming back ---

void Identity::come_back(CallId call, Return back) {
  auto* session = router_.sessions().find(back.session_key);
  if (!session || !router_.state_of(call).pending.is_open(call)) return;
  session->set_user(back.who.user);
  if (back.who.credential.expires_at > 0) session->set_credential(back.who.credential);
  auto secret = session->renew_resume_secret(back.presented);
  save_then(
      router_, *session,
      [this, call, back = std::move(back), secret = std::move(secret)](Session& saved) mutable {
        auto& channels = router_.channels();
        // What goes out from here on waits in the ring until the welcome is sent.
        if (const auto* caller = router_.state_of(call).pending.caller(call);
            !caller || !router_.peer_of(*caller))
          return;
        router_.detach_link(saved);
        session::ResumeOptions options{.positions = back.positions, .saved = back.saved};
        channels.resume(saved, std::move(options),
                        [this, call, back = std::move(back),
                         secret = std::move(secret)](session::Resumed resumed) mutable {
                          finish_return(call, back, secret, std::move(resumed));
                        });
      });
}

namespace {

std::string pending_json(const Session& session) {
  std::string json;
  protocol::ArrayWriter list(json);
  for (const auto& id : session.inflight_ids()) id.append_json(list.next());
  list.close();
  return json;
}

// Says in plain words what cannot be had again.
std::string notice(bool resumed, const session::Resumed& channels) {
  std::string text;
  if (!resumed)
    text =
        "Answers and notices sent since your last frame are lost. Ask again for what you still "
        "need; a command sent with a key can be repeated safely.";
  const bool gap = std::any_of(channels.channels.begin(), channels.channels.end(),
                               [](const auto& channel) { return !channel.recovered; });
  if (gap)
    text += std::string(text.empty() ? "" : " ") +
            "Channels marked false in `recovered` have older messages that do not follow: ask for "
            "their history.";
  return text;
}

std::string return_json(const Session& session, bool resumed, std::size_t replayed,
                        const session::Resumed& channels, const std::string& extra_json) {
  std::string json;
  protocol::ObjectWriter data(json);
  if (resumed) data.field("replayed", replayed);
  data.raw("pending", pending_json(session));
  {
    protocol::ObjectWriter recovered(data.key("recovered"));
    for (const auto& channel : channels.channels) recovered.field(channel.name, channel.recovered);
  }
  if (const auto text = notice(resumed, channels); !text.empty()) data.field("notice", text);
  data.splice(extra_json);
  data.close();
  return json;
}

}  // namespace

void Identity::finish_return(CallId call, Return& back, const std::string& secret,
                             session::Resumed resumed) {
  auto* session = router_.sessions().find(back.session_key);
  if (!session || !router_.claim(call)) return;
  const auto* caller = router_.state_of(call).pending.caller(call);
  auto* peer = router_.peer_of(*caller);
  const auto id = caller->request;
  router_.send_nothing(call);  // the welcome is the terminal frame
  if (!peer || peer->closing_ || peer->session()) return;
  if (!back.who.locale.empty())
    peer->set_locale(back.who.locale);
  else if (!back.restored)
    peer->set_locale(session->locale());
  router_.take_up(*peer, *session);
  session->set_client({.name = back.who.client_name,
                       .version = back.who.client_version,
                       .locale = std::string(peer->locale())});
  const bool whole = !back.restored && session->ring().covers(back.seq);
  if (!whole) session->restart_seq();
  std::vector<protocol::ChannelPosition> positions;
  for (const auto& channel : resumed.channels) positions.push_back({channel.name, channel.offset});
  auto& stats = router_.sessions().stats();
  (whole ? stats.resumed : stats.restored).bump();
  const auto replayed = whole ? session->ring().count_after(back.seq) : 0;
  auto welcome = describe(router_, *session, secret, std::move(positions),
                          return_json(*session, whole, replayed, resumed, back.who.extra_json));
  welcome.resumed = whole;
  welcome.seq = session->last_seq();
  std::string frame;
  protocol::append_welcome(frame, id, welcome);
  peer->link().send(frame);
  router_.sessions().attach(*session, peer->link());
  if (whole) session->replay_after(back.seq);
}

void Identity::sign_out(CallId call) {
  router_.shards().run_on(static_cast<int>(call.shard()), [this, call] { sign_out_here(call); });
}

// What was sent before the logout gets its answer before it. A rule's logout does not wait: the
// command that made the plugin run it is itself in flight until then.
void Identity::sign_out_here(CallId call) {
  if (!router_.claim(call)) return;
  const auto* caller = router_.state_of(call).pending.caller(call);
  auto* session = router_.sessions().find(caller->session_key);
  if (!session || caller->rule != nullptr) return end_session_of(router_, call);
  router_.when_answered(*session, [this, call] { end_session_of(router_, call); });
}

void Identity::withdraw(Session& session) {
  if (session.state() == session::SessionState::kDetached)
    return router_.sessions().close(session, "its key was withdrawn");
  Credential ended = session.credential();
  const auto now = router_.clock().wall_ms();
  if (ended.expires_at <= now) return;
  ended.expires_at = now;
  session.set_credential(std::move(ended));
  router_.here().expiry.watch(session);
}

void Identity::on_left(std::function<void(const users::User&)> listener) {
  router_.on_left = std::move(listener);
}

void Identity::on_guest_ended(std::function<void(const users::User&)> listener) {
  router_.on_guest_ended = std::move(listener);
}

void Identity::on_signed_out(std::function<void(const users::User&, const Credential&)> listener) {
  router_.on_signed_out = std::move(listener);
}

}  // namespace parley::command
