// SPDX-License-Identifier: Apache-2.0
// Who may stay and how fast: malformed frames (close 4510), the command rate (4506 for those who do
// not slow down), connections that never say who they are (4408, or 4406 when there are too many).
//
// Ownership: borrows the router. Thread: the peer's shard.
#pragma once

#include "base/clock.h"
#include "base/status.h"
#include "command/peer.h"
#include "protocol/request_id.h"

namespace parley::command {

class CallRouter;
struct ShardState;

class Admission {
 public:
  explicit Admission(CallRouter& router) : router_(router) {}

  // bad_json, bad_request, bad_frame: counted, logged once a second per address.
  void malformed(Peer& peer, const Status& status, const protocol::RequestId& id);
  // False: over the rate; too_fast() answers once the id is known. Who goes on through
  // limits.abuse refusals in a row is not merely fast, and is closed.
  bool within_rate(Peer& peer, Clock::TimePoint now);
  void too_fast(Peer& peer, const protocol::RequestId& id, std::string_view action,
                Clock::TimePoint now);
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
};

}  // namespace parley::command
