// SPDX-License-Identifier: Apache-2.0
// The rule book: what the bot answers to. Its form is described at the top of rules.yaml.
//
// Ownership: a value; patterns are shared between copies. Thread: immutable once loaded. Failure:
// `problem` is "file:line: reason", and there is no book.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "template.h"
#include "words.h"

namespace re2 {
class RE2;
}

namespace reply {

// What one file may ask for; the defaults are those of the settings.
struct BookLimits {
  std::size_t size = 262144;  // bytes
  std::size_t rules = 1000;
  std::size_t pattern = 500;            // characters of one pattern
  std::size_t pattern_memory = 262144;  // bytes of one compiled pattern
  std::size_t answer = 2000;            // characters of one variant
  int dialogue = 3600;                  // seconds that a dialogue may wait at most
  int default_dialogue = 120;           // seconds where the book does not say
};

// Variants in two languages; a language without any falls back to the other.
struct Variants {
  std::vector<Template> english = {};
  std::vector<Template> russian = {};

  bool empty() const { return english.empty() && russian.empty(); }
  const std::vector<Template>& in(Language language) const {
    const auto& own = language == Language::kRussian ? russian : english;
    const auto& other = language == Language::kRussian ? english : russian;
    return own.empty() ? other : own;
  }
};

// A command with its arguments; `raw`: a number or truth value, written without quotes.
struct CommandCall {
  struct Argument {
    std::string name = {};
    Template value = {};
    bool raw = false;
  };
  std::string action = {};
  std::vector<Argument> arguments = {};
};

struct ButtonRule {
  Variants label = {};
  std::string style = {};
  CommandCall command = {};
};

struct Rule {
  std::string id = {};
  int line = 0;
  int priority = 0;
  bool ambient = false;  // answers in a channel although it is not addressed
  // When it may be used; empty: always.
  std::vector<std::string> where = {};  // channels, or "direct"
  std::optional<Language> language = {};
  std::vector<std::string> roles = {};  // any of them
  std::string dialogue = {};
  std::vector<Condition> conditions = {};
  // What it answers to; all empty: anything.
  std::vector<Words> says = {};
  std::vector<Words> keywords = {};
  std::vector<Words> fuzzy = {};
  std::size_t typos = 0;
  std::vector<std::shared_ptr<const re2::RE2>> patterns = {};
  // What it does.
  std::vector<std::pair<std::string, Template>> set = {};
  std::vector<std::string> unset = {};
  Variants answer = {};
  std::vector<ButtonRule> buttons = {};
  std::optional<CommandCall> run = {};
  std::string next = {};  // the dialogue that awaits the next message

  bool answers_anything() const {
    return says.empty() && keywords.empty() && fuzzy.empty() && patterns.empty();
  }
};

struct DialogueRule {
  int timeout = 0;  // seconds
  Variants expired = {};
};

struct RuleBook {
  std::string name = "Parley";
  std::vector<Words> called = {};
  std::map<std::string, DialogueRule> dialogues = {};
  std::vector<Rule> rules = {};
};

struct LoadedBook {
  std::optional<RuleBook> book = {};
  std::string problem = {};
};

// file: shown in the problem.
LoadedBook load_book(const std::string& yaml, const std::string& file,
                     const BookLimits& limits = {});

// A variable of a dialogue, forgotten with it.
inline bool is_local(std::string_view variable) {
  return !variable.empty() && variable.front() == '_';
}

}  // namespace reply
