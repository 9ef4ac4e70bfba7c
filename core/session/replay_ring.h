// SPDX-License-Identifier: Apache-2.0
// The frames addressed to one session that a client may ask for again, by seq.
//
// Ownership: keeps a copy of each frame; its bytes are charged to the budget that rings share with
// outboxes. Thread: the session's shard. Failure: none; when it is full the oldest frames go, and
// covers() says so. While the budget is exceeded a ring keeps an eighth of its limits, a guest's
// nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <absl/functional/function_ref.h>

#include "base/clock.h"

namespace parley::net {
class OutboxBudget;
}

namespace parley::session {

// What is said of a frame for the time in which it waits for its client.
struct Waiting {
  std::string conflate;      // only the newest with this key waits; "": all do
  Clock::TimePoint until{};  // later it is of no use; the epoch: always of use
};

class ReplayRing {
 public:
  struct Limits {
    std::size_t frames = 512;
    std::size_t bytes = 256 * 1024;
    bool yields = false;  // a guest's: gives everything up when memory is short
  };
  ReplayRing(Limits limits, net::OutboxBudget* budget) : limits_(limits), budget_(budget) {}
  ~ReplayRing() { clear(); }
  ReplayRing(const ReplayRing&) = delete;
  ReplayRing& operator=(const ReplayRing&) = delete;

  // `seq` is the one after the last. A frame larger than the ring is not kept.
  void push(std::uint64_t seq, std::string_view json, Waiting waiting = {});
  // The frame after `seq` that has this key, 0 for none.
  std::uint64_t find(std::string_view conflate, std::uint64_t after) const;
  // Another frame takes the place of the one that find() gave: made for the same seq and key, so that
  // the client sees no gap.
  void replace(std::uint64_t seq, std::string_view json, Clock::TimePoint until);
  // What is of no use any more becomes an empty frame of type `expired`.
  void expire(Clock::TimePoint now);
  // The client has every frame up to `seq`.
  void trim(std::uint64_t seq);
  // Every frame after `seq` is here.
  bool covers(std::uint64_t seq) const { return seq >= gone_through_ && seq <= last_; }
  // The newest that is not here any more, 0 when none is missing.
  std::uint64_t gone_through() const { return gone_through_; }
  // Frames with a seq above `seq`, oldest first, until the visitor says false.
  void each_after(std::uint64_t seq,
                  absl::FunctionRef<bool(std::uint64_t seq, std::string_view json)> visit) const;
  std::size_t count_after(std::uint64_t seq) const;
  // The counter starts again: nothing is kept, the next frame has seq 1.
  void restart();

  std::size_t frames() const { return frames_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Frame {
    std::uint64_t seq;
    std::string json;
    Waiting waiting;
  };
  void set(Frame& frame, std::string json);
  void clear();
  // Gives the bytes that are free now, for the caller to charge.
  std::size_t drop_oldest();
  void charge(std::int64_t bytes);

  const Limits limits_;
  net::OutboxBudget* const budget_;
  std::deque<Frame> frames_;
  std::size_t bytes_ = 0;
  bool has_limited_ = false;  // some frame has an `until`
  std::uint64_t last_ = 0;
  std::uint64_t gone_through_ = 0;
};

}  // namespace parley::session
