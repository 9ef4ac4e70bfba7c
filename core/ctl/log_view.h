// SPDX-License-Identifier: Apache-2.0
// Reads the server's JSON-lines files: which lines, in which shape, and what is appended while
// following.
//
// The files are read, not the server: logs are there when it is not. Thread: one. Failure: a line
// that is no JSON is passed over and counted.
#pragma once

#include <cstddef>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace parley::ctl {

struct LogFilter {
  std::string since;  // RFC3339 as the log writes it; empty: from the beginning
  log::Level level = log::Level::kTrace;
  std::string component, plugin, user, session, request;  // empty: any

  bool takes(const nlohmann::json& line) const;
};

// "15m" before `now_wall_ms`, or a date such as 2026-01-31 or 2026-01-31T12:00:00Z; in the log's
// own form.
std::optional<std::string> since_from(std::string_view text, std::int64_t now_wall_ms);
// The same as milliseconds since 1970.
std::optional<std::int64_t> since_ms(std::string_view text, std::int64_t now_wall_ms);

// As the server's console shows it; control, ANSI and bidi characters escaped.
std::string human_line(const nlohmann::json& line);

class LogReader {
 public:
  using Sink = std::function<void(const nlohmann::json&)>;

  LogReader(std::string file, LogFilter filter, Sink sink);

  // Every complete line of the rotated files, oldest first, and of the current one.
  void read_all();
  // What came since; a rotation in between is followed.
  void read_more();
  std::size_t unreadable() const { return unreadable_; }

 private:
  void read_from(std::ifstream& in);
  void take(const std::string& text);
  bool was_rotated() const;
  void open_current();

  const std::string file_;
  const LogFilter filter_;
  const Sink sink_;
  std::ifstream current_;
  std::uint64_t inode_ = 0;
  std::string partial_;  // a line whose end is not written yet
  std::size_t unreadable_ = 0;
};

}  // namespace parley::ctl
