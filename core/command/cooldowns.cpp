// SPDX-License-Identifier: Apache-2.0
#include "command/cooldowns.h"

#include <algorithm>
#include <functional>

namespace parley::command {
namespace {

std::string key_of(const Cooldowns::Wait& wait, std::string_view command) {
  std::string key(wait.who);
  key += '\n';
  key += command;
  return key;
}

}  // namespace

Millis Cooldowns::take(std::span<const Wait> waits, std::string_view command,
                       Clock::TimePoint now) {
  Millis longest{0};
  for (const auto& wait : waits)
    if (wait.time.count() > 0) longest = std::max(longest, left(key_of(wait, command), now));
  if (longest.count() > 0) return longest;
  for (const auto& wait : waits)
    if (wait.time.count() > 0) start(key_of(wait, command), wait.time, now);
  return Millis(0);
}

Cooldowns::Part& Cooldowns::part_of(const std::string& key) {
  return parts_[std::hash<std::string>{}(key) % parts_.size()];
}

Millis Cooldowns::left(const std::string& key, Clock::TimePoint now) {
  auto& part = part_of(key);
  MutexLock lock(part.mutex);
  const auto found = part.next.find(key);
  if (found == part.next.end() || found->second <= now) return Millis(0);
  return std::max(Millis(1), std::chrono::ceil<Millis>(found->second - now));
}

void Cooldowns::start(const std::string& key, Millis time, Clock::TimePoint now) {
  auto& part = part_of(key);
  MutexLock lock(part.mutex);
  if (part.next.size() >= part.prune_at) {
    std::erase_if(part.next, [&](const auto& entry) { return entry.second <= now; });
    part.prune_at = std::max<std::size_t>(1024, part.next.size() * 2);
  }
  part.next[key] = now + time;
}

}  // namespace parley::command
