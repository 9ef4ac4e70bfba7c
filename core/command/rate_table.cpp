// SPDX-License-Identifier: Apache-2.0
#include "command/rate_table.h"

#include <algorithm>
#include <functional>

namespace parley::command {
namespace {

constexpr double kMillis = 1000;

Clock::TimePoint filled(const Rate& rate, Clock::TimePoint now) {
  const auto whole = std::max(rate.burst, 1.0) * kMillis / rate.per_second;
  return now + Millis(static_cast<Millis::rep>(whole) + 1);
}

}  // namespace

Millis RateTable::take(const std::string& name, const Rate& rate, Clock::TimePoint now) {
  if (rate.per_second <= 0) return Millis(0);
  auto& part = parts_[std::hash<std::string>{}(name) % parts_.size()];
  const MutexLock lock(part.mutex);
  if (part.entries.size() >= part.prune_at) {
    std::erase_if(part.entries, [&](const auto& entry) { return entry.second.full_at <= now; });
    part.prune_at = std::max<std::size_t>(1024, part.entries.size() * 2);
  }
  auto [found, fresh] = part.entries.try_emplace(name);
  auto& entry = found->second;
  if (fresh) entry.bucket = session::TokenBucket(rate.per_second, rate.burst, now);
  entry.bucket.configure(rate.per_second, rate.burst);
  entry.full_at = filled(rate, now);
  return entry.bucket.take(now) ? Millis(0) : entry.bucket.retry_after(now);
}

std::size_t RateTable::size() const {
  std::size_t all = 0;
  for (const auto& part : parts_) {
    const MutexLock lock(part.mutex);
    all += part.entries.size();
  }
  return all;
}

}  // namespace parley::command
