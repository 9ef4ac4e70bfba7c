// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "protocol/json_access.h"
#include "protocol/json_writer.h"

namespace parley::protocol {
namespace {

using simdjson::dom::element_type;

// The doubles that are exactly an int64: both bounds are representable, the upper one excluded.
constexpr double kIntLow = -9223372036854775808.0;
constexpr double kIntHigh = 9223372036854775808.0;

void append_object(std::string& out, JsonView object) {
  ObjectWriter writer(out);
  object.each_member([&](std::string_view key, JsonView value) {
    value.append_to(writer.key(key));
    return true;
  });
}

void append_array(std::string& out, JsonView array) {
  ArrayWriter writer(out);
  array.each_element([&](JsonView value) {
    value.append_to(writer.next());
    return true;
  });
}

}  // namespace

std::string_view json_type_name(JsonType type) {
  switch (type) {
    case JsonType::kNone:
      return "nothing";
    case JsonType::kNull:
      return "null";
    case JsonType::kBool:
      return "true or false";
    case JsonType::kInt:
    case JsonType::kDouble:
      return "a number";
    case JsonType::kString:
      return "a string";
    case JsonType::kArray:
      return "an array";
    case JsonType::kObject:
      return "an object";
  }
  return "nothing";
}

JsonType JsonView::type() const {
  if (!exists()) return JsonType::kNone;
  switch (JsonAccess::element(*this).type()) {
    case element_type::ARRAY:
      return JsonType::kArray;
    case element_type::OBJECT:
      return JsonType::kObject;
    case element_type::INT64:
    case element_type::UINT64:
      return JsonType::kInt;
    case element_type::DOUBLE:
      return JsonType::kDouble;
    case element_type::STRING:
      return JsonType::kString;
    case element_type::BOOL:
      return JsonType::kBool;
    case element_type::NULL_VALUE:
      return JsonType::kNull;
  }
  return JsonType::kNone;
}

std::optional<bool> JsonView::as_bool() const {
  if (type() != JsonType::kBool) return std::nullopt;
  return JsonAccess::element(*this).get_bool().value_unsafe();
}

std::optional<std::int64_t> JsonView::as_int() const {
  if (type() == JsonType::kInt) return JsonAccess::element(*this).get_int64().value_unsafe();
  if (type() != JsonType::kDouble) return std::nullopt;
  const double value = JsonAccess::element(*this).get_double().value_unsafe();
  if (value != std::trunc(value) || value < kIntLow || value >= kIntHigh) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<double> JsonView::as_double() const {
  if (type() != JsonType::kInt && type() != JsonType::kDouble) return std::nullopt;
  return JsonAccess::element(*this).get_double().value_unsafe();
}

std::optional<std::string_view> JsonView::as_string() const {
  if (type() != JsonType::kString) return std::nullopt;
  return JsonAccess::element(*this).get_string().value_unsafe();
}

std::size_t JsonView::size() const {
  std::size_t count = 0;
  if (is_object()) each_member([&](std::string_view, JsonView) { return ++count; });
  if (is_array()) each_element([&](JsonView) { return ++count; });
  return count;
}

JsonView JsonView::find(std::string_view key) const {
  JsonView found;
  each_member([&](std::string_view name, JsonView value) {
    if (name != key) return true;
    found = value;
    return false;
  });
  return found;
}

void JsonView::each_member(
    absl::FunctionRef<bool(std::string_view key, JsonView value)> visit) const {
  if (!is_object()) return;
  const simdjson::dom::object members = JsonAccess::element(*this).get_object().value_unsafe();
  for (const auto member : members)
    if (!visit(member.key, JsonAccess::view(member.value))) return;
}

void JsonView::each_element(absl::FunctionRef<bool(JsonView value)> visit) const {
  if (!is_array()) return;
  const simdjson::dom::array elements = JsonAccess::element(*this).get_array().value_unsafe();
  for (const auto value : elements)
    if (!visit(JsonAccess::view(value))) return;
}

void JsonView::append_to(std::string& out) const {
  switch (type()) {
    case JsonType::kNone:
      return;
    case JsonType::kNull:
      out += "null";
      return;
    case JsonType::kBool:
      out += *as_bool() ? "true" : "false";
      return;
    case JsonType::kInt:
      append_json_number(out, *as_int());
      return;
    case JsonType::kDouble:
      append_json_number(out, *as_double());
      return;
    case JsonType::kString:
      append_json_string(out, *as_string());
      return;
    case JsonType::kArray:
      append_array(out, *this);
      return;
    case JsonType::kObject:
      append_object(out, *this);
      return;
  }
}

std::string JsonView::to_json() const {
  std::string out;
  append_to(out);
  return out;
}

}  // namespace parley::protocol
