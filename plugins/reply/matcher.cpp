// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <algorithm>

#include <re2/re2.h>

namespace reply {
namespace {

using Captures = std::map<std::string, std::string>;

struct Hit {
  std::size_t errors = 0;
  Captures captures = {};
};

template <typename T>
bool includes(const std::vector<T>& all, const T& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

// Whether the rule may be used at all here, whatever the text.
bool applies(const Rule& rule, const Situation& situation) {
  if (!rule.dialogue.empty() && rule.dialogue != situation.dialogue) return false;
  const bool awaited = !rule.dialogue.empty();
  if (!situation.addressed && !rule.ambient && !awaited) return false;
  if (rule.language && *rule.language != situation.language) return false;
  if (!rule.where.empty() && !includes(rule.where, situation.place)) return false;
  const auto has = [&](const std::string& role) { return includes(situation.roles, role); };
  return rule.roles.empty() || std::any_of(rule.roles.begin(), rule.roles.end(), has);
}

std::optional<Captures> captures_of(const re2::RE2& pattern, const std::string& text) {
  const int groups = pattern.NumberOfCapturingGroups() + 1;
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(groups));
  if (!pattern.Match(text, 0, text.size(), re2::RE2::UNANCHORED, found.data(), groups)) {
    return std::nullopt;
  }
  Captures captures;
  for (int i = 0; i < groups; ++i) {
    captures[std::to_string(i)] = std::string(found[static_cast<std::size_t>(i)]);
  }
  for (const auto& [name, index] : pattern.NamedCapturingGroups()) {
    captures[name] = captures[std::to_string(index)];
  }
  return captures;
}

std::optional<Hit> hit(const Rule& rule, const std::string& text, const Words& words) {
  for (const auto& pattern : rule.patterns) {
    if (auto captures = captures_of(*pattern, text)) return Hit{.captures = std::move(*captures)};
  }
  const auto said = [&](const Words& one) { return equals(words, one); };
  const auto held = [&](const Words& one) { return contains(words, one); };
  if (rule.answers_anything() || std::any_of(rule.says.begin(), rule.says.end(), said) ||
      std::any_of(rule.keywords.begin(), rule.keywords.end(), held)) {
    return Hit{};
  }
  std::size_t errors = rule.typos + 1;
  for (const Words& one : rule.fuzzy) errors = std::min(errors, nearest(words, one, rule.typos));
  return errors <= rule.typos ? std::optional(Hit{.errors = errors}) : std::nullopt;
}

}  // namespace

Sources with_captures(const Sources& sources, const Captures& captures) {
  return {.value = [&sources, &captures](std::string_view name) -> std::optional<std::string> {
            const auto found = captures.find(std::string(name));
            return found != captures.end() ? found->second : sources.value(name);
          },
          .chance = sources.chance};
}

std::optional<Match> find_rule(const RuleBook& book, const Situation& situation,
                               const Sources& sources) {
  const Words words = split(situation.text);
  std::optional<Match> best;
  std::size_t errors = 0;
  const auto better = [&](const Rule& rule, const Hit& found) {
    if (!best) return true;
    const bool awaited = !rule.dialogue.empty();
    if (awaited != !best->rule->dialogue.empty()) return awaited;
    if (rule.priority != best->rule->priority) return rule.priority > best->rule->priority;
    return found.errors < errors;
  };
  for (const Rule& rule : book.rules) {
    if (!applies(rule, situation)) continue;
    auto found = hit(rule, situation.text, words);
    if (!found || !better(rule, *found)) continue;
    const Sources all = with_captures(sources, found->captures);
    const auto holds = [&](const Condition& condition) { return condition.holds(all); };
    if (!std::all_of(rule.conditions.begin(), rule.conditions.end(), holds)) continue;
    errors = found->errors;
    best = Match{&rule, std::move(found->captures)};
  }
  return best;
}

}  // namespace reply
