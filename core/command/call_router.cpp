// SPDX-License-Identifier: Apache-2.0
#include "command/call_router.h"

#include <algorithm>
#include <utility>

#include "command/call_log.h"
#include "command/command_target.h"
#include "command/rule_run.h"
#include "protocol/catalogue.h"
#include "protocol/close_codes.h"
#include "protocol/json_writer.h"
#include "session/session.h"

namespace parley::command {

using session::Session;

Settings::Settings(const config::Config& config)
    : node(config.node),
      limits(config.limits),
      hard_budget(config.plugins.limits.hard_budget),
      ping_interval(config.websocket.ping_interval),
      expiring_notice(config.auth.expiring_notice),
      expiry_grace(config.auth.expiry_grace) {
  for (const auto& [command, text] : config.limits.commands)
    if (const auto rate = config::parse_rate(text)) commands.emplace(command, *rate);
}

ShardState::ShardState(unsigned index_in_set, const CommandRegistry& commands, const Settings& now)
    : index(index_in_set),
      settings(now),
      table(commands),
      reader(
          {.depth = now.limits.json_depth, .keys = now.limits.json_keys, .size = now.limits.frame}),
      pending(index_in_set) {}

CallRouter::CallRouter(const session::ShardSet& shards, session::SessionRegistry& sessions,
                       session::Channels& channels, session::SessionKeeper& keeper,
                       CommandRegistry& commands, KeyLedger& keys, const Clock& clock,
                       const config::Config& config)
    : shards_(shards),
      sessions_(sessions),
      channels_(channels),
      keeper_(keeper),
      commands_(commands),
      keyed_(*this, keys),
      clock_(clock) {
  const Settings settings(config);
  for (int i = 0; i < shards.size(); ++i)
    states_.push_back(std::make_unique<ShardState>(static_cast<unsigned>(i), commands, settings));
  observe_sessions();
  commands.on_change([this](const Change& change) { announce(change); });
}

// A session can be closed by others (kick, block): its connection must not keep a dead pointer.
void CallRouter::observe_sessions() {
  session::SessionObserver observer;
  observer.removed = [this](Session& session) {
    if (auto* link = session.link())
      if (auto* of = peer(link->connection_id()); of && of->session_ == &session)
        set_session(*of, nullptr);
    // Later, when it no longer counts, and a new one of the same user does.
    shards_.post(shards_.current(), [this, user = session.user()] { tell_left(*user); });
  };
  sessions_.observe(std::move(observer));
}

void CallRouter::tell_left(const users::User& user) {
  if (on_left && sessions_.count_of(user.id) == 0) on_left(user);
}

void CallRouter::announce(const Change& change) {
  if (change.added.empty() && change.removed.empty() && !change.access) return;
  std::string json;
  protocol::append_commands_changed(json, change.rev, change.added, change.removed);
  const auto frame = net::SharedFrame::text(json);
  sessions_.post_to_all([frame](Session& session) { session.send_shared(frame, false); });
}

bool CallRouter::claim(CallId call) {
  if (knows(call) && state_of(call).pending.claim(call)) return true;
  stale_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Peer* CallRouter::peer(std::uint64_t connection) {
  auto& peers = here().peers;
  const auto found = peers.find(connection);
  return found == peers.end() ? nullptr : found->second.get();
}

Peer* CallRouter::peer_of(const Caller& caller) {
  return peer(caller.connection);
}

void CallRouter::end_request(const Caller& caller) {
  if (caller.session_key) {
    if (auto* session = sessions_.find(caller.session_key)) session->end(caller.request);
    // Later: the answer that ends the request is still to be sent.
    if (!here().leaving.empty()) shards_.post(shards_.current(), [this] { check_leaving(); });
  } else if (auto* peer = peer_of(caller)) {
    peer->end(caller.request);
  }
}

void CallRouter::when_answered(Session& session, Task end) {
  (void)session.lane().try_enter();  // held until the end: leave_lane() does not let it go
  auto& state = here();
  state.leaving.push_back(
      {session.key(), clock_.now() + state.settings.hard_budget, std::move(end)});
  check_leaving();
}

bool CallRouter::is_leaving(std::uint64_t session_key) {
  const auto& all = here().leaving;
  return std::any_of(all.begin(), all.end(),
                     [&](const Leaving& one) { return one.session_key == session_key; });
}

// Those that ask to leave are in flight themselves, and what waits in the lane never starts.
bool CallRouter::may_leave(const Leaving& leaving, Clock::TimePoint now) {
  auto* session = sessions_.find(leaving.session_key);
  if (!session || now >= leaving.until) return true;
  const auto& all = here().leaving;
  const auto asking = std::count_if(all.begin(), all.end(), [&](const Leaving& one) {
    return one.session_key == leaving.session_key;
  });
  return session->inflight() <= session->lane().waiting() + static_cast<std::size_t>(asking);
}

void CallRouter::check_leaving() {
  auto& all = here().leaving;
  const auto now = clock_.now();
  const auto ready = [&] {
    return std::find_if(all.begin(), all.end(),
                        [&](const Leaving& one) { return may_leave(one, now); });
  };
  for (auto it = ready(); it != all.end(); it = ready()) {
    auto end = std::move(it->end);
    all.erase(it);
    end();
  }
}

void CallRouter::deliver(const Caller& caller, bool with_seq,
                         absl::FunctionRef<void(std::string&, std::uint64_t)> append) {
  auto& frame = here().frame;
  frame.clear();
  if (caller.session_key) {
    auto* session = sessions_.find(caller.session_key);
    if (!session) return;
    const auto seq = with_seq ? session->next_seq() : 0;
    append(frame, seq);
    if (seq)
      session->send_direct(seq, frame, static_cast<bool>(caller.request));
    else
      session->send_plain(frame);
  } else if (auto* peer = peer_of(caller)) {
    append(frame, 0);
    peer->link().send(frame);
  }
}

void CallRouter::note(const Caller& caller, std::string_view result) {
  if (!logs_answered(result)) return;
  const auto* session = caller.session_key ? sessions_.find(caller.session_key) : nullptr;
  log_answered(caller, session, result, clock_.now());
}

void CallRouter::send_reply(CallId call, std::string_view type, std::string_view data_json,
                            std::string_view fields_json) {
  auto& pending = state_of(call).pending;
  const auto* caller = pending.caller(call);
  if (!caller) return;
  if (!caller->keyed) return send_reply_now(call, type, data_json, fields_json);
  StoredReply reply;
  reply.type = type;
  reply.data_json = data_json;
  reply.fields_json = fields_json;
  keyed_.answer(call, std::move(reply), false);
}

void CallRouter::send_error(CallId call, const protocol::ErrorFrame& error) {
  const auto* caller = state_of(call).pending.caller(call);
  if (!caller) return;
  if (!caller->keyed) return send_error_now(call, error);
  StoredReply reply;
  reply.code = error.code;
  reply.message = error.message;
  reply.details_json = error.details_json;
  reply.retry_after_ms = error.retry_after_ms;
  keyed_.answer(call, std::move(reply), error.retry);
}

void CallRouter::send_stored(CallId call, const StoredReply& reply, bool retry, bool duplicate) {
  if (reply.is_error())
    return send_error_now(call, {.code = reply.code,
                                 .message = reply.message,
                                 .retry = retry,
                                 .retry_after_ms = retry ? reply.retry_after_ms : -1,
                                 .details_json = reply.details_json,
                                 .duplicate = duplicate});
  if (!duplicate) return send_reply_now(call, reply.type, reply.data_json, reply.fields_json);
  std::string fields;
  protocol::ObjectWriter(fields).field("duplicate", true).splice(reply.fields_json);
  send_reply_now(call, reply.type, reply.data_json, fields);
}

void CallRouter::send_reply_now(CallId call, std::string_view type, std::string_view data_json,
                                std::string_view fields_json) {
  auto& pending = state_of(call).pending;
  const auto* caller = pending.caller(call);
  if (!caller) return;
  note(*caller, kAnsweredOk);
  end_request(*caller);
  const auto rule = caller->rule;
  if (rule == nullptr || !rule->answers) {
    std::string room;
    const auto fields = with_meta(*caller, fields_json, room);
    deliver(*caller, !caller->entry->spec.read_only, [&](std::string& out, std::uint64_t seq) {
      protocol::append_reply(out, caller->request, seq, type, data_json, fields);
    });
  }
  if (rule != nullptr) rule->done(*this, type, data_json, fields_json);
  pending.answered(call);
}

void CallRouter::send_error_now(CallId call, const protocol::ErrorFrame& error) {
  auto& pending = state_of(call).pending;
  const auto* caller = pending.caller(call);
  if (!caller) return;
  note(*caller, error.code);
  end_request(*caller);
  const std::string message = protocol::in_language(locale_of(*caller), error.message);
  auto frame = error;
  frame.message = message;
  frame.action = caller->entry->spec.name;
  std::string room;
  frame.details_json = with_meta(*caller, frame.details_json, room);
  const bool with_seq = caller->request && !caller->entry->spec.read_only;
  const auto rule = caller->rule;
  if (rule == nullptr || !rule->answers) {
    deliver(*caller, with_seq, [&](std::string& out, std::uint64_t seq) {
      protocol::append_error(out, caller->request, seq, frame);
    });
  }
  if (rule != nullptr) rule->failed(*this, error);
  pending.answered(call);
}

void CallRouter::set_meta(Peer& peer, bool on) {
  if (peer.wants_meta_ != on) here().meta_wanted += on ? 1 : -1;
  peer.wants_meta_ = on;
}

std::string_view CallRouter::with_meta(const Caller& caller, std::string_view object_json,
                                       std::string& room) {
  if (here().meta_wanted == 0) return object_json;
  const auto* peer = peer_of(caller);
  const auto& spec = caller.entry->spec;
  if (peer == nullptr || !peer->wants_meta_ || spec.plugin == kCorePlugin) return object_json;
  std::string meta;
  protocol::ObjectWriter(meta)
      .field("plugin", spec.plugin)
      .field("version", spec.version)
      .field("generation", spec.generation);
  protocol::ObjectWriter(room).raw("meta", meta).splice(object_json);
  return room;
}

std::string_view CallRouter::locale_of(const Caller& caller) {
  if (auto* session = sessions_.find(caller.session_key)) return session->locale();
  const auto* peer = peer_of(caller);
  return peer ? peer->locale() : "en";
}

void CallRouter::send_nothing(CallId call) {
  auto& pending = state_of(call).pending;
  const auto* caller = pending.caller(call);
  if (!caller) return;
  note(*caller, kAnsweredOk);
  end_request(*caller);
  if (const auto rule = caller->rule) rule->done(*this, "ok", {}, {});
  if (const KeyedPtr keyed = caller->keyed) keyed_.forget(keyed);
  pending.answered(call);
}

void CallRouter::send_progress(CallId call, std::string_view data_json) {
  const auto* caller = state_of(call).pending.caller(call);
  if (!caller) return;
  if (const auto rule = caller->rule) return rule->progress(*this, data_json);
  if (!caller->request) return;
  deliver(*caller, false, [&](std::string& out, std::uint64_t) {
    protocol::append_progress(out, caller->request, data_json);
  });
}

void CallRouter::returned(CallId call) {
  const auto whom = state_of(call).pending.returned(call);
  if (whom && whom->in_lane) leave_lane(whom->session_key, whom->connection);
}

void CallRouter::leave_lane(std::uint64_t session_key, std::uint64_t connection) {
  if (!session_key) {
    if (auto* of = peer(connection)) of->lane_.returned();
  } else if (is_leaving(session_key)) {
    return;  // nothing further starts
  } else if (auto* session = sessions_.find(session_key)) {
    session->lane().returned();
  }
}

Peer& CallRouter::open_peer(session::Link& link, std::string_view locale) {
  auto& state = here();
  auto peer = std::make_unique<Peer>(link, static_cast<int>(state.index), clock_.now());
  peer->set_locale(locale);
  peer->bucket_ =
      session::TokenBucket(state.settings.limits.rate, state.settings.limits.burst, clock_.now());
  state.unauthenticated.push_back(peer.get());
  ++unauthenticated_;
  return *(state.peers[peer->key()] = std::move(peer));
}

void CallRouter::close_peer(Peer& peer) {
  auto& state = here();
  if (auto* session = peer.session_) sessions_.detach(*session);
  forget_waiting(peer);
  set_meta(peer, false);
  state.peers.erase(peer.key());
}

std::unique_ptr<Peer> CallRouter::leave_peer(Peer& peer) {
  auto& state = here();
  forget_waiting(peer);
  state.meta_wanted -= peer.wants_meta_ ? 1 : 0;
  auto node = state.peers.extract(peer.key());
  return std::move(node.mapped());
}

Peer& CallRouter::arrive_peer(std::unique_ptr<Peer> peer) {
  auto& state = here();
  peer->shard_ = static_cast<int>(state.index);
  peer->moving_ = false;
  state.meta_wanted += peer->wants_meta_ ? 1 : 0;
  state.unauthenticated.push_back(peer.get());
  ++unauthenticated_;
  return *(state.peers[peer->key()] = std::move(peer));
}

void CallRouter::take_up(Peer& peer, Session& session) {
  detach_link(session);
  set_session(peer, &session);
}

void CallRouter::detach_link(Session& session) {
  if (auto* link = session.link()) {
    if (auto* old = this->peer(link->connection_id()); old && old->session_ == &session) {
      old->closing_ = true;
      set_session(*old, nullptr);
    }
    sessions_.detach(session);
    link->close(protocol::close::kReplaced, "This session was resumed on another connection.");
  }
}

void CallRouter::configure_here(const Settings& settings) {
  auto& state = here();
  state.settings = settings;
  const auto& limits = settings.limits;
  state.reader = protocol::JsonReader(
      {.depth = limits.json_depth, .keys = limits.json_keys, .size = limits.frame});
  for (auto& [key, peer] : state.peers) peer->bucket_.configure(limits.rate, limits.burst);
}

void CallRouter::forget_waiting(Peer& peer) {
  if (std::erase(here().unauthenticated, &peer)) --unauthenticated_;
}

void CallRouter::set_session(Peer& peer, Session* session) {
  if (peer.session_ == session) return;
  auto& waiting = here().unauthenticated;
  if (session && !peer.session_) {
    forget_waiting(peer);
  } else if (!session) {
    peer.unauthenticated_since_ = clock_.now();
    waiting.push_back(&peer);
    ++unauthenticated_;
  }
  peer.session_ = session;
  if (session) here().expiry.watch(*session);
}

}  // namespace parley::command
