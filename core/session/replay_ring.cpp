// SPDX-License-Identifier: Apache-2.0
#include "session/replay_ring.h"

#include <algorithm>
#include <utility>

#include "net/service.h"
#include "protocol/frames.h"

namespace parley::session {
namespace {

// What one frame costs beside its text.
constexpr std::size_t kOverhead = 96;
constexpr std::size_t kShortage = 8;  // a ring's limits are divided by this

std::size_t cost_of(const std::string& json, const Waiting& waiting) {
  return json.size() + waiting.conflate.size() + kOverhead;
}

}  // namespace

void ReplayRing::push(std::uint64_t seq, std::string_view json, Waiting waiting) {
  const bool short_of_memory = budget_ && budget_->exceeded();
  const std::size_t divisor = short_of_memory ? kShortage : 1;
  const bool keeps = !(short_of_memory && limits_.yields);
  const std::size_t most_frames = keeps ? limits_.frames / divisor : 0;
  const std::size_t most_bytes = keeps ? limits_.bytes / divisor : 0;
  last_ = seq;
  has_limited_ = has_limited_ || waiting.until != Clock::TimePoint{};
  frames_.push_back({seq, std::string(json), std::move(waiting)});
  const std::size_t cost = cost_of(frames_.back().json, frames_.back().waiting);
  bytes_ += cost;
  std::size_t freed = 0;
  while (!frames_.empty() && (frames_.size() > most_frames || bytes_ > most_bytes))
    freed += drop_oldest();
  // In a full ring one frame takes the place of another: often nothing is left to charge.
  charge(static_cast<std::int64_t>(cost) - static_cast<std::int64_t>(freed));
}

std::uint64_t ReplayRing::find(std::string_view conflate, std::uint64_t after) const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend() && frame->seq > after; ++frame) {
    if (frame->waiting.conflate == conflate) return frame->seq;
  }
  return 0;
}

void ReplayRing::replace(std::uint64_t seq, std::string_view json, Clock::TimePoint until) {
  for (Frame& frame : frames_) {
    if (frame.seq != seq) continue;
    set(frame, std::string(json));
    frame.waiting.until = until;
    has_limited_ = has_limited_ || until != Clock::TimePoint{};
  }
}

void ReplayRing::expire(Clock::TimePoint now) {
  if (!std::exchange(has_limited_, false)) return;
  for (Frame& frame : frames_) {
    if (frame.waiting.until == Clock::TimePoint{}) continue;
    if (frame.waiting.until > now) {
      has_limited_ = true;
      continue;
    }
    std::string empty;
    protocol::append_push(empty, frame.seq, "expired", {}, {});
    set(frame, std::move(empty));
    frame.waiting.until = {};
  }
}

void ReplayRing::set(Frame& frame, std::string json) {
  const auto more =
      static_cast<std::int64_t>(json.size()) - static_cast<std::int64_t>(frame.json.size());
  bytes_ = static_cast<std::size_t>(static_cast<std::int64_t>(bytes_) + more);
  frame.json = std::move(json);
  charge(more);
}

void ReplayRing::trim(std::uint64_t seq) {
  std::size_t freed = 0;
  while (!frames_.empty() && frames_.front().seq <= seq) freed += drop_oldest();
  charge(-static_cast<std::int64_t>(freed));
}

std::size_t ReplayRing::drop_oldest() {
  const std::size_t cost = cost_of(frames_.front().json, frames_.front().waiting);
  gone_through_ = frames_.front().seq;
  frames_.pop_front();
  bytes_ -= cost;
  return cost;
}

void ReplayRing::each_after(std::uint64_t seq,
                            absl::FunctionRef<bool(std::uint64_t, std::string_view)> visit) const {
  const auto first =
      std::upper_bound(frames_.begin(), frames_.end(), seq,
                       [](std::uint64_t wanted, const Frame& frame) { return wanted < frame.seq; });
  for (auto frame = first; frame != frames_.end(); ++frame) {
    if (!visit(frame->seq, frame->json)) return;
  }
}

std::size_t ReplayRing::count_after(std::uint64_t seq) const {
  std::size_t count = 0;
  each_after(seq, [&count](std::uint64_t, std::string_view) { return ++count > 0; });
  return count;
}

void ReplayRing::restart() {
  clear();
  last_ = gone_through_ = 0;
}

void ReplayRing::clear() {
  frames_.clear();
  charge(-static_cast<std::int64_t>(bytes_));
  bytes_ = 0;
}

void ReplayRing::charge(std::int64_t bytes) {
  if (budget_ && bytes != 0) budget_->add(bytes);
}

}  // namespace parley::session
