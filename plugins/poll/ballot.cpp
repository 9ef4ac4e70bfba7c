// SPDX-License-Identifier: Apache-2.0
#include "ballot.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace poll {
namespace {

std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpace) - first + 1));
}

}  // namespace

std::vector<std::size_t> Ballot::counts() const {
  std::vector<std::size_t> counts(options.size());
  for (const auto& [user, option] : votes) ++counts[option];
  return counts;
}

std::string Ballot::result() const {
  const auto count = counts();
  std::vector<std::size_t> order(options.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return count[a] > count[b]; });
  std::string text;
  for (const std::size_t option : order) {
    const auto percent =
        votes.empty() ? 0 : (count[option] * 100 + votes.size() / 2) / votes.size();
    text += (text.empty() ? "" : "\n") + options[option] + " — " + std::to_string(count[option]) +
            " (" + std::to_string(percent) + " %)";
  }
  return text;
}

Question split_question(std::string_view text) {
  Question result;
  for (bool first = true;; first = false) {
    const auto bar = text.find('|');
    std::string part = trimmed(text.substr(0, bar));
    if (first)
      result.question = std::move(part);
    else if (!part.empty())
      result.options.push_back(std::move(part));
    if (bar == text.npos) return result;
    text.remove_prefix(bar + 1);
  }
}

parley::Json to_record(const Ballot& ballot) {
  return {{"number", ballot.number},     {"author", ballot.author},
          {"channel", ballot.channel},   {"locale", ballot.locale},
          {"question", ballot.question}, {"options", parley::Json::array_of(ballot.options)},
          {"closes", ballot.closes}};
}

parley::Json to_state(const Ballot& ballot) {
  auto votes = parley::Json::object();
  for (const auto& [user, option] : ballot.votes) votes.set(user, option);
  return to_record(ballot).set("votes", votes);
}

std::optional<Ballot> read_ballot(parley::JsonView json) {
  Ballot ballot{.number = json["number"].or_else(std::int64_t{0}),
                .author = json["author"].or_else(""),
                .channel = json["channel"].or_else(""),
                .locale = json["locale"].or_else(""),
                .question = json["question"].or_else(""),
                .closes = json["closes"].or_else(std::int64_t{0})};
  for (const auto option : json["options"].items()) ballot.options.push_back(option.or_else(""));
  if (ballot.number <= 0 || ballot.options.size() < 2 || ballot.closes <= 0) return {};
  for (const auto& [user, option] : json["votes"].members()) {
    const auto index = option.or_else(ballot.options.size());
    if (index < ballot.options.size()) ballot.votes[user] = index;
  }
  return ballot;
}

}  // namespace poll
