// SPDX-License-Identifier: Apache-2.0
#include "command/cooldowns.h"

#include <algorithm>
#include <functional>

namespace parley::command {

Millis Cooldowns::take(std::string_view user_id, std::string_view command, Millis cooldown,
                       Clock::TimePoint now) {
  std::string key(user_id);
  key += '\n';
  key += command;
  auto& part = parts_[std::hash<std::string>{}(key) % parts_.size()];
  MutexLock lock(part.mutex);
  if (part.next.size() >= part.prune_at) {
    std::erase_if(part.next, [&](const auto& entry) { return entry.second <= now; });
    part.prune_at = std::max<std::size_t>(1024, part.next.size() * 2);
  }
  auto& next = part.next[key];
  if (next > now) return std::max(Millis(1), std::chrono::ceil<Millis>(next - now));
  next = now + cooldown;
  return Millis(0);
}

}  // namespace parley::command
