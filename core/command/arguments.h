// SPDX-License-Identifier: Apache-2.0
// From JSON, or from the words of a command line, to typed values in declared order.
//
// Ownership: values own their text. Thread: any. Failure: all fields that are wrong at once, as
// `invalid_args` with data.fields {name: sentence}.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "command/command_spec.h"
#include "protocol/json.h"

namespace parley::command {

// `present` is also true for a preset. Which member holds the value follows from `type`.
struct ArgumentValue {
  ArgumentType type = ArgumentType::kString;
  bool present = false;
  bool boolean = false;      // kBool
  std::int64_t integer = 0;  // kInt
  double number = 0;         // kNumber, and kInt as well
  std::string text;          // kString, kUser, kChannel; kJson: compact JSON
};

// Values of one call. Kept with its strings from call to call, so that a warm one allocates
// nothing.
class Arguments {
 public:
  void reset(std::size_t count);
  std::size_t size() const { return count_; }
  ArgumentValue& operator[](std::size_t i) { return values_[i]; }
  const ArgumentValue& operator[](std::size_t i) const { return values_[i]; }
  std::span<const ArgumentValue> values() const { return {values_.data(), count_}; }

 private:
  std::vector<ArgumentValue> values_;
  std::size_t count_ = 0;
};

// What was wrong, field by field; empty: nothing.
class FieldErrors {
 public:
  void add(std::string_view field, std::string sentence);
  bool empty() const { return errors_.empty(); }
  void translate(std::string_view locale);
  Status status() const;             // "dice: write it as …; count: …"
  std::string details_json() const;  // {"fields":{"dice":"…"}}
  const std::vector<std::pair<std::string, std::string>>& list() const { return errors_; }

 private:
  std::vector<std::pair<std::string, std::string>> errors_;
};

// `args` is an object; `flat` leaves out the envelope's own members. Fills `values`, and `raw_json`
// with an object made of what was validated (presets included; undeclared members only when the
// command is open). `line_text` stands in for the value of the argument declared command_line: what
// is left of an escaped one.
FieldErrors read_arguments(const CommandSpec& spec, protocol::JsonView args, bool flat,
                           Arguments& values, std::string& raw_json,
                           std::optional<std::string_view> line_text = std::nullopt);

// One written word per argument, nullopt for those that were not given.
FieldErrors read_words(const CommandSpec& spec, std::span<const std::optional<std::string>> words,
                       Arguments& values, std::string& raw_json);

}  // namespace parley::command
