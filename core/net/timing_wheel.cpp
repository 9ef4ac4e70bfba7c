// SPDX-License-Identifier: Apache-2.0
#include "net/timing_wheel.h"

#include <algorithm>

namespace parley::net {

void TimerNode::stop() {
  if (!next_) return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
}

void TimingWheel::Head::clear() {
  TimerNode* self = this;
  next_ = previous_ = self;
}

TimingWheel::TimingWheel(Clock::TimePoint start) : start_(start) {}

TimingWheel::~TimingWheel() {
  for (auto& level : slots_) {
    for (Head& head : level) {
      while (head.next_ != &head) head.next_->stop();
    }
  }
}

std::uint64_t TimingWheel::tick_of(Clock::TimePoint at) const {
  return at <= start_ ? 0 : static_cast<std::uint64_t>((at - start_) / kTick);
}

void TimingWheel::arm(TimerNode& node, Clock::TimePoint now, Millis delay) {
  node.stop();
  // One tick more than the whole ticks: rounding down would fire early.
  node.due_ = std::max(tick_of(now + std::max(delay, Millis{0})) + 1, tick_ + 1);
  hint_ = std::min(hint_, node.due_);
  place(node);
}

void TimingWheel::link(Head& head, TimerNode& node) {
  node.previous_ = head.previous_;
  node.next_ = &head;
  head.previous_->next_ = &node;
  head.previous_ = &node;
}

void TimingWheel::place(TimerNode& node) {
  constexpr std::uint64_t kHorizon = (std::uint64_t{1} << (kBits * kLevels)) - 1;
  const std::uint64_t ahead = std::min(node.due_ - tick_, kHorizon);
  node.due_ = tick_ + ahead;
  int level = 0;
  while (level + 1 < kLevels && ahead >= (std::uint64_t{1} << (kBits * (level + 1)))) ++level;
  const auto slot = (node.due_ >> (kBits * level)) & (kSlots - 1);
  link(slots_[static_cast<std::size_t>(level)][slot], node);
}

void TimingWheel::cascade(int level) {
  if (level >= kLevels) return;
  const auto slot = (tick_ >> (kBits * level)) & (kSlots - 1);
  if (slot == 0) cascade(level + 1);
  Head& head = slots_[static_cast<std::size_t>(level)][slot];
  Head moving;
  while (head.next_ != &head) {
    TimerNode& node = *head.next_;
    node.stop();
    link(moving, node);
  }
  while (moving.next_ != &moving) {
    TimerNode& node = *moving.next_;
    node.stop();
    if (node.due_ <= tick_) {
      link(slots_[0][tick_ & (kSlots - 1)], node);
    } else {
      place(node);
    }
  }
}

void TimingWheel::advance(Clock::TimePoint now) {
  const std::uint64_t target = tick_of(now);
  while (tick_ < target) {
    ++tick_;
    const auto slot = tick_ & (kSlots - 1);
    if (slot == 0) cascade(1);
    fire(slots_[0][slot]);
  }
}

void TimingWheel::fire(Head& slot) {
  if (slot.next_ == &slot) return;
  // What a timer arms now lands in another slot, because it is due at tick_ + 1 or later.
  while (slot.next_ != &slot) {
    TimerNode& node = *slot.next_;
    node.stop();
    node.on_timer();
  }
}

std::uint64_t TimingWheel::earliest() const {
  std::uint64_t best = kNever;
  for (int level = 0; level < kLevels; ++level) {
    const std::uint64_t here = tick_ >> (kBits * level);
    for (std::uint64_t ahead = 1; ahead <= kSlots; ++ahead) {
      const Head& head = slots_[static_cast<std::size_t>(level)][(here + ahead) & (kSlots - 1)];
      if (head.next_ == &head) continue;
      best = std::min(best, (here + ahead) << (kBits * level));
      break;
    }
  }
  return best;
}

std::optional<Clock::TimePoint> TimingWheel::next_wake() {
  // Scanned only once the last answer has passed: a stopped timer costs a needless wake-up, not a
  // scan.
  if (hint_ <= tick_) hint_ = earliest();
  if (hint_ == kNever) return std::nullopt;
  return start_ + kTick * static_cast<std::int64_t>(hint_);
}

}  // namespace parley::net
