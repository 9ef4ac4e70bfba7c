// SPDX-License-Identifier: Apache-2.0
// The server's log: one human line per event on standard error, one JSON object per line in a
// rotating file.
//
//   log::info("net", "listening on {}", address);
//   log::Event(log::Level::kWarn, "session").session(id).user(name).write("closed: {}", reason);
//
// The component is the folder's or concept's name ("net", "storage", "plugin"); levels are set per
// component while the server runs. Format strings are checked when compiling. Never log a token, a
// password or a secret argument.
//
// Ownership: everything is copied before a call returns. Thread: any thread; after init() lines are
// formatted by the caller and written by one background thread, and a full queue drops the oldest
// line (dropped() counts them). Lifetime: before init() and after shutdown() lines go to standard
// error at once, so unit tests and child processes need no set-up. Failure: never throws, never
// blocks on a disk. A file that cannot be opened or written costs one sentence on standard error;
// the line is counted (unwritten()), and the file is tried again.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/status.h"

namespace parley::log {

enum class Level { kTrace, kDebug, kInfo, kWarn, kError, kCritical, kOff };

// "trace", "debug", "info", "warn", "error", "critical", "off".
std::string_view level_name(Level level);
std::optional<Level> parse_level(std::string_view name);

struct Settings {
  Level level = Level::kInfo;           // for components not listed in `levels`
  std::map<std::string, Level> levels;  // component -> level
  bool console = true;                  // lines on standard error
  std::string file;                     // JSON lines; folders are made (0700); empty: no file
  std::size_t max_size = 16 << 20;      // bytes; beyond it the file becomes file.1 (parley.1.jsonl)
  int max_files = 8;                    // the current file and the rotated ones together
  std::size_t queue = 8192;             // waiting lines
  std::size_t max_message = 8192;       // bytes of one message before it is cut
  std::size_t max_field = 256;          // bytes of one field before it is cut
  std::string node;                     // written into every line when set
};

// Starts the background thread. Called again it replaces the settings (levels, file, ...). The
// status tells whether the file could be opened; the log works either way.
Status init(const Settings& settings);

// Writes what is waiting, ends the background thread, goes back to plain standard error.
void shutdown();

// Waits until what was logged before this call has been written. For tests and for the moment
// before a crash.
void flush();

// The names that lines carry, in order. A level can be set for these and no others.
std::span<const std::string_view> components();

// An empty component sets the level of all components that have none of their own.
void set_level(std::string_view component, Level level);
Level level_of(std::string_view component);
bool enabled(Level level, std::string_view component);

std::uint64_t dropped();     // lines pushed out of a full queue
std::uint64_t unwritten();   // lines the file did not take
std::uint64_t suppressed();  // lines rate_limited() refused

// For lines a stranger can cause: may this one be written, and how many with its key were not since
// the last?
//   if (auto turn = log::rate_limited("bad-frame " + address); turn.write)
//     log::warn("net", "{}: bad frame ({} more not shown)", address, turn.skipped);
struct Turn {
  bool write = false;
  std::uint64_t skipped = 0;
};
Turn rate_limited(std::string_view key, double per_second = 1);

namespace detail {
void write(Level level, std::string_view component, fmt::string_view format, fmt::format_args args);
}

template <typename... Args>
void write(Level level, std::string_view component, fmt::format_string<Args...> format,
           Args&&... args) {
  if (enabled(level, component))
    detail::write(level, component, format, fmt::make_format_args(args...));
}
template <typename... Args>
void trace(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kTrace, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void debug(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kDebug, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void info(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kInfo, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void warn(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarn, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void error(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, component, format, std::forward<Args>(args)...);
}
template <typename... Args>
void critical(std::string_view component, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kCritical, component, format, std::forward<Args>(args)...);
}

// A line with fields. Costs nothing beyond the check when its level is off.
class [[nodiscard]] Event {
 public:
  Event(Level level, std::string_view component);

  Event& plugin(std::string_view id) { return keep(plugin_, id); }
  Event& session(std::string_view id) { return keep(session_, id); }
  Event& session(std::integral auto id) { return keep(session_, std::to_string(id)); }
  Event& user(std::string_view name) { return keep(user_, name); }
  Event& user(std::integral auto id) { return keep(user_, std::to_string(id)); }
  Event& request(std::string_view id) { return keep(request_, id); }
  Event& request(std::integral auto id) { return keep(request_, std::to_string(id)); }

  template <typename... Args>
  void write(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled_) write_now(format, fmt::make_format_args(args...));
  }
  // Text that is no format string, for example a plugin's own line.
  void write_text(std::string_view text);

 private:
  Event& keep(std::string& field, std::string_view value);
  void write_now(fmt::string_view format, fmt::format_args args);

  Level level_;
  bool enabled_;
  std::string component_, plugin_, session_, user_, request_;
};

}  // namespace parley::log
