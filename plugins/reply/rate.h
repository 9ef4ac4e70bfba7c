// SPDX-License-Identifier: Apache-2.0
// How often one user may be answered: so many times in any minute that begins with an answer.
// Thread: the plugin's.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace reply {

class Rate {
 public:
  explicit Rate(int per_minute) : per_minute_(per_minute) {}

  void set_per_minute(int per_minute) { per_minute_ = per_minute; }

  // Counts one answer; false when this user has had enough.
  bool take(const std::string& user, std::int64_t now) {
    if (now - swept_ >= kMinute) sweep(now);
    Window& window = users_.try_emplace(user, Window{now, 0}).first->second;
    if (now - window.since >= kMinute) window = {now, 0};
    return ++window.count <= per_minute_;
  }

 private:
  static constexpr std::int64_t kMinute = 60'000;  // milliseconds

  struct Window {
    std::int64_t since = 0;
    int count = 0;
  };

  void sweep(std::int64_t now) {
    std::erase_if(users_, [&](const auto& one) { return now - one.second.since >= kMinute; });
    swept_ = now;
  }

  int per_minute_;
  std::int64_t swept_ = 0;
  std::map<std::string, Window> users_;
};

}  // namespace reply
