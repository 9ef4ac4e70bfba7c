// SPDX-License-Identifier: Apache-2.0
// Who may stay and how fast: malformed frames (close 4510), the command rate (4506 for those who do
// not slow down), connections that never say who they are (4408, or 4406 when there are too many).
//
// Ownership: borrows the router. Thread: the peer's shard.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "command/invocation.h"
#include "command/peer.h"
#include "command/rate_table.h"
#include "protocol/request_id.h"

namespace parley::command {

class CallRouter;
struct ShardState;

class Admission {
 public:
  explicit Admission(CallRouter& router) : router_(router) {}

  // bad_json, bad_request, bad_frame: counted, logged once a second per address.
  void malformed(Peer& peer, const Status& status, const protocol::RequestId& id);
  // 0: it passes. Else the connection, its user over all connections, or its address is over its
  // rate and may go on after that time; too_fast() answers once the id is known.
  // Who goes on through limits.abuse refusals in a row is not merely fast, and is closed.
  Millis over_rate(Peer& peer, Clock::TimePoint now);
  void too_fast(Peer& peer, const protocol::RequestId& id, std::string_view action, Millis wait);
  // The same for one command by itself (limits.commands), after its name is known.
  Millis over_command_rate(const Invocation& invocation, Clock::TimePoint now);
  // Whether one more connection of that address may stay; counts it until left().
  bool enter(Peer& peer);
  void left(const Peer& peer);
  void crowded_address(Peer& peer);  // closes it
  // An error before any call was opened.
  void refuse(Peer& peer, const protocol::RequestId& id, const Status& status,
              std::string_view action, Millis retry_after = Millis(-1),
              std::string_view details_json = {});
  // Closes those who took too long, and the oldest of those who are too many.
  void check_waiting(ShardState& state, Clock::TimePoint now);
  // The oldest connection that never said who it is goes when they are more than their share.
  void make_room(ShardState& state);

 private:
  bool may_wait(const Peer& peer, const ShardState& state, Clock::TimePoint now) const;
  void close(Peer& peer, std::uint16_t code, std::string_view reason);
  CallRouter& router_;
  RateTable rates_;
  Mutex mutex_;
  std::unordered_map<std::string, int> connections_ PARLEY_GUARDED_BY(mutex_);  // by address group
};

}  // namespace parley::command
