// SPDX-License-Identifier: Apache-2.0
// Reading JSON that strangers sent. Beyond RFC 8259 it refuses, as `bad_json` with a sentence:
// duplicate keys, lone surrogates, U+0000, numbers outside a 64-bit integer or a finite double, and
// documents beyond the limits below.
//
// Ownership: a JsonReader owns the parsed document; a JsonView points into it. Nothing is allocated
// for a small document once the reader is warm. Thread: one reader per thread; views stay on it.
// Lifetime: views, and string_views taken from them, hold until that reader's next parse. The text
// itself may go after parse(). Failure: Status with kBadJson; views never fail: a question that
// does not fit the type is answered with nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <absl/functional/function_ref.h>

#include "base/status.h"

namespace parley::protocol {

struct JsonLimits {
  int depth = 32;            // containers within each other; the outermost is 1
  int keys = 256;            // keys of all objects together
  std::size_t size = 65536;  // bytes; also what the reader prepares for
};

enum class JsonType { kNone, kNull, kBool, kInt, kDouble, kString, kArray, kObject };
std::string_view json_type_name(JsonType type);  // "a string", "an object", … for sentences

class JsonView {
 public:
  JsonView() = default;  // kNone: there is no value

  JsonType type() const;
  bool exists() const { return document_ != nullptr; }
  bool is_object() const { return type() == JsonType::kObject; }
  bool is_array() const { return type() == JsonType::kArray; }
  bool is_null() const { return type() == JsonType::kNull; }

  std::optional<bool> as_bool() const;
  std::optional<std::int64_t> as_int() const;  // also 7.0; not 7.5
  std::optional<double> as_double() const;     // also from an integer
  std::optional<std::string_view> as_string() const;

  // Members or elements; 0 for anything else.
  std::size_t size() const;
  // kNone when there is no such member or this is no object. Linear.
  JsonView find(std::string_view key) const;
  // In the order of the document, until the visitor says false.
  void each_member(absl::FunctionRef<bool(std::string_view key, JsonView value)> visit) const;
  void each_element(absl::FunctionRef<bool(JsonView value)> visit) const;

  // Compact JSON with the same meaning. kNone appends nothing.
  void append_to(std::string& out) const;
  std::string to_json() const;

 private:
  friend class JsonReader;
  friend struct JsonAccess;
  const void* document_ = nullptr;
  std::size_t index_ = 0;
};

class JsonReader {
 public:
  explicit JsonReader(JsonLimits limits = {});
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  const JsonLimits& limits() const { return limits_; }
  Result<JsonView> parse(std::string_view text);
  // After a parse() that failed: the outermost object, where the text was JSON at all and only a
  // rule of ours was broken. For answering with the id.
  JsonView refused_root() const { return refused_root_; }

 private:
  struct Impl;
  Status check(JsonView root, std::string_view text);
  JsonLimits limits_;
  JsonView refused_root_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::protocol
