// SPDX-License-Identifier: Apache-2.0
#include "base/log_record.h"

#include <ctime>

#include <fmt/core.h>

#include "base/escape.h"

namespace parley::log {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, value);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += fmt::format(" [{} ", name);
  append_terminal_escaped(out, value);
  out += ']';
}

}  // namespace

std::string rfc3339(std::int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     wall_ms % 1000);
}

std::string console_line(const Record& record) {
  return console_line(record, rfc3339(record.wall_ms));
}

std::string console_line(const Record& record, std::string_view time) {
  std::string out;
  append_terminal_escaped(out, time);
  out += fmt::format(" {:<8} ", level_name(record.level));
  append_terminal_escaped(out, record.component);
  out += ": ";
  append_terminal_escaped(out, record.message);
  append_field(out, "plugin", record.plugin);
  append_field(out, "session", record.session);
  append_field(out, "user", record.user);
  append_field(out, "request", record.request);
  return out;
}

std::string json_line(const Record& record) {
  std::string out = fmt::format("{{\"time\":\"{}\",\"level\":\"{}\"", rfc3339(record.wall_ms),
                                level_name(record.level));
  append_member(out, "component", record.component);
  append_member(out, "plugin", record.plugin);
  append_member(out, "session", record.session);
  append_member(out, "user", record.user);
  append_member(out, "request", record.request);
  append_member(out, "node", record.node);
  out += ",\"message\":";
  append_json_string(out, record.message);
  out += '}';
  return out;
}

}  // namespace parley::log
