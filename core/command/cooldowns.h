// SPDX-License-Identifier: Apache-2.0
// When commands with a cooldown can be called again: by a user over all their connections, in a
// channel, by anybody.
//
// Ownership: owns its table. Thread: any; only commands with a cooldown come here. Failure: none.
// Entries that have run out are dropped as new ones come.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace parley::command {

class Cooldowns {
 public:
  struct Wait {
    std::string who;  // "user:u_7Kq", "channel:global", "all"
    Millis time{0};   // 0: none
  };

  // 0: the call counts from now on, for every wait. Else the longest time that is left, and nothing
  // counts. Two calls on two shards that meet here may both pass a shared wait once.
  Millis take(std::span<const Wait> waits, std::string_view command, Clock::TimePoint now);

 private:
  struct Part {
    Mutex mutex;
    std::unordered_map<std::string, Clock::TimePoint> next PARLEY_GUARDED_BY(mutex);
    std::size_t prune_at PARLEY_GUARDED_BY(mutex) = 1024;
  };
  Part& part_of(const std::string& key);
  Millis left(const std::string& key, Clock::TimePoint now);
  void start(const std::string& key, Millis time, Clock::TimePoint now);

  std::array<Part, 16> parts_;  // so that shards seldom meet
};

}  // namespace parley::command
