// SPDX-License-Identifier: Apache-2.0
// What somebody said, and what is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <parley/json.hpp>
#include <parley/plugin.hpp>

#include "dialogues.h"
#include "rule_book.h"

namespace reply {

// Somebody says something. Owns its text: an answer may wait for the disk.
struct Spoken {
  std::string user = {};
  std::string name = {};
  std::string session = {};
  std::string channel = {};  // empty: asked by the command
  std::string text = {};
  std::vector<std::string> roles = {};
  Language language = Language::kEnglish;
  bool direct = false;
  bool addressed = false;
  std::int64_t offset = -1;

  Seat seat() const { return {user, channel}; }
  std::string_view locale() const { return language == Language::kRussian ? "ru" : "en"; }
};

struct Run {
  std::string action = {};
  parley::Json arguments = {};
};

struct Answer {
  std::string text = {};  // empty: the command alone answers
  std::vector<parley::Button> buttons = {};
  std::optional<Run> run = {};
  bool remembers = false;  // the speaker's record has changed
};

}  // namespace reply
