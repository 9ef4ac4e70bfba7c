// SPDX-License-Identifier: Apache-2.0
// What `sessions` and `mydata` answer in words, beside the data that programs read: for whoever types
// them where nothing draws the data.
//
// Purpose: lines of plain text in English or Russian. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::command {

struct SessionLine {
  std::string id, client, address;  // client and address may be empty
  std::int64_t since_ms = 0;
  bool connected = false;
  bool current = false;
};
std::string sessions_text(const std::vector<SessionLine>& sessions, std::string_view locale);

struct CopySummary {
  std::string name, id;  // empty on the pages after the first
  std::int64_t created_ms = 0;
  std::size_t records = 0;   // that plugins keep
  std::size_t messages = 0;  // on this page
  std::int64_t next = 0;     // where the next page begins; 0: this is the last
};
std::string copy_text(const CopySummary& copy, std::string_view locale);

}  // namespace parley::command
