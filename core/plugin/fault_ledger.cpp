// SPDX-License-Identifier: Apache-2.0
#include "plugin/fault_ledger.h"

#include <utility>

#include "base/log.h"

namespace parley::plugin {

void FaultLedger::record(std::string_view what) {
  const auto count = count_.fetch_add(1, std::memory_order_relaxed) + 1;
  const auto now = clock_.now();
  Heard heard;
  {
    const std::lock_guard lock(mutex_);
    recent_.push_back(now);
    while (!recent_.empty() && now - recent_.front() > limits_.fault_window) recent_.pop_front();
    const auto seconds = limits_.fault_window.count() / 1000;
    log::Event(log::Level::kWarn, "plugin")
        .plugin(plugin_)
        .write("{}: fault in {} ({} of {} in {} s)", version_, what, recent_.size(), limits_.faults,
               seconds);
    if (limits_.faults > 0 && recent_.size() >= static_cast<std::size_t>(limits_.faults)) {
      recent_.clear();
      confine(std::to_string(limits_.faults) + " faults within " + std::to_string(seconds) +
              " s, the last in " + std::string(what));
    }
    heard = heard_;
  }
  if (heard) heard(count, std::string(what));
}

void FaultLedger::quarantine(std::string reason) {
  const std::lock_guard lock(mutex_);
  confine(std::move(reason));
}

void FaultLedger::confine(std::string reason) {
  reason_ = std::move(reason);
  until_ = clock_.now() + limits_.quarantine;
  quarantined_ = true;
  log::Event(log::Level::kError, "plugin")
      .plugin(plugin_)
      .write("{}: in quarantine for {} s: {}", version_, limits_.quarantine.count() / 1000,
             reason_);
}

bool FaultLedger::in_quarantine() {
  if (!quarantined_.load(std::memory_order_relaxed)) return false;
  {
    const std::lock_guard lock(mutex_);
    if (clock_.now() < until_) return true;
  }
  release();
  return false;
}

void FaultLedger::release() {
  const std::lock_guard lock(mutex_);
  if (!quarantined_.exchange(false)) return;
  reason_.clear();
  recent_.clear();
  log::Event(log::Level::kInfo, "plugin").plugin(plugin_).write("released from quarantine");
}

std::optional<FaultLedger::Confinement> FaultLedger::confinement() const {
  const std::lock_guard lock(mutex_);
  const auto left = until_ - clock_.now();
  if (!quarantined_ || left <= Clock::TimePoint::duration::zero()) return std::nullopt;
  return Confinement{reason_, std::chrono::ceil<Millis>(left)};
}

std::string FaultLedger::reason() const {
  const auto now = confinement();
  return now ? now->reason : std::string();
}

void FaultLedger::on_fault(Heard heard) {
  const std::lock_guard lock(mutex_);
  heard_ = std::move(heard);
}

}  // namespace parley::plugin
