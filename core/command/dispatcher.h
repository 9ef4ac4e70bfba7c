// SPDX-License-Identifier: Apache-2.0
// From a client's frame to its command's target: rate, envelope, noise, who may, ids in flight,
// table, roles, cooldown, arguments, order, call.
//
// Ownership: owns the peers, the pending calls and the pools; borrows registry, sessions and clock.
// Thread: tagged. Lifetime: after all targets were withdrawn and every Invocation is gone it may be
// destroyed, when the shards have stopped. Failure: every wrong input gets the documented error
// frame or close code; nothing here throws.
//
//   Dispatcher dispatcher({.shards = shards, .sessions = sessions, .channels = channels,
//                          .commands = registry, .clock = clock}, config);
//   Peer& peer = dispatcher.open(link);          // on the link's shard
//   dispatcher.on_text(peer, payload);
//   dispatcher.closed(peer);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "command/call_id.h"
#include "command/command_table.h"
#include "command/identity.h"
#include "command/peer.h"
#include "command/replies.h"
#include "command/rule_run.h"
#include "config/config.h"
#include "session/shard_set.h"

namespace parley::session {
class Link;
class Session;
class SessionRegistry;
class SessionKeeper;
class Channels;
}  // namespace parley::session

namespace parley::command {

class KeyLedger;

struct DispatcherDeps {
  const session::ShardSet& shards;
  session::SessionRegistry& sessions;
  session::Channels& channels;
  session::SessionKeeper& keeper;
  CommandRegistry& commands;
  KeyLedger& keys;
  const Clock& clock;
};

// What the dispatcher counted, for /metrics; since the start.
struct DispatcherStats {
  std::uint64_t commands = 0;         // reached a target
  std::uint64_t refused = 0;          // answered with an error before a target
  std::uint64_t rate_limited = 0;     // of those: too fast
  std::uint64_t user_limited = 0;     // of the too fast: by limits.user_rate
  std::uint64_t address_limited = 0;  // by limits.address_rate
  std::uint64_t command_limited = 0;  // of the refused: by limits.commands
  std::uint64_t address_full = 0;     // connections closed: limits.connections_per_address (4505)
  std::uint64_t malformed = 0;        // of those: bad_json, bad_request, bad_frame
  std::uint64_t timeouts = 0;         // plugin_timeout
  std::uint64_t stale = 0;            // answers that came too late or twice
  std::uint64_t noise_closes = 0;     // connections closed: malformed frames (4510)
  std::uint64_t abuse_closes = 0;     // too fast, and no pause (4506)
  std::uint64_t auth_timeouts = 0;    // never said who they are (4408)
  std::uint64_t crowded_out = 0;      // the oldest beyond limits.unauthenticated (4406)
  std::uint64_t expired = 0;          // their token ran out (4502)
  std::uint64_t unauthenticated = 0;  // connections now
  std::uint64_t inflight = 0;         // calls now
  std::uint64_t repeated = 0;         // keyed commands that were not run a second time
  std::uint64_t keys = 0;             // idempotency keys remembered now
};

class Dispatcher {
 public:
  Dispatcher(DispatcherDeps deps, const config::Config& config);
  ~Dispatcher();

  // [shard] A connection was accepted. `locale` from Accept-Language, "" for unknown.
  Peer& open(session::Link& link, std::string_view locale = {});
  // [shard] One whole text frame, or a binary one.
  void on_text(Peer& peer, std::string_view payload);
  void on_binary(Peer& peer);
  // [shard] The language of what is said to a connection until it has a session.
  void set_locale(std::uint64_t connection, std::string_view locale);
  // [shard] Whether terminal frames to that connection say which plugin, version and generation
  // answered.
  void set_meta(std::uint64_t connection, bool on);
  // [shard] The link is gone; its session waits for another one. The peer dies here.
  void closed(Peer& peer);
  // [shard] The client has taken what waited for it.
  void drained(Peer& peer);
  // The link goes to the shard of a session that it resumes (session::Link::move_to): the peer is
  // taken out on the old shard and put in on the new one, where what it said is handled; `there` is
  // set before that.
  std::unique_ptr<Peer> leave(Peer& peer);
  void arrive(std::unique_ptr<Peer> peer, Peer*& there);

  // [any] Exactly once per CommandTarget::invoke.
  void returned(CallId call);
  // [any] Runs a client message (`{"action":…}`, its id is ignored) as that session's user: today's
  // rights, no rate limit. Its invocation has the rule: whoever runs rules must not run one from
  // that. A call that it answers must be that session's own, and open.
  void run_as(std::uint64_t session_key, std::string message, RuleRun run = {});

  // [shard] Every 50 to 200 ms: late calls, connections that do not authenticate.
  void tick();
  // [any] New limits from a reloaded configuration, for open connections too.
  void configure(const config::Config& config);

  // [any] A plugin is about to write: KeyLedger::mark_running.
  void mark_running(std::string_view plugin);

  Replies& replies();
  Identity& identity();
  DispatcherStats stats() const;  // [any]

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::command
