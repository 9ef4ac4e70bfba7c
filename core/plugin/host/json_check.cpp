// SPDX-License-Identifier: Apache-2.0
#include "plugin/host/json_check.h"

#include <algorithm>
#include <cctype>

#include "protocol/frames.h"
#include "protocol/json.h"

namespace parley::plugin {
namespace {

// Plugins are trusted with more than strangers are: a map or a long list is one answer.
constexpr protocol::JsonLimits kLimits{.depth = 64, .keys = 20'000, .size = 1024 * 1024};

Result<protocol::JsonView> parse(std::string_view json) {
  static thread_local protocol::JsonReader reader(kLimits);
  if (json.size() > kLimits.size) return Status(ErrorCode::kTooLarge, "it is longer than 1 MiB");
  return reader.parse(json);
}

bool is_type_name(std::string_view type) {
  if (type.size() > 64) return false;
  bool start = true;  // of a part between dots
  for (const char c : type) {
    const bool letter = std::isalpha(static_cast<unsigned char>(c)) != 0;
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '.' && !start) {
      start = true;
    } else if (letter || ((digit || c == '_') && !start)) {
      start = false;
    } else {
      return false;
    }
  }
  return !start || type.empty();
}

}  // namespace

std::string value_problem(std::string_view what, std::string_view json) {
  if (json.empty()) return {};
  const auto parsed = parse(json);
  return parsed ? std::string() : std::string(what) + " is no JSON: " + parsed.status().message();
}

std::string object_problem(std::string_view what, std::string_view json) {
  if (json.empty()) return {};
  const auto parsed = parse(json);
  if (!parsed) return std::string(what) + " is no JSON: " + parsed.status().message();
  return parsed->is_object() ? std::string() : std::string(what) + " must be a JSON object";
}

std::string json_problem(std::string_view type, std::string_view data, std::string_view fields) {
  if (!is_type_name(type)) return "type must be a name such as diceRolled";
  if (auto why = value_problem("data", data); !why.empty()) return why;
  if (fields.empty()) return {};
  const auto parsed = parse(fields);
  if (!parsed) return "fields is no JSON: " + parsed.status().message();
  const auto status = protocol::check_fields(*parsed);
  return status ? std::string() : status.message();
}

}  // namespace parley::plugin
