// SPDX-License-Identifier: Apache-2.0
// Words that are not to be said: found as whole words, in any case of letters, in time linear in the
// text (RE2).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace moderation {

class WordList {
 public:
  // A word may end in '*', which stands for any ending. Throws parley::Error with a sentence for the
  // operator when the list cannot be used.
  explicit WordList(const std::vector<std::string>& words);
  WordList(WordList&&) noexcept;
  WordList& operator=(WordList&&) noexcept;
  ~WordList();

  bool in(std::string_view text) const;
  // Each letter of a listed word becomes a star.
  std::string starred(std::string_view text) const;

 private:
  // The next listed word at or after `from`, as a part of `text`; empty when there is none.
  std::string_view next(std::string_view text, std::size_t from) const;

  std::unique_ptr<re2::RE2> pattern_;  // null: no words
};

}  // namespace moderation
