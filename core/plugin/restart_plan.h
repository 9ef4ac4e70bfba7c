// SPDX-License-Identifier: Apache-2.0
// When a crashed plugin is started again: soon at first, later with each crash, and after too many
// of them only when it has rested.
//
// A plain value per plugin, without a clock of its own. Thread: one at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "config/config.h"

namespace parley::plugin {

class RestartPlan {
 public:
  struct Next {
    Millis wait{0};
    bool rests = false;  // too many crashes: quarantine
    int crashes = 0;     // within the window
  };

  // It crashed now. `quarantine`: how long it rests.
  Next crashed(const config::PluginIsolation& limits, Millis quarantine, Clock::TimePoint now) {
    ++crashes_;
    recent_.push_back(now);
    while (now - recent_.front() > limits.crash_window) recent_.pop_front();
    const auto count = static_cast<int>(recent_.size());
    if (count >= limits.crashes) {
      recent_.clear();  // rested, it begins anew
      return {quarantine, true, count};
    }
    const auto doubled = limits.restart_first * (std::int64_t{1} << std::min(count - 1, 20));
    return {std::min(doubled, limits.restart_max), false, count};
  }
  std::uint64_t crashes() const { return crashes_; }

 private:
  std::deque<Clock::TimePoint> recent_;
  std::uint64_t crashes_ = 0;
};

}  // namespace parley::plugin
