// SPDX-License-Identifier: Apache-2.0
// Who is logged in to the console: a cookie of 256 bits for each login, kept here as its hash.
//
// In memory alone: a restart of the server logs its admins out, and no copy of the database opens
// the console. Bounded: over console.sessions the one longest idle makes room. Ownership: borrows
// clock and configuration. Thread: any. Failure: a cookie that is unknown, idle for console.idle or
// older than console.session finds nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "config/config.h"

namespace parley::api {

struct ConsoleSession {
  std::string user_id;
  std::string csrf;             // goes with every change, so that another page's request is none
  std::int64_t expires_at = 0;  // wall clock, milliseconds
  bool confirmed = false;       // the password was typed again just now
};

class ConsoleSessions {
 public:
  using Limits = std::function<config::Console()>;
  ConsoleSessions(const Clock& clock, Limits limits);

  // The cookie's value, which is nowhere else.
  std::string open(const std::string& user_id);
  // `at_work`: somebody does something; a page that looks by itself keeps nothing alive.
  std::optional<ConsoleSession> find(std::string_view cookie, bool at_work);
  void confirm(std::string_view cookie);
  void end(std::string_view cookie);
  void end_all_of(std::string_view user_id);
  std::size_t count() const;

 private:
  using TimePoint = Clock::TimePoint;
  struct Entry {
    ConsoleSession session;
    TimePoint opened, used;
    std::optional<TimePoint> confirmed;
  };
  void make_room(const config::Console& limits);
  bool over(const Entry& entry, const config::Console& limits) const;

  const Clock& clock_;
  const Limits limits_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;  // by the cookie's hash
};

}  // namespace parley::api
