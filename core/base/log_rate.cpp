// SPDX-License-Identifier: Apache-2.0
#include "base/log_rate.h"

#include <algorithm>

namespace parley::log {
namespace {
constexpr std::string_view kEveryoneElse;
}

Turn LineRate::take(std::string_view key, double per_second) {
  const auto now = clock_.now();
  MutexLock lock(mutex_);
  Entry& entry = entry_for(key, now);
  if (now < entry.next) {
    ++entry.skipped;
    ++suppressed_;
    return {};
  }
  const std::chrono::duration<double> pause(1.0 / std::max(per_second, 1e-6));
  entry.next = now + std::chrono::duration_cast<Clock::TimePoint::duration>(pause);
  return {true, std::exchange(entry.skipped, 0)};
}

LineRate::Entry& LineRate::entry_for(std::string_view key, Clock::TimePoint now) {
  std::string name(key);
  if (const auto found = entries_.find(name); found != entries_.end()) return found->second;
  if (entries_.size() >= max_keys_) {
    std::erase_if(entries_, [now](const auto& item) { return item.second.next <= now; });
  }
  if (entries_.size() >= max_keys_) name = kEveryoneElse;
  return entries_.try_emplace(std::move(name), Entry{now}).first->second;
}

std::uint64_t LineRate::suppressed() const {
  MutexLock lock(mutex_);
  return suppressed_;
}

}  // namespace parley::log
