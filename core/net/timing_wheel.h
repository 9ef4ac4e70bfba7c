// SPDX-License-Identifier: Apache-2.0
// Timers of one shard: starting, moving and stopping one costs a few pointer writes, whatever their
// number.
//
// Purpose: tens of thousands of pings and time-outs that mostly never fire. Four levels of 64
// slots; a tick is 4 ms, so a timer fires up to one tick late and never early. Ownership: nodes
// belong to whoever embeds them; destroying an armed node stops it. Thread: the shard's. Failure:
// none; delays past 18 hours are cut to that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace parley::net {

class TimingWheel;

// Embed or derive; on_timer() may arm, stop or destroy this and any other node.
class TimerNode {
 public:
  TimerNode() = default;
  TimerNode(const TimerNode&) = delete;
  TimerNode& operator=(const TimerNode&) = delete;
  virtual ~TimerNode() { stop(); }

  bool armed() const { return next_ != nullptr; }
  void stop();

 protected:
  virtual void on_timer() = 0;

 private:
  friend class TimingWheel;
  TimerNode* next_ = nullptr;
  TimerNode* previous_ = nullptr;
  std::uint64_t due_ = 0;  // ticks
};

class TimingWheel {
 public:
  explicit TimingWheel(Clock::TimePoint start);
  ~TimingWheel();
  TimingWheel(const TimingWheel&) = delete;
  TimingWheel& operator=(const TimingWheel&) = delete;

  void arm(TimerNode& node, Clock::TimePoint now, Millis delay);
  void advance(Clock::TimePoint now);           // fires what is due
  std::optional<Clock::TimePoint> next_wake();  // no later than the next timer; nothing: none armed

 private:
  struct Head final : TimerNode {
    Head() { clear(); }
    void clear();
    void on_timer() override {}
  };
  static constexpr int kLevels = 4;
  static constexpr int kBits = 6;
  static constexpr std::uint64_t kSlots = 1U << kBits;
  static constexpr Millis kTick{4};
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  std::uint64_t tick_of(Clock::TimePoint at) const;
  void place(TimerNode& node);
  void cascade(int level);
  void fire(Head& slot);
  std::uint64_t earliest() const;
  static void link(Head& head, TimerNode& node);

  Clock::TimePoint start_;
  std::uint64_t tick_ = 0;       // every slot up to this one has fired
  std::uint64_t hint_ = kNever;  // no timer is due before it; kNever: none armed
  std::array<std::array<Head, kSlots>, kLevels> slots_;
};

}  // namespace parley::net
