// SPDX-License-Identifier: Apache-2.0
// Rates by name over all shards: of a user, of an address, of one command of either.
//
// Ownership: owns its buckets; a full bucket says no more than none and is forgotten as new ones
// come. Thread: any; the table is in parts, so that shards seldom meet. Failure: none.
#pragma once

#include <array>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/thread_annotations.h"
#include "config/values.h"
#include "session/token_bucket.h"

namespace parley::command {

using config::Rate;

class RateTable {
 public:
  // 0: it counts from now on. Else how long until the next one passes.
  Millis take(const std::string& name, const Rate& rate, Clock::TimePoint now);
  std::size_t size() const;

 private:
  struct Entry {
    session::TokenBucket bucket;
    Clock::TimePoint full_at;  // when it says no more than none
  };
  struct Part {
    mutable Mutex mutex;
    std::unordered_map<std::string, Entry> entries PARLEY_GUARDED_BY(mutex);
    std::size_t prune_at PARLEY_GUARDED_BY(mutex) = 1024;
  };
  std::array<Part, 16> parts_;
};

}  // namespace parley::command
