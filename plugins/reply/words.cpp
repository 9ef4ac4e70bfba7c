// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include <algorithm>

#include <parley/text.hpp>

namespace reply {
namespace {

constexpr char32_t kNone = 0xFFFD;

// The character at `at`, which moves behind it. Not UTF-8: kNone, one byte further.
char32_t next(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) return kNone;
  char32_t character = lead & (0x3F >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto trail = static_cast<unsigned char>(text[at + i]);
    if ((trail & 0xC0) != 0x80) return kNone;
    character = character << 6 | (trail & 0x3F);
  }
  at += more;
  return character;
}

bool is_latin(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0x24F);
}
bool is_cyrillic(char32_t c) {
  return c >= 0x400 && c <= 0x52F;
}
bool is_apostrophe(char32_t c) {
  return c == '\'' || c == 0x2019;
}
bool belongs_to_word(char32_t c) {
  if (c < 0x80) return is_latin(c) || (c >= '0' && c <= '9') || c == '_';
  const bool punctuation = c < 0xC0 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F);
  return !punctuation && c != kNone;
}
char32_t fold(char32_t c) {
  if (c >= 'A' && c <= 'Z') return c + 32;
  if (c == 0x401 || c == 0x451) return 0x435;
  if (c >= 0x410 && c <= 0x42F) return c + 32;
  return c;
}

std::u32string joined(const Words& words, std::size_t from, std::size_t count) {
  std::u32string result;
  for (std::size_t i = from; i < from + count; ++i) {
    if (i > from) result += U' ';
    result += words[i].letters;
  }
  return result;
}

bool same(const Words& text, std::size_t at, const Words& phrase) {
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    if (text[at + i].letters != phrase[i].letters) return false;
  }
  return true;
}

constexpr std::string_view kAround = " \t\r\n,:;";  // what separates a name from the sentence

}  // namespace

Words split(std::string_view text) {
  Words words;
  bool open = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next(text, at);
    if (is_apostrophe(c) && open) continue;
    if (belongs_to_word(c)) {
      if (!open) words.push_back({.begin = begin});
      words.back().letters += fold(c);
      words.back().end = at;
      open = true;
    } else {
      open = false;
    }
  }
  return words;
}

Language language_of(std::string_view text, std::string_view locale) {
  bool latin = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next(text, at);
    if (is_cyrillic(c)) return Language::kRussian;
    latin = latin || is_latin(c);
  }
  return !latin && locale.substr(0, 2) == "ru" ? Language::kRussian : Language::kEnglish;
}

std::size_t distance(std::u32string_view a, std::u32string_view b, std::size_t most) {
  const std::size_t apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (apart > most) return most + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + other});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return std::min(last[b.size()], most + 1);
}

std::string cut(std::string text, std::size_t characters) {
  if (parley::characters(text) <= characters) return text;
  std::size_t at = 0;
  for (std::size_t kept = 0; at < text.size() && kept + 1 < characters; ++kept) next(text, at);
  text.resize(at);
  return text += "…";
}

bool contains(const Words& text, const Words& phrase) {
  for (std::size_t at = 0; at + phrase.size() <= text.size(); ++at) {
    if (same(text, at, phrase)) return true;
  }
  return false;
}

bool equals(const Words& text, const Words& phrase) {
  return text.size() == phrase.size() && same(text, 0, phrase);
}

std::size_t nearest(const Words& text, const Words& phrase, std::size_t most) {
  std::size_t best = most + 1;
  const std::u32string wanted = joined(phrase, 0, phrase.size());
  for (std::size_t at = 0; at + phrase.size() <= text.size(); ++at) {
    best = std::min(best, distance(joined(text, at, phrase.size()), wanted, most));
  }
  return best;
}

bool take_out_name(std::string& text, const std::vector<Words>& names) {
  const Words words = split(text);
  for (std::size_t at = 0; at < words.size(); ++at) {
    for (const Words& name : names) {
      if (at + name.size() > words.size() || !same(words, at, name)) continue;
      std::size_t begin = words[at].begin;
      if (begin > 0 && text[begin - 1] == '@') --begin;
      std::string before = text.substr(0, begin);
      std::string after = text.substr(words[at + name.size() - 1].end);
      before.erase(before.find_last_not_of(kAround) + 1);
      after.erase(0, std::min(after.find_first_not_of(kAround), after.size()));
      text = before.empty() || after.empty() ? before + after : before + ' ' + after;
      return true;
    }
  }
  return false;
}

}  // namespace reply
