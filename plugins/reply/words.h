// SPDX-License-Identifier: Apache-2.0
// What people type, taken apart: words without case and punctuation, the language of a text, and
// how many typing errors lie between two words.
//
// Thread: pure functions. Failure: bytes that are no UTF-8 count as separators.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reply {

enum class Language { kEnglish, kRussian };

// One word: lower case, "ё" as "е", apostrophes left out. begin and end: bytes in the text it came
// from.
struct Word {
  std::u32string letters = {};
  std::size_t begin = 0;
  std::size_t end = 0;
};
using Words = std::vector<Word>;

Words split(std::string_view text);

// Cyrillic letters make it Russian, Latin ones English; a text without letters has the language of
// the locale.
Language language_of(std::string_view text, std::string_view locale);

// Damerau-Levenshtein (optimal string alignment): insertions, deletions, substitutions and swaps
// of neighbours. Anything above `most` is given as most + 1.
std::size_t distance(std::u32string_view a, std::u32string_view b, std::size_t most);

// At most so many characters, the last of them an ellipsis when something was cut off.
std::string cut(std::string text, std::size_t characters);

// Whether these words stand in the text one after another.
bool contains(const Words& text, const Words& phrase);
// Whether the text is these words and nothing else.
bool equals(const Words& text, const Words& phrase);
// The least distance of the phrase to a run of as many words; most + 1 when there is none.
std::size_t nearest(const Words& text, const Words& phrase, std::size_t most);

// Takes the first of these names out of the text, with its '@' and the punctuation around it.
// False, and the text stays, when none of them is there.
bool take_out_name(std::string& text, const std::vector<Words>& names);

}  // namespace reply
