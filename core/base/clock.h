// SPDX-License-Identifier: Apache-2.0
// Time, injected. Everything that waits or stamps takes a Clock, so that tests set the time instead
// of sleeping. Thread: now() and wall_ms() may be called from any thread. Lifetime: the clock
// outlives its users.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace parley {

using Millis = std::chrono::milliseconds;

class Clock {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;         // monotonic
  virtual std::int64_t wall_ms() const = 0;  // milliseconds since the Unix epoch
};

class SystemClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::int64_t wall_ms() const override {
    return std::chrono::duration_cast<Millis>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

// Moves only when told to.
class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint(Millis(1'000'000 + offset_ms_.load())); }
  std::int64_t wall_ms() const override { return 1'760'000'000'000 + offset_ms_.load(); }
  void advance(Millis by) { offset_ms_ += by.count(); }

 private:
  std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace parley
