// SPDX-License-Identifier: Apache-2.0
// What a moderator wrote after the name: a channel, how long, and why, each of which may be left out.
//
// Thread: pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace moderation {

struct Written {
  std::string channel = {};
  std::string span = {};
  std::string reason = {};
};

struct Terms {
  std::string channel = {};                       // as written; empty: where it was said
  std::optional<std::chrono::seconds> span = {};  // 0: until it is lifted; nothing: not understood
  bool says_span = false;
  std::string reason = {};
};

// In a line the words are told apart by their looks, because any of them may be left out: a channel
// begins with '#' where it could be a time, and a time begins with a digit.
Terms read_terms(Written written, bool is_line);

}  // namespace moderation
