// SPDX-License-Identifier: Apache-2.0
#include "word_list.h"

#include <re2/re2.h>

#include <parley/host.hpp>
#include <parley/outcome.hpp>
#include <parley/text.hpp>

namespace moderation {
namespace {

constexpr const char* kNoLetter = "[^\\pL\\pN_]";

std::string alternative(std::string_view word) {
  const bool any_ending = word.size() > 1 && word.back() == '*';
  if (any_ending) word.remove_suffix(1);
  return re2::RE2::QuoteMeta(re2::StringPiece(word.data(), word.size())) +
         (any_ending ? "[\\pL\\pN_]*" : "");
}

}  // namespace

WordList::WordList(const std::vector<std::string>& words) {
  if (words.empty()) return;
  std::string any;
  for (const std::string& word : words) any += (any.empty() ? "" : "|") + alternative(word);
  re2::RE2::Options options;
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  pattern_ = std::make_unique<re2::RE2>(
      "(?:^|" + std::string(kNoLetter) + ")(" + any + ")(?:" + kNoLetter + "|$)", options);
  if (!pattern_->ok())
    throw parley::Error("words: " + pattern_->error() + "; shorten the list",
                        parley::Outcome::kInvalid);
}

WordList::WordList(WordList&&) noexcept = default;
WordList& WordList::operator=(WordList&&) noexcept = default;
WordList::~WordList() = default;

std::string_view WordList::next(std::string_view text, std::size_t from) const {
  if (!pattern_) return {};
  re2::StringPiece found[2];
  const bool matched = pattern_->Match(re2::StringPiece(text.data(), text.size()), from,
                                       text.size(), re2::RE2::UNANCHORED, found, 2);
  return matched ? std::string_view(found[1].data(), found[1].size()) : std::string_view();
}

bool WordList::in(std::string_view text) const {
  return !next(text, 0).empty();
}

std::string WordList::starred(std::string_view text) const {
  std::string out;
  std::size_t from = 0;
  for (auto word = next(text, from); !word.empty(); word = next(text, from)) {
    const auto at = static_cast<std::size_t>(word.data() - text.data());
    out.append(text.substr(from, at - from)).append(parley::characters(word), '*');
    from = at + word.size();
  }
  return out.append(text.substr(from));
}

}  // namespace moderation
