// SPDX-License-Identifier: Apache-2.0
// Finding where a JSON value ends, and what a JSON string says. Iterative: depth costs no stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace parley::detail {

inline std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r'))
    ++at;
  return at;
}

// The index behind the string that begins at `at`, or the end of the text.
inline std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

inline std::size_t end_of_container(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return text.size();
}

// The value at or after `at`, without the space around it; empty when there is none.
inline std::string_view value_at(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  if (at >= text.size()) return {};
  std::size_t end = at;
  if (text[at] == '"') {
    end = end_of_string(text, at);
  } else if (text[at] == '{' || text[at] == '[') {
    end = end_of_container(text, at);
  } else {
    end = text.find_first_of(" \n\t\r,]}:", at);
    if (end == std::string_view::npos) end = text.size();
  }
  return text.substr(at, end - at);
}

inline void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// Four hexadecimal digits at `at`; U+FFFD for anything else.
inline std::uint32_t hex4(std::string_view text, std::size_t at) {
  std::uint32_t code = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const char c = i < text.size() ? text[i] : 'x';
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return 0xFFFD;
    code = code * 16 + static_cast<std::uint32_t>(digit);
  }
  return code;
}

// \uXXXX at `at` (the index of the u), with the second half of a surrogate pair; returns the index
// of its last digit.
inline std::size_t append_unicode_escape(std::string& out, std::string_view text, std::size_t at) {
  std::uint32_t code = hex4(text, at + 1);
  std::size_t last = at + 4;
  if (code >= 0xD800 && code < 0xDC00 && text.substr(last + 1, 2) == "\\u") {
    const std::uint32_t low = hex4(text, last + 3);
    code =
        low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
    last += 6;
  }
  append_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
  return last;
}

// The text of a JSON string that still has its quotes.
inline std::string unescape(std::string_view quoted) {
  std::string out;
  if (quoted.size() < 2) return out;
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u':
        i = append_unicode_escape(out, text, i);
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace parley::detail
