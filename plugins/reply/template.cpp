// SPDX-License-Identifier: Apache-2.0
#include "template.h"

#include <charconv>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace reply {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

[[noreturn]] void refuse(const std::string& text, const std::string& reason) {
  throw std::invalid_argument("'{{" + text + "}}': " + reason);
}

int small_number(const std::string& word, const std::string& text) {
  const auto value = number(word);
  constexpr int kMost = std::numeric_limits<int>::max();
  if (!value || *value < -kMost || *value > kMost) refuse(text, "'" + word + "' is no number");
  return static_cast<int>(*value);
}

bool is_name(std::string_view text) {
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '_') return false;
  }
  return !text.empty();
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

template <typename T>
bool compare(const T& left, const std::string& op, const T& right) {
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == ">") return left > right;
  return op == "<=" ? left <= right : left >= right;
}

}  // namespace

std::optional<long long> number(std::string_view text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = !text.empty() && error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' || c == '\r') {
      out += ' ';  // a value stays within its line
      continue;
    }
    if (std::string_view("\\`*_[]<>#~|").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

Template::Template(std::string_view text) {
  while (!text.empty()) {
    const auto open = text.find("{{");
    if (open != 0) pieces_.push_back({.literal = std::string(text.substr(0, open))});
    if (open == std::string_view::npos) return;
    const auto close = text.find("}}", open);
    if (close == std::string_view::npos) throw std::invalid_argument("'{{' without '}}'");
    const std::string inner(text.substr(open + 2, close - open - 2));
    Piece& piece = pieces_.emplace_back();
    std::size_t at = 0;
    while (at <= inner.size()) {
      const auto bar = std::min(inner.find('|', at), inner.size());
      piece.terms.push_back(read_term(trimmed(std::string_view(inner).substr(at, bar - at))));
      at = bar + 1;
    }
    text.remove_prefix(close + 2);
  }
}

Template::Term Template::read_term(const std::string& text) {
  const auto words = words_of(text);
  if (words.size() == 1 && is_name(words[0])) return {.name = words[0]};
  if (words.size() == 3 && words[0] == "random") {
    const int least = small_number(words[1], text);
    const int most = small_number(words[2], text);
    if (least > most) refuse(text, "the first number must not be above the second");
    return {.kind = Term::Kind::kRandom, .first = least, .second = most};
  }
  if (words.size() == 3 && is_name(words[0]) && (words[1] == "+" || words[1] == "-")) {
    const int added = small_number(words[2], text);
    return {.kind = Term::Kind::kSum, .name = words[0], .first = words[1] == "+" ? added : -added};
  }
  refuse(text, "write a name, name|other, 'random 1 10' or 'name + 1'");
}

std::optional<std::string> Template::value_of(const Term& term, const Sources& sources) {
  if (term.kind == Term::Kind::kRandom) {
    return std::to_string(sources.chance(term.first, term.second));
  }
  auto value = sources.value(term.name);
  if (term.kind == Term::Kind::kName) return value;
  constexpr long long kMost = 1'000'000'000'000;  // far from overflow, beyond any count
  const long long old = number(value.value_or("0")).value_or(0);
  return std::to_string((old > kMost || old < -kMost ? 0 : old) + term.first);
}

std::string Template::expand(const Sources& sources, Escape escape) const {
  std::string out;
  for (const Piece& piece : pieces_) {
    out += piece.literal;
    for (const Term& term : piece.terms) {
      const auto value = value_of(term, sources);
      if (!value || value->empty()) continue;
      out += escape != nullptr ? escape(*value) : *value;
      break;
    }
  }
  return out;
}

Condition::Condition(std::string_view text) {
  // Outside {{...}} only, and the long operators first: "<=" is no "<".
  for (const std::string_view op : {"==", "!=", "<=", ">=", "<", ">"}) {
    const auto at = text.find(op);
    if (at == std::string_view::npos) continue;
    left_ = Template(trimmed(text.substr(0, at)));
    right_ = Template(trimmed(text.substr(at + op.size())));
    operator_ = op;
    return;
  }
  left_ = Template(trimmed(text));
}

bool Condition::holds(const Sources& sources) const {
  const std::string left = left_.expand(sources);
  if (operator_.empty()) return !left.empty();
  const std::string right = right_.expand(sources);
  const auto a = number(left);
  const auto b = number(right);
  return a && b ? compare(*a, operator_, *b) : compare(left, operator_, right);
}

}  // namespace reply
