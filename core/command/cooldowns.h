// SPDX-License-Identifier: Apache-2.0
// When each user may call each command with a cooldown again, over all of the user's connections.
//
// Ownership: owns its table. Thread: any; only commands that declare a cooldown come here. Failure:
// none. Entries that have run out are dropped as new ones come.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/thread_annotations.h"

namespace parley::command {

class Cooldowns {
 public:
  // 0: the call counts from now on. Else how long until the next one is allowed.
  Millis take(std::string_view user_id, std::string_view command, Millis cooldown,
              Clock::TimePoint now);

 private:
  struct Part {
    Mutex mutex;
    std::unordered_map<std::string, Clock::TimePoint> next PARLEY_GUARDED_BY(mutex);
    std::size_t prune_at PARLEY_GUARDED_BY(mutex) = 1024;
  };
  std::array<Part, 16> parts_;  // so that shards seldom meet
};

}  // namespace parley::command
