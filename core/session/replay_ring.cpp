// SPDX-License-Identifier: Apache-2.0
#include "session/replay_ring.h"

#include <algorithm>

#include "net/service.h"

namespace parley::session {
namespace {

// What one frame costs beside its text.
constexpr std::size_t kOverhead = 48;
constexpr std::size_t kShortage = 8;  // a ring's limits are divided by this

std::size_t cost_of(const std::string& json) {
  return json.size() + kOverhead;
}

}  // namespace

void ReplayRing::push(std::uint64_t seq, std::string_view json) {
  const bool short_of_memory = budget_ && budget_->exceeded();
  const std::size_t divisor = short_of_memory ? kShortage : 1;
  const bool keeps = !(short_of_memory && limits_.yields);
  const std::size_t most_frames = keeps ? limits_.frames / divisor : 0;
  const std::size_t most_bytes = keeps ? limits_.bytes / divisor : 0;
  last_ = seq;
  frames_.push_back({seq, std::string(json)});
  const std::size_t cost = cost_of(frames_.back().json);
  bytes_ += cost;
  charge(static_cast<std::int64_t>(cost));
  while (!frames_.empty() && (frames_.size() > most_frames || bytes_ > most_bytes)) drop_oldest();
}

void ReplayRing::trim(std::uint64_t seq) {
  while (!frames_.empty() && frames_.front().seq <= seq) drop_oldest();
}

void ReplayRing::drop_oldest() {
  const std::size_t cost = cost_of(frames_.front().json);
  gone_through_ = frames_.front().seq;
  frames_.pop_front();
  bytes_ -= cost;
  charge(-static_cast<std::int64_t>(cost));
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
