// SPDX-License-Identifier: Apache-2.0
#include "protocol/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace parley::protocol {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Bytes that may be copied as they are without a look at what follows.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x80; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  plain[0x7f] = true;
  return plain;
}();

unsigned char byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

bool continues(unsigned char c) {
  return (c & 0xc0) == 0x80;
}

// Length of the well-formed UTF-8 sequence at `i`, 0 when there is none (Unicode, table 3-7).
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const auto a = byte_at(text, i), b = byte_at(text, i + 1), c = byte_at(text, i + 2),
             d = byte_at(text, i + 3);
  if (a < 0x80) return 1;
  if (a >= 0xc2 && a <= 0xdf) return continues(b) ? 2 : 0;
  if (a >= 0xe0 && a <= 0xef) {
    const bool low = a == 0xe0 ? b >= 0xa0 : true;
    const bool high = a == 0xed ? b < 0xa0 : true;
    return low && high && continues(b) && continues(c) ? 3 : 0;
  }
  if (a >= 0xf0 && a <= 0xf4) {
    const bool low = a == 0xf0 ? b >= 0x90 : true;
    const bool high = a == 0xf4 ? b < 0x90 : true;
    return low && high && continues(b) && continues(c) && continues(d) ? 4 : 0;
  }
  return 0;
}

void append_escape(std::string& out, unsigned char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  constexpr char kHex[] = "0123456789abcdef";
  out += "\\u00";
  out += kHex[c >> 4];
  out += kHex[c & 15];
}

template <typename Number, typename... Format>
void append_chars(std::string& out, Number value, Format... format) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format...).ptr;
  out.append(buffer, end);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t copied = 0, i = 0;
  const auto flush = [&] { out.append(text, copied, i - copied); };
  while (i < text.size()) {
    const auto c = byte_at(text, i);
    if (kPlain[c]) {
      ++i;
    } else if (c < 0x80) {
      flush();
      append_escape(out, c);
      copied = ++i;
    } else if (const auto length = sequence_length(text, i)) {
      i += length;
    } else {
      flush();
      out += kReplacement;
      copied = ++i;
    }
  }
  flush();
  out += '"';
}

void append_json_number(std::string& out, std::int64_t value) {
  append_chars(out, value);
}
void append_json_number(std::string& out, std::uint64_t value) {
  append_chars(out, value);
}
void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  // Shortest form, except where its plain digits would be read back as another kind of number.
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  if (value == 0 && std::signbit(value)) {
    out += "-0.0";
  } else if (std::fabs(value) < kExactIntegers) {
    append_chars(out, value);
  } else {
    append_chars(out, value, std::chars_format::scientific);
  }
}

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string& ObjectWriter::key(std::string_view key) {
  if (!first_) out_ += ',';
  first_ = false;
  append_json_string(out_, key);
  out_ += ':';
  return out_;
}

ObjectWriter& ObjectWriter::field(std::string_view key, std::string_view value) {
  append_json_string(this->key(key), value);
  return *this;
}

ObjectWriter& ObjectWriter::field(std::string_view key, double value) {
  append_json_number(this->key(key), value);
  return *this;
}

ObjectWriter& ObjectWriter::raw(std::string_view key, std::string_view json) {
  this->key(key) += json;
  return *this;
}

ObjectWriter& ObjectWriter::splice(std::string_view object_json) {
  const auto open = object_json.find('{'), close = object_json.rfind('}');
  if (open == std::string_view::npos || close == std::string_view::npos) return *this;
  const auto members = object_json.substr(open + 1, close - open - 1);
  if (members.find_first_not_of(" \t\r\n") == std::string_view::npos) return *this;
  if (!first_) out_ += ',';
  first_ = false;
  out_ += members;
  return *this;
}

void ObjectWriter::close() {
  if (open_) out_ += '}';
  open_ = false;
}

std::string& ArrayWriter::next() {
  if (!first_) out_ += ',';
  first_ = false;
  return out_;
}

ArrayWriter& ArrayWriter::value(std::string_view text) {
  append_json_string(next(), text);
  return *this;
}

ArrayWriter& ArrayWriter::raw(std::string_view json) {
  next() += json;
  return *this;
}

void ArrayWriter::close() {
  if (open_) out_ += ']';
  open_ = false;
}

}  // namespace parley::protocol
