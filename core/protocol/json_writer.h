// SPDX-License-Identifier: Apache-2.0
// Appending JSON to a std::string: `{` and `}` are the caller's, escaping and commas are done here.
//
//   std::string out;
//   ObjectWriter(out).field("x", 1).field("name", name).raw("data", json);   // closed when it goes
//
// Ownership: borrows the string for its own lifetime. Thread: as the string. Failure: bytes that
// are no UTF-8 become U+FFFD, numbers that are not finite become null; the result is always JSON.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/escape.h"

namespace parley::protocol {

using parley::append_json_string;
using parley::json_string;
void append_json_number(std::string& out, std::int64_t value);
void append_json_number(std::string& out, std::uint64_t value);
void append_json_number(std::string& out, double value);

class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectWriter() { close(); }
  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  ObjectWriter& field(std::string_view key, std::string_view value);
  ObjectWriter& field(std::string_view key, const char* value) {
    return field(key, std::string_view(value));
  }
  ObjectWriter& field(std::string_view key, double value);
  ObjectWriter& field(std::string_view key, std::same_as<bool> auto value) {
    return raw(key, value ? "true" : "false");
  }
  ObjectWriter& field(std::string_view key, std::signed_integral auto value) {
    append_json_number(this->key(key), static_cast<std::int64_t>(value));
    return *this;
  }
  ObjectWriter& field(std::string_view key, std::unsigned_integral auto value) requires(
      !std::same_as<decltype(value), bool>) {
    append_json_number(this->key(key), static_cast<std::uint64_t>(value));
    return *this;
  }
  // Ready JSON.
  ObjectWriter& raw(std::string_view key, std::string_view json);
  // The members of a ready object, `{"a":1}` or "" or "{}".
  ObjectWriter& splice(std::string_view object_json);
  // Comma, key and colon; the caller appends the value.
  std::string& key(std::string_view key);
  void close();

 private:
  std::string& out_;
  bool first_ = true;
  bool open_ = true;
};

class ArrayWriter {
 public:
  explicit ArrayWriter(std::string& out) : out_(out) { out_ += '['; }
  ~ArrayWriter() { close(); }
  ArrayWriter(const ArrayWriter&) = delete;
  ArrayWriter& operator=(const ArrayWriter&) = delete;

  ArrayWriter& value(std::string_view text);
  ArrayWriter& raw(std::string_view json);
  std::string& next();  // a comma where needed; the caller appends the element
  void close();

 private:
  std::string& out_;
  bool first_ = true;
  bool open_ = true;
};

}  // namespace parley::protocol
