// SPDX-License-Identifier: Apache-2.0
#include "loader/requirement.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "loader/manifest.h"

namespace parley::loader {
namespace {

Status wrong(std::string_view text, const std::string& why) {
  return Status::invalid_args("'" + std::string(text) + "' " + why);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(' '); at != text.npos;
       at = text.find_first_not_of(' ', at)) {
    const auto end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace

Result<Version> parse_version(std::string_view text) {
  Version version;
  std::string_view rest = text;
  for (std::size_t i = 0;; ++i) {
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), version.numbers[i]);
    if (error != std::errc()) return wrong(text, "is no version of the form 1.2.3");
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (rest.empty() || rest[0] != '.' || i == 2) break;
    rest.remove_prefix(1);
  }
  if (!rest.empty() && rest[0] != '-' && rest[0] != '+')
    return wrong(text, "is no version of the form 1.2.3");
  version.finished = rest.empty() || rest[0] == '+';
  return version;
}

Result<Requirement::Comparison> Requirement::parse_comparison(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, Relation>, 5> kRelations = {{
      {">=", Relation::kGreaterOrEqual},  // before those they begin with
      {"<=", Relation::kLessOrEqual},
      {">", Relation::kGreater},
      {"<", Relation::kLess},
      {"=", Relation::kEqual},
  }};
  for (const auto& [sign, relation] : kRelations) {
    if (word.substr(0, sign.size()) != sign) continue;
    auto version = parse_version(word.substr(sign.size()));
    if (!version) return version.status();
    return Comparison{relation, *version};
  }
  return wrong(word, "is no comparison: write for example >=1.2 or <2");
}

Result<Requirement> Requirement::parse(std::string_view text) {
  const auto words = words_of(text);
  if (words.empty() || !is_plugin_id(words[0])) {
    return wrong(text, "does not begin with a plugin's id: write for example \"game >=1.2 <2\"");
  }
  Requirement requirement;
  requirement.id_ = words[0];
  requirement.text_ = text;
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto comparison = parse_comparison(words[i]);
    if (!comparison) return comparison.status();
    requirement.range_.push_back(*comparison);
  }
  return requirement;
}

bool Requirement::holds(const Comparison& comparison, const Version& version) {
  switch (comparison.relation) {
    case Relation::kEqual:
      return version == comparison.version;
    case Relation::kLess:
      return version < comparison.version;
    case Relation::kLessOrEqual:
      return version <= comparison.version;
    case Relation::kGreater:
      return version > comparison.version;
    case Relation::kGreaterOrEqual:
      return version >= comparison.version;
  }
  return false;
}

bool Requirement::accepts(std::string_view version) const {
  const auto parsed = parse_version(version);
  return parsed && std::all_of(range_.begin(), range_.end(),
                               [&](const auto& comparison) { return holds(comparison, *parsed); });
}

}  // namespace parley::loader
