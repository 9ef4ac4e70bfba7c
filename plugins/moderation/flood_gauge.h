// SPDX-License-Identifier: Apache-2.0
// Who says too much in too short a time: at most so many messages of one person in any span of so
// many seconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace moderation {

class FloodGauge {
 public:
  // False: this message is one too many, and does not count itself. Times in milliseconds, never
  // going back; messages 0: everything passes.
  bool let_pass(std::string_view user, std::int64_t now, std::size_t messages, std::int64_t span) {
    if (messages == 0) return true;
    if (now >= next_sweep_) sweep(now, span);
    auto& said = said_[std::string(user)];
    while (!said.empty() && said.front() <= now - span) said.pop_front();
    if (said.size() >= messages) return false;
    said.push_back(now);
    return true;
  }
  // When the next message may pass.
  std::int64_t free_at(std::string_view user, std::int64_t span) const {
    const auto found = said_.find(user);
    return found == said_.end() || found->second.empty() ? 0 : found->second.front() + span;
  }
  void forget(std::string_view user) {
    const auto found = said_.find(user);
    if (found != said_.end()) said_.erase(found);
  }
  std::size_t size() const { return said_.size(); }

 private:
  // Once in a span, so that the silent take no memory.
  void sweep(std::int64_t now, std::int64_t span) {
    std::erase_if(said_, [&](const auto& one) {
      return one.second.empty() || one.second.back() <= now - span;
    });
    next_sweep_ = now + span;
  }

  std::map<std::string, std::deque<std::int64_t>, std::less<>> said_;
  std::int64_t next_sweep_ = 0;
};

}  // namespace moderation
