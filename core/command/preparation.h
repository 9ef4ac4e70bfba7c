// SPDX-License-Identifier: Apache-2.0
// From an envelope to an invocation that may run: the command, today's rights, the command line in
// a text, arguments, cooldown. Nothing is sent here.
//
// Ownership: borrows router and cooldowns. Thread: the peer's shard. Failure: a Refusal, to be
// answered with `error`.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/status.h"
#include "command/admission.h"
#include "command/cooldowns.h"
#include "command/invocation.h"
#include "command/peer.h"
#include "command/slash_line.h"
#include "protocol/envelope.h"

namespace parley::command {

class CallRouter;

struct Refusal {
  Status status;
  std::string action;
  std::string details_json;
  Millis retry_after{-1};
};

class Preparation {
 public:
  Preparation(CallRouter& router, Cooldowns& cooldowns, Admission& admission)
      : router_(router), cooldowns_(cooldowns), admission_(admission) {}

  std::optional<Refusal> prepare(Peer& peer, const protocol::Envelope& envelope,
                                 Clock::TimePoint now, Invocation& invocation);

  // Nothing, or why the user has to wait; takes the turn.
  std::optional<Refusal> cool_down(Clock::TimePoint now, const Invocation& invocation);

  // The state that a peer has while there is no session, else the session's.
  bool begin(Peer& peer, const protocol::RequestId& id);
  std::size_t inflight(Peer& peer) const;
  session::Lane& lane(Peer& peer);
  bool is_closing(const Peer& peer) const;
  // From now on nothing is handled here; `frame` is, where the peer goes.
  void begin_move(Peer& peer, std::string_view frame);

 private:
  using Outcome = std::optional<Refusal>;
  Outcome find(Peer& peer, std::string_view action, EntryPtr& entry);
  Outcome unknown(std::string_view action);
  Outcome permit(Peer& peer, const CommandSpec& spec);
  Outcome permit_there(Peer& peer, const Invocation& invocation);
  Outcome read_envelope(Peer& peer, const protocol::Envelope& envelope, Invocation& invocation);
  Outcome read_command_line(Peer& peer, const Line& line, Invocation& invocation);
  const AccessPolicy& access();
  void describe(Peer& peer, Invocation& invocation);
  static std::string_view locale_of(const Peer& peer);
  static void note_client(Peer& peer, protocol::JsonView client);

  CallRouter& router_;
  Cooldowns& cooldowns_;
  Admission& admission_;
};

}  // namespace parley::command
