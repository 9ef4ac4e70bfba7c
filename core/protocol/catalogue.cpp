// SPDX-License-Identifier: Apache-2.0
#include "protocol/catalogue.h"

#include <array>
#include <cstddef>
#include <optional>

namespace parley::protocol {
namespace {

constexpr std::size_t kMostParts = 8;
using Parts = std::array<std::string_view, kMostParts>;

// "{3}" at the start of `text`: 3.
std::optional<std::size_t> slot_at(std::string_view text) {
  if (text.size() < 3 || text[0] != '{' || text[2] != '}') return std::nullopt;
  const auto slot = static_cast<std::size_t>(text[1] - '0');
  return slot < kMostParts ? std::optional(slot) : std::nullopt;
}

std::string_view literal_at(std::string_view pattern) {
  return pattern.substr(0, pattern.find('{'));
}

// The variable parts of a sentence that was made from the pattern.
bool match(std::string_view pattern, std::string_view sentence, Parts& parts) {
  while (!pattern.empty()) {
    const auto slot = slot_at(pattern);
    if (!slot) {
      const auto literal = literal_at(pattern);
      if (!sentence.starts_with(literal)) return false;
      sentence.remove_prefix(literal.size());
      pattern.remove_prefix(literal.size());
      continue;
    }
    pattern.remove_prefix(3);
    const auto next = literal_at(pattern);
    const bool last = next.size() == pattern.size();
    // The last literal ends the sentence, whatever the part before it contains.
    if (last && !sentence.ends_with(next)) return false;
    const auto end = last ? sentence.size() - next.size() : sentence.find(next);
    if (end == std::string_view::npos) return false;
    parts[*slot] = sentence.substr(0, end);
    sentence.remove_prefix(end);
  }
  return sentence.empty();
}

std::string translated(std::string_view sentence);

// Parts are names and numbers, or words and sentences that have entries of their own.
std::string fill(std::string_view pattern, const Parts& parts) {
  std::string out;
  while (!pattern.empty()) {
    const auto slot = slot_at(pattern);
    if (slot) out += translated(parts[*slot]);
    const auto literal = slot ? std::string_view() : literal_at(pattern);
    out += literal;
    pattern.remove_prefix(slot ? 3 : literal.size());
  }
  return out;
}

std::string translated(std::string_view sentence) {
  for (const auto& phrase : catalogue()) {
    Parts parts;
    if (match(phrase.en, sentence, parts)) return fill(phrase.ru, parts);
  }
  return std::string(sentence);
}

}  // namespace

std::string in_language(std::string_view locale, std::string_view english) {
  return locale == "ru" ? translated(english) : std::string(english);
}

}  // namespace parley::protocol
