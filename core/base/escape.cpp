// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace parley {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

unsigned char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

bool continues(unsigned char c) {
  return (c & 0xC0) == 0x80;
}

// Length of the well-formed UTF-8 sequence at `i`, 0 when there is none (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto a = byte_at(text, i), b = byte_at(text, i + 1), c = byte_at(text, i + 2),
             d = byte_at(text, i + 3);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return continues(b) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    const bool low = a == 0xE0 ? b >= 0xA0 : true;
    const bool high = a == 0xED ? b < 0xA0 : true;
    return low && high && continues(b) && continues(c) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    const bool low = a == 0xF0 ? b >= 0x90 : true;
    const bool high = a == 0xF4 ? b < 0x90 : true;
    return low && high && continues(b) && continues(c) && continues(d) ? 4 : 0;
  }
  return 0;
}

// Marks that change the direction of what follows, and the line separators no terminal agrees on.
bool is_treacherous(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF || (c >= 0xE0000 && c <= 0xE007F);
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

struct Range {
  char32_t first, last;
};
constexpr std::array kCombining{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},
                                Range{0x200B, 0x200D}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F},
                                Range{0xFE20, 0xFE2F}};
constexpr std::array kWide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE4F},
    Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
    Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};

template <typename Ranges>
bool contains(const Ranges& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](Range r) { return c >= r.first && c <= r.last; });
}

template <typename Visit>
void for_each_code_point(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) visit(next_code_point(text, at));
}

// Bytes that JSON takes as they are.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

// The letter behind the backslash; 0 when the character has none.
char short_escape(char32_t c) {
  switch (c) {
    case '"':
    case '\\':
      return static_cast<char>(c);
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    default:
      return 0;
  }
}

void append_json_unit(std::string& out, char32_t unit) {
  fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(unit));
}

void append_json_code_point(std::string& out, char32_t c) {
  if (const char letter = short_escape(c)) {
    out += '\\';
    out += letter;
  } else if (!is_control(c) && !is_treacherous(c)) {
    append_utf8(out, c);
  } else if (c < 0x10000) {
    append_json_unit(out, c);
  } else {
    append_json_unit(out, 0xD800 + ((c - 0x10000) >> 10));
    append_json_unit(out, 0xDC00 + ((c - 0x10000) & 0x3FF));
  }
}

void append_terminal_code_point(std::string& out, char32_t c) {
  const auto number = static_cast<std::uint32_t>(c);
  if (c == '\n' || c == '\r' || c == '\t') {
    out += '\\';
    out += short_escape(c);
  } else if (is_control(c)) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", number);
  } else if (is_treacherous(c)) {
    fmt::format_to(std::back_inserter(out), "\\u{:04x}", number);
  } else {
    append_utf8(out, c);
  }
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& position) {
  const auto length = sequence_length(text, position);
  const auto first = static_cast<unsigned char>(text[position++]);
  if (length == 0) return kReplacement;
  char32_t code_point = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i)
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[position++]) & 0x3Fu);
  return code_point;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;  // none that continues another
  }));
}

std::string truncate_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // where the bytes that were not appended yet begin
  for (std::size_t at = 0; at < text.size();) {
    if (kPlain[byte_at(text, at)]) {
      ++at;
      continue;
    }
    std::size_t next = at;
    const char32_t c = next_code_point(text, next);
    if (c < 0x80 || c == kReplacement || is_control(c) || is_treacherous(c)) {
      out.append(text, plain, at - plain);
      append_json_code_point(out, c);
      plain = next;
    }
    at = next;
  }
  out.append(text, plain);
  out += '"';
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

void append_terminal_escaped(std::string& out, std::string_view text) {
  for_each_code_point(text, [&out](char32_t c) { append_terminal_code_point(out, c); });
}

std::string terminal_escaped(std::string_view text) {
  std::string out;
  append_terminal_escaped(out, text);
  return out;
}

std::size_t terminal_width(std::string_view text) {
  std::size_t columns = 0;
  for_each_code_point(text, [&columns](char32_t c) {
    if (contains(kCombining, c)) return;
    columns += contains(kWide, c) ? 2 : 1;
  });
  return columns;
}

}  // namespace parley
