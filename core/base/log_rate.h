// SPDX-License-Identifier: Apache-2.0
// How often a line with the same key may be written; what log::rate_limited() stands on.
//
// Thread: any. Memory: at most `max_keys` keys; strangers who make up more share one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread_annotations.h"

namespace parley::log {

class LineRate {
 public:
  explicit LineRate(const Clock& clock, std::size_t max_keys = 4096)
      : clock_(clock), max_keys_(max_keys) {}

  Turn take(std::string_view key, double per_second);
  std::uint64_t suppressed() const;

 private:
  struct Entry {
    Clock::TimePoint next;
    std::uint64_t skipped = 0;
  };
  Entry& entry_for(std::string_view key, Clock::TimePoint now) PARLEY_REQUIRES(mutex_);

  const Clock& clock_;
  const std::size_t max_keys_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, Entry> entries_ PARLEY_GUARDED_BY(mutex_);
  std::uint64_t suppressed_ PARLEY_GUARDED_BY(mutex_) = 0;
};

}  // namespace parley::log
