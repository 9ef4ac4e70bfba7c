// SPDX-License-Identifier: Apache-2.0
#include "protocol/json_writer.h"

#include <charconv>
#include <cmath>

namespace parley::protocol {
namespace {

template <typename Number, typename... Format>
void append_chars(std::string& out, Number value, Format... format) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, format...).ptr;
  out.append(buffer, end);
}

}  // namespace

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
