// SPDX-License-Identifier: Apache-2.0
// One line of the log before it is written, and its two shapes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/log.h"

namespace parley::log {

struct Record {
  std::int64_t wall_ms = 0;
  Level level = Level::kInfo;
  std::string_view component, plugin, session, user, request, node, message;
};

// "2026-01-31T12:00:00.123Z"
std::string rfc3339(std::int64_t wall_ms);

// For people: time, level, component, message, fields in brackets; control and bidi characters
// escaped.
std::string console_line(const Record& record);
// The same with a time that was already written, for readers of the file.
std::string console_line(const Record& record, std::string_view time);

// For programs: {"time","level","component","plugin","session","user","request","node","message"},
// empty fields left out.
std::string json_line(const Record& record);

}  // namespace parley::log
