// SPDX-License-Identifier: Apache-2.0
#include "command/identity.h"

#include <algorithm>
#include <utility>

#include "command/call_router.h"
#include "protocol/close_codes.h"
#include "session/session.h"

namespace parley::command {
namespace {

using protocol::RequestId;
using session::Session;

protocol::Welcome describe(CallRouter& router, Session& session, const SignIn& who,
                           std::vector<protocol::ChannelPosition> channels) {
  const auto& settings = router.here().settings;
  const auto& user = *session.user();
  protocol::Welcome welcome;
  welcome.session = session.id();
  welcome.resume = session.renew_resume_secret();
  welcome.user_id = user.id;
  welcome.user_name = user.name;
  welcome.user_kind = user.kind;
  welcome.roles = user.roles;
  welcome.node = settings.node;
  if (who.credential.expires_at > 0)
    welcome.expires_in_s =
        std::max<std::int64_t>(0, who.credential.expires_at - router.clock().wall_ms()) / 1000;
  welcome.ping_ms = settings.ping_interval.count();
  welcome.limit_frame = static_cast<std::int64_t>(settings.limits.frame);
  welcome.limit_rate = settings.limits.rate;
  welcome.limit_burst = settings.limits.burst;
  welcome.limit_inflight = settings.limits.inflight;
  welcome.channels = std::move(channels);
  welcome.commands_rev = router.commands().rev();
  welcome.extra_json = who.extra_json;
  return welcome;
}

// On the shard, after the session was opened: joins what is joined by itself, then the welcome.
void greet(CallRouter& router, Session& opened, SignIn who, RequestId id) {
  router.channels().attach(
      opened, [&router, key = opened.key(), who = std::move(who),
               id = std::move(id)](std::vector<protocol::ChannelPosition> positions) {
        auto* session = router.sessions().find(key);
        if (!session || !session->link()) return;
        std::string frame;
        protocol::append_welcome(frame, id, describe(router, *session, who, std::move(positions)));
        session->link()->send(frame);
        router.sessions().ready(*session);
      });
}

}  // namespace

bool Identity::start(Peer& peer, SignIn who, protocol::RequestId id) {
  if (!who.locale.empty()) peer.set_locale(who.locale);
  if (auto* old = peer.session()) {
    router_.set_session(peer, nullptr);
    router_.sessions().close(*old, "identity changed");
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
  router_.set_session(peer, *opened);
  greet(router_, **opened, std::move(who), std::move(id));
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
  auto welcome = describe(router_, *session, who, router_.channels().positions(*session));
  welcome.resumed = true;
  welcome.seq = session->last_seq();
  std::string frame;
  protocol::append_welcome(frame, id, welcome);
  session->link()->send(frame);
}

void Identity::sign_out(CallId call) {
  router_.shards().run_on(static_cast<int>(call.shard()), [this, call] { sign_out_here(call); });
}

void Identity::sign_out_here(CallId call) {
  if (!router_.claim(call)) return;
  const auto* caller = router_.state_of(call).pending.caller(call);
  auto* peer = router_.peer_of(*caller);
  auto* session = router_.sessions().find(caller->session_key);
  router_.send_reply(call, "ok", {}, {});
  if (!session) return;
  const auto user = session->user();
  const Credential credential = session->credential();
  if (peer && peer->session() == session) router_.set_session(*peer, nullptr);
  router_.sessions().close(*session, "signed out");
  if (router_.on_signed_out) router_.on_signed_out(*user, credential);
}

void Identity::on_left(std::function<void(const users::User&)> listener) {
  router_.on_left = std::move(listener);
}

void Identity::on_signed_out(std::function<void(const users::User&, const Credential&)> listener) {
  router_.on_signed_out = std::move(listener);
}

}  // namespace parley::command
