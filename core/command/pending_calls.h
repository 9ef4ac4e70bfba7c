// SPDX-License-Identifier: Apache-2.0
// The calls of one shard that are not answered or whose handler has not returned.
//
// Ownership: owns the slots, which never move while it lives. Thread: open(), release(), returned()
// and expire() on the owning shard; claim(), peek(), defer() from any. Exactly one of all claim()
// calls for an id succeeds, the others are told it is stale. Failure: open() gives no id when
// every slot is taken.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "base/clock.h"
#include "command/call_id.h"
#include "command/command_table.h"
#include "protocol/request_id.h"

namespace parley::users {
struct User;
}

namespace parley::command {

struct RuleRun;

class Keyed;
using KeyedPtr = std::shared_ptr<Keyed>;  // keyed.h

// Whom a call answers.
struct Caller {
  std::uint64_t session_key = 0;  // 0: the connection itself, not authenticated
  std::uint64_t connection = 0;
  protocol::RequestId request;
  EntryPtr entry;
  std::shared_ptr<const users::User> user;
  bool in_lane = false;  // its return starts the session's next command
  KeyedPtr keyed;        // of a command with an idempotency key
  Clock::TimePoint started{};
  std::shared_ptr<const RuleRun> rule;  // a plugin runs it as that user
};

class PendingCalls {
 public:
  static constexpr std::uint32_t kChunk = 256;
  static constexpr std::uint32_t kMaxChunks = 4096;  // a million calls on one shard

  explicit PendingCalls(unsigned shard);
  ~PendingCalls();
  PendingCalls(const PendingCalls&) = delete;
  PendingCalls& operator=(const PendingCalls&) = delete;

  // [shard] A slot that is open and not returned. nullopt: all taken.
  std::optional<CallId> open(Caller caller);

  // [any] True once per call: whoever gets it must bring answered() about on the shard.
  bool claim(CallId id);
  // [any] A copy, while the call is open.
  std::optional<Caller> peek(CallId id) const;
  // [any] While the call is open, another entry for it. Whoever claims it sees the new one.
  void taken_over(CallId id, EntryPtr entry);
  // [any] The handler says that the answer comes later. False: stale.
  bool defer(CallId id);
  // [shard] Before anybody else knows the id.
  void set_keyed(CallId id, KeyedPtr keyed);
  // [any]
  bool is_open(CallId id) const;

  // [shard] The caller of a call that was claimed and is not answered() yet, or that is open; null
  // when stale. The pointer holds until answered() or the next open().
  const Caller* caller(CallId id) const;
  // [shard] The answer went out. Frees the slot when the handler has returned too.
  void answered(CallId id);
  // [shard] The handler returned. nullopt: it had already, or stale. Else whom it was for.
  struct Returned {
    std::uint64_t session_key = 0;
    std::uint64_t connection = 0;
    bool in_lane = false;
  };
  std::optional<Returned> returned(CallId id);

  // [shard] Still open after invoke(): its deadlines are watched from now on. `budget` 0: none.
  void watch(CallId id, Clock::TimePoint now, Millis budget);
  // [shard] Claims every call that is late and appends it; a deferred one is late after its
  // command's deferred_budget.
  void expire(Clock::TimePoint now, std::vector<CallId>& late);

  std::size_t size() const { return used_; }  // [shard]

 private:
  struct Slot;
  struct Chunk;
  struct Watch {
    Clock::TimePoint at;
    Clock::TimePoint started;
    CallId id;
    bool extended;
    bool operator>(const Watch& other) const { return at > other.at; }
  };
  Slot* slot(std::uint32_t index) const;
  Slot* checked(CallId id) const;
  bool grow();
  void free_if_done(Slot& slot);

  unsigned shard_;
  std::array<std::atomic<Chunk*>, kMaxChunks> chunks_{};
  std::uint32_t chunk_count_ = 0;
  std::vector<std::uint32_t> free_;
  std::size_t used_ = 0;
  std::priority_queue<Watch, std::vector<Watch>, std::greater<>> watched_;
};

}  // namespace parley::command
