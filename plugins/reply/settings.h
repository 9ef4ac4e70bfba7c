// SPDX-License-Identifier: Apache-2.0
// The plugin's settings: the schema that the server checks them against, and what is read of them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <parley/json_view.hpp>

#include "memory.h"
#include "rule_book.h"

namespace reply {

inline constexpr std::string_view kSettingsSchema = R"json({
  "type": "object", "additionalProperties": false,
  "properties": {
    "book": {"type": "string", "default": "rules.yaml", "minLength": 1,
      "description": "The rule book: in plugins.d/reply/, else beside the plugin; watched for changes."},
    "book_size": {"type": "integer", "default": 262144, "minimum": 1, "maximum": 16777216, "description": "Bytes of the book."},
    "rules": {"type": "integer", "default": 1000, "minimum": 1, "maximum": 100000,
      "description": "Rules in the book. Each is tried for each message: many make the bot slow."},
    "pattern_length": {"type": "integer", "default": 500, "minimum": 1, "maximum": 10000, "description": "Characters of one pattern."},
    "pattern_memory": {"type": "integer", "default": 262144, "minimum": 8192, "maximum": 67108864,
      "description": "Bytes that one compiled pattern may take."},
    "answer_length": {"type": "integer", "default": 2000, "minimum": 1, "maximum": 100000,
      "description": "Characters of one answer; above limits.message the server refuses it."},
    "text_length": {"type": "integer", "default": 1000, "minimum": 1, "maximum": 100000,
      "description": "Characters of a message that is still looked at."},
    "answers_per_minute": {"type": "integer", "default": 20, "minimum": 1, "maximum": 10000, "description": "Answers to one user."},
    "dialogue_timeout": {"type": "integer", "default": 120, "minimum": 1, "maximum": 86400,
      "description": "Seconds that a dialogue waits where the book does not say."},
    "longest_dialogue": {"type": "integer", "default": 3600, "minimum": 1, "maximum": 86400,
      "description": "Seconds that the book may ask for."},
    "dialogues": {"type": "integer", "default": 1000, "minimum": 1, "maximum": 100000, "description": "Dialogues under way at once."},
    "users": {"type": "integer", "default": 10000, "minimum": 1, "maximum": 1000000,
      "description": "Users remembered; above that whoever was heard longest ago is forgotten."},
    "variables": {"type": "integer", "default": 20, "minimum": 1, "maximum": 1000, "description": "Variables of one user."},
    "variable_length": {"type": "integer", "default": 200, "minimum": 1, "maximum": 10000, "description": "Characters of one variable."}
  }
})json";

struct Settings {
  std::string book = {};
  BookLimits limits = {};
  MemoryLimits memory = {};
  std::size_t text = 0;
  std::size_t dialogues = 0;
  int answers_per_minute = 0;

  // view: checked against the schema, so every key is there.
  explicit Settings(parley::JsonView view)
      : book(view["book"].or_else("rules.yaml")),
        text(size(view, "text_length")),
        dialogues(size(view, "dialogues")),
        answers_per_minute(view["answers_per_minute"].or_else(1)) {
    limits = {.size = size(view, "book_size"),
              .rules = size(view, "rules"),
              .pattern = size(view, "pattern_length"),
              .pattern_memory = size(view, "pattern_memory"),
              .answer = size(view, "answer_length"),
              .dialogue = view["longest_dialogue"].or_else(1),
              .default_dialogue = view["dialogue_timeout"].or_else(1)};
    memory = {.users = size(view, "users"),
              .variables = size(view, "variables"),
              .characters = size(view, "variable_length")};
  }

 private:
  static std::size_t size(parley::JsonView view, std::string_view key) {
    return view[key].or_else(std::size_t{1});
  }
};

}  // namespace reply
