// SPDX-License-Identifier: Apache-2.0
// What the parts of command/ share behind their headers: the state of each shard, and the way of an
// answer from whatever thread to the connection that waits for it. Not for other folders.
//
// Ownership: owns the shards' states, and with them peers, calls and pools. Thread: each state is
// its shard's; claim() and the functions tagged [any] from any.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "command/command_table.h"
#include "command/invocation.h"
#include "command/keyed_calls.h"
#include "command/peer.h"
#include "command/pending_calls.h"
#include "command/rate_table.h"
#include "command/replies.h"
#include "command/token_expiry.h"
#include "config/config.h"
#include "net/net_stats.h"
#include "protocol/frames.h"
#include "protocol/json.h"
#include "session/channels.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"
#include "session/shard_set.h"

namespace parley::command {

// The part of the configuration that this folder obeys.
struct Settings {
  explicit Settings(const config::Config& config);
  std::string node;
  config::Limits limits;
  Millis hard_budget;
  Millis ping_interval;
  Millis expiring_notice;
  Millis expiry_grace;
  std::unordered_map<std::string, Rate> commands;  // limits.commands
};

// A session that ends once its commands are answered.
struct Leaving {
  std::uint64_t session_key = 0;
  Clock::TimePoint until;
  Task end;
};

struct ShardState {
  ShardState(unsigned index, const CommandRegistry& commands, const Settings& settings);

  const unsigned index;
  Settings settings;
  TableCache table;
  protocol::JsonReader reader;
  PendingCalls pending;
  InvocationPool pool;
  std::unordered_map<std::uint64_t, std::unique_ptr<Peer>> peers;  // by Peer::key
  std::vector<Peer*> unauthenticated;  // in the order in which they came
  TokenExpiry expiry;
  std::string frame;  // the one being written
  std::vector<CallId> late;
  std::vector<Leaving> leaving;
  int meta_wanted = 0;  // peers
  struct {
    net::Counter commands, refused, rate_limited, malformed, timeouts, inflight;
    net::Counter user_limited, address_limited, command_limited, address_full;
    net::Counter noise_closes, abuse_closes, auth_timeouts, crowded_out, expired;
  } counters;
};

// A terminal error that owns its texts, for the way between threads.
struct OwnedError {
  std::string code;
  std::string message;
  bool retry = false;
  std::string details_json;
};

class CallRouter {
 public:
  CallRouter(const session::ShardSet& shards, session::SessionRegistry& sessions,
             session::Channels& channels, session::SessionKeeper& keeper, CommandRegistry& commands,
             KeyLedger& keys, const Clock& clock, const config::Config& config);

  const session::ShardSet& shards() const { return shards_; }
  session::SessionRegistry& sessions() { return sessions_; }
  session::Channels& channels() { return channels_; }
  session::SessionKeeper& keeper() { return keeper_; }
  CommandRegistry& commands() { return commands_; }
  KeyedCalls& keyed() { return keyed_; }
  const Clock& clock() const { return clock_; }

  ShardState& here() { return *states_[static_cast<std::size_t>(shards_.current())]; }
  ShardState& state_of(CallId call) { return *states_[call.shard()]; }
  bool knows(CallId call) const { return call && call.shard() < states_.size(); }
  bool is_here(CallId call) const { return shards_.current() == static_cast<int>(call.shard()); }

  // [any] Takes the right to answer; counts the ones that come too late.
  bool claim(CallId call);
  std::uint64_t stale() const { return stale_.load(std::memory_order_relaxed); }

  // --- [shard of the call], after claim() ---
  void send_reply(CallId call, std::string_view type, std::string_view data_json,
                  std::string_view fields_json);
  void send_error(CallId call, const protocol::ErrorFrame& error);
  void send_nothing(CallId call);  // the call ends without a frame
  // An answer that is remembered; `duplicate`: the command ran for another call with its key.
  void send_stored(CallId call, const StoredReply& reply, bool retry, bool duplicate);
  void send_progress(CallId call, std::string_view data_json);
  void returned(CallId call);
  // The next command of that session, or of a connection that has none, may start.
  void leave_lane(std::uint64_t session_key, std::uint64_t connection);
  // The peer a call came in by; null when its connection is gone.
  Peer* peer_of(const Caller& caller);
  Peer* peer(std::uint64_t connection);
  // The waiting request is over: its id is free again.
  void end_request(const Caller& caller);
  // Runs `end`, which a command of that session asked for, once everything else it has in flight is
  // answered, at most hard_budget later. No further command of its lane starts.
  void when_answered(session::Session& session, Task end);
  void check_leaving();

  // --- peers, [shard] ---
  Peer& open_peer(session::Link& link, std::string_view locale);
  void close_peer(Peer& peer);
  std::unique_ptr<Peer> leave_peer(Peer& peer);
  Peer& arrive_peer(std::unique_ptr<Peer> peer);
  // The peer speaks for a session that was there before; an older connection of it is replaced.
  void take_up(Peer& peer, session::Session& session);
  // Ends the connection that the session has now: it is about to get another.
  void detach_link(session::Session& session);
  void set_session(Peer& peer, session::Session* session);
  // It is being closed and no longer counts among those who wait.
  void forget_waiting(Peer& peer);
  void set_meta(Peer& peer, bool on);
  void configure_here(const Settings& settings);
  std::int64_t unauthenticated() const { return unauthenticated_.load(std::memory_order_relaxed); }

  // A user's last session has closed, or its sign-in came to nothing. [shard]
  std::function<void(const users::User&)> on_left;
  void tell_left(const users::User& user);
  std::function<void(const users::User&)> on_guest_ended;
  // Somebody logs out. [shard]
  std::function<void(const users::User&, const session::Credential&)> on_signed_out;

  std::vector<std::unique_ptr<ShardState>>& states() { return states_; }

 private:
  bool is_leaving(std::uint64_t session_key);
  bool may_leave(const Leaving& leaving, Clock::TimePoint now);
  void send_reply_now(CallId call, std::string_view type, std::string_view data_json,
                      std::string_view fields_json);
  void send_error_now(CallId call, const protocol::ErrorFrame& error);
  void deliver(const Caller& caller, bool with_seq,
               absl::FunctionRef<void(std::string& out, std::uint64_t seq)> append);
  std::string_view locale_of(const Caller& caller);
  void note(const Caller& caller, std::string_view result);
  // `object_json` with who answered as its member `meta`, for those who asked for it.
  std::string_view with_meta(const Caller& caller, std::string_view object_json, std::string& room);
  void observe_sessions();
  void announce(const Change& change);

  const session::ShardSet& shards_;
  session::SessionRegistry& sessions_;
  session::Channels& channels_;
  session::SessionKeeper& keeper_;
  CommandRegistry& commands_;
  KeyedCalls keyed_;
  const Clock& clock_;
  std::vector<std::unique_ptr<ShardState>> states_;
  std::atomic<std::uint64_t> stale_{0};
  std::atomic<std::int64_t> unauthenticated_{0};
};

}  // namespace parley::command
