// SPDX-License-Identifier: Apache-2.0
// The faults of one plugin: too many within a window put it in quarantine for a while.
//
// Ownership: belongs to its instance. Thread: any; in_quarantine() costs one relaxed load while
// there is none.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "config/config.h"

namespace parley::plugin {

class FaultLedger {
 public:
  // How many faults there were since the start; called on the thread of the fault, without a lock.
  using Heard = std::function<void(std::uint64_t count, const std::string& what)>;

  // `version`: how the log tells this version from others.
  FaultLedger(std::string plugin, std::string version, const config::PluginLimits& limits,
              const Clock& clock)
      : plugin_(std::move(plugin)), version_(std::move(version)), limits_(limits), clock_(clock) {}

  void record(std::string_view what);
  // Ends by itself when its time is over.
  bool in_quarantine();
  void quarantine(std::string reason);
  void release();
  struct Confinement {
    std::string reason;
    Millis left{0};
  };
  std::optional<Confinement> confinement() const;  // nothing: not in quarantine
  std::string reason() const;                      // empty: not in quarantine
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  void on_fault(Heard heard);

 private:
  void confine(std::string reason);  // under the mutex

  const std::string plugin_, version_;
  const config::PluginLimits limits_;
  const Clock& clock_;
  std::atomic<std::uint64_t> count_{0};
  std::atomic<bool> quarantined_{false};
  mutable std::mutex mutex_;
  std::deque<Clock::TimePoint> recent_;
  std::string reason_;
  Clock::TimePoint until_{};
  Heard heard_;
};

}  // namespace parley::plugin
