// SPDX-License-Identifier: Apache-2.0
// A text with places to fill in: "Hello, {{name|user}}".
//
//   {{name}}           a variable, a capture ({{1}}, {{word}}) or user, channel, text, time, date
//   {{name|user}}      the first of them that has a value
//   {{random 1 10}}    a whole number, drawn anew each time
//   {{tries + 1}}      a variable read as a number (nothing counts as 0), plus or minus a number
//
// Ownership: values. Thread: immutable. Failure: a text that cannot be read throws
// std::invalid_argument with a sentence; a place without a value becomes nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reply {

// Where values come from. chance: a whole number from the first to the second.
struct Sources {
  std::function<std::optional<std::string>(std::string_view)> value = {};
  std::function<int(int, int)> chance = {};
};

// What is done to each value before it goes into the text.
using Escape = std::string (*)(std::string_view);

class Template {
 public:
  Template() = default;
  explicit Template(std::string_view text);

  std::string expand(const Sources& sources, Escape escape = nullptr) const;

 private:
  struct Term {
    enum class Kind { kName, kRandom, kSum } kind = Kind::kName;
    std::string name = {};
    int first = 0;  // random: least; sum: what is added
    int second = 0;
  };
  struct Piece {
    std::string literal = {};
    std::vector<Term> terms = {};  // empty: a literal
  };

  static Term read_term(const std::string& text);
  static std::optional<std::string> value_of(const Term& term, const Sources& sources);

  std::vector<Piece> pieces_;
};

// "left op right", op one of == != < > <= >=; or a template alone: whether it has a value. Numbers
// compare as numbers, everything else as text.
class Condition {
 public:
  explicit Condition(std::string_view text);
  bool holds(const Sources& sources) const;

 private:
  Template left_;
  Template right_;
  std::string operator_;
};

// A whole number, or nothing.
std::optional<long long> number(std::string_view text);
// Keeps a value from being read as Markdown.
std::string escape_markdown(std::string_view text);

}  // namespace reply
