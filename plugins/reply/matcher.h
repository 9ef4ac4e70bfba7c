// SPDX-License-Identifier: Apache-2.0
// Which rule answers a message.
//
// Order: the rules of the dialogue that waits before all others; then priority; then exact before
// fuzzy, fewer typing errors before more; then the place in the book. Thread: pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rule_book.h"

namespace reply {

struct Situation {
  std::string text = {};   // without the bot's name
  std::string place = {};  // the channel, or "direct"
  std::vector<std::string> roles = {};
  Language language = Language::kEnglish;
  bool addressed = false;     // named, or spoken to alone
  std::string dialogue = {};  // that waits for this message; empty: none
};

struct Match {
  const Rule* rule = nullptr;                        // of the book
  std::map<std::string, std::string> captures = {};  // by number and by name
};

// sources: of the conditions, below the captures.
std::optional<Match> find_rule(const RuleBook& book, const Situation& situation,
                               const Sources& sources);

// The same sources with these captures on top.
Sources with_captures(const Sources& sources, const std::map<std::string, std::string>& captures);

}  // namespace reply
