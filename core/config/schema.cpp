// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "base/escape.h"
#include "config/problem.h"

namespace parley::config {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxText = 1 << 20;
constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxShown = 80;
constexpr std::array<std::string_view, 17> kKeywords{
    "type",      "properties", "required", "additionalProperties",
    "items",     "enum",       "minimum",  "maximum",
    "minLength", "maxLength",  "minItems", "maxItems",
    "pattern",   "default",    "title",    "description",
    "$schema"};

std::string shown(const Json& value) {
  return truncate_utf8(value.dump(-1, ' ', false, Json::error_handler_t::replace), kMaxShown);
}

// nlohmann's parser recurses nowhere but its destructor and ours do: depth is bounded while
// reading.
std::optional<Json> parse(std::string_view text, std::string& why) {
  if (text.size() > kMaxText) {
    why = "larger than 1 MiB";
    return std::nullopt;
  }
  bool too_deep = false;
  const auto guard = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  try {
    Json value = Json::parse(text, guard);
    if (!too_deep) return value;
    why = "nested more than 64 levels deep";
  } catch (const Json::parse_error& error) {
    why = fmt::format("not valid JSON at byte {}", error.byte);
  }
  return std::nullopt;
}

bool is_type(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "number") return value.is_number();
  if (type != "integer" || !value.is_number()) return false;
  return value.is_number_integer() || value.get<double>() == std::floor(value.get<double>());
}

std::string escaped_pointer(std::string name) {
  const auto replace_all = [&name](const std::string& from, const std::string& to) {
    for (auto at = name.find(from); at != name.npos; at = name.find(from, at + to.size())) {
      name.replace(at, from.size(), to);
    }
  };
  replace_all("~", "~0");
  replace_all("/", "~1");
  return name;
}

class Validator {
 public:
  explicit Validator(std::vector<SchemaProblem>& problems) : problems_(problems) {}

  void check(const Json& schema, Json& value, const std::string& at) {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) complain(at, "is not allowed here");
      return;
    }
    if (!schema.is_object())
      return complain(at, "the plugin's schema is wrong here: it must be an object");
    check_keywords(schema, at);
    if (!check_type(schema, value, at)) return;
    check_enum(schema, value, at);
    if (value.is_number()) check_number(schema, value, at);
    if (value.is_string()) check_string(schema, value, at);
    if (value.is_array()) check_array(schema, value, at);
    if (value.is_object()) check_object(schema, value, at);
  }

 private:
  void complain(const std::string& at, std::string message, std::string rule = {},
                std::vector<std::string> values = {}) {
    problems_.push_back({at, std::move(message), std::move(rule), std::move(values)});
  }

  void check_keywords(const Json& schema, const std::string& at) {
    for (const auto& [name, ignored] : schema.items()) {
      if (std::ranges::find(kKeywords, name) != kKeywords.end()) continue;
      complain(at,
               fmt::format("the plugin's schema uses `{}`, which this server does not know", name));
    }
  }

  bool check_type(const Json& schema, const Json& value, const std::string& at) {
    const auto types = schema.find("type");
    if (types == schema.end()) return true;
    const Json list = types->is_array() ? *types : Json::array({*types});
    std::string names;
    for (const auto& type : list) {
      if (!type.is_string()) continue;
      if (is_type(value, type.get<std::string>())) return true;
      names += (names.empty() ? "" : " or ") + type.get<std::string>();
    }
    complain(at, fmt::format("must be {}, is {}", names, shown(value)), "type",
             {names, shown(value)});
    return false;
  }

  void check_enum(const Json& schema, const Json& value, const std::string& at) {
    const auto choices = schema.find("enum");
    if (choices == schema.end() || !choices->is_array()) return;
    if (std::ranges::find(*choices, value) != choices->end()) return;
    complain(at, fmt::format("must be one of {}, is {}", shown(*choices), shown(value)), "enum",
             {shown(*choices), shown(value)});
  }

  static std::optional<double> number(const Json& schema, const char* keyword) {
    const auto found = schema.find(keyword);
    if (found == schema.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
  }

  void check_bounds(const Json& schema, const char* low, const char* high, double measure,
                    std::string_view unit, const std::string& is, const std::string& at) {
    const auto least = number(schema, low), most = number(schema, high);
    const auto refuse = [&](const char* how, const char* rule, double bound) {
      const auto shown_bound = fmt::format("{:.15g}", bound);
      complain(at, fmt::format("must be at {} {}{}, is {}", how, shown_bound, unit, is), rule,
               {shown_bound, is});
    };
    if (least && measure < *least) refuse("least", low, *least);
    if (most && measure > *most) refuse("most", high, *most);
  }

  void check_number(const Json& schema, const Json& value, const std::string& at) {
    check_bounds(schema, "minimum", "maximum", value.get<double>(), "", shown(value), at);
  }

  void check_string(const Json& schema, const Json& value, const std::string& at) {
    const auto& text = value.get_ref<const std::string&>();
    const auto length = characters(text);
    check_bounds(schema, "minLength", "maxLength", static_cast<double>(length), " characters",
                 std::to_string(length), at);
    const auto pattern = schema.find("pattern");
    if (pattern == schema.end() || !pattern->is_string()) return;
    const re2::RE2 expression(pattern->get<std::string>(), re2::RE2::Quiet);
    if (!expression.ok())
      return complain(at, "the plugin's schema has a bad pattern: " + expression.error());
    if (re2::RE2::PartialMatch(text, expression)) return;
    complain(at, fmt::format("must match {}, is {}", pattern->get<std::string>(), shown(value)),
             "pattern", {pattern->get<std::string>(), shown(value)});
  }

  void check_array(const Json& schema, Json& value, const std::string& at) {
    check_bounds(schema, "minItems", "maxItems", static_cast<double>(value.size()), " items",
                 std::to_string(value.size()), at);
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i)
      check(*items, value[i], fmt::format("{}/{}", at, i));
  }

  void check_object(const Json& schema, Json& value, const std::string& at) {
    const Json properties = schema.value("properties", Json::object());
    if (!properties.is_object()) {
      return complain(at, "the plugin's schema is wrong here: `properties` must be an object");
    }
    fill_defaults(properties, value);
    for (const auto& name : schema.value("required", Json::array())) {
      if (!name.is_string() || value.contains(name.get<std::string>())) continue;
      complain(at, fmt::format("`{}` is missing", name.get<std::string>()), "required",
               {name.get<std::string>()});
    }
    for (auto& [name, member] : value.items()) check_member(schema, properties, name, member, at);
  }

  static void fill_defaults(const Json& properties, Json& value) {
    for (const auto& [name, property] : properties.items()) {
      if (!property.is_object() || !property.contains("default") || value.contains(name)) continue;
      value[name] = property["default"];
    }
  }

  void check_member(const Json& schema, const Json& properties, const std::string& name,
                    Json& member, const std::string& at) {
    const auto path = at + "/" + escaped_pointer(name);
    if (const auto known = properties.find(name); known != properties.end())
      return check(*known, member, path);
    const auto other = schema.find("additionalProperties");
    if (other == schema.end() || *other == true) return;
    if (other->is_object()) return check(*other, member, path);
    std::vector<std::string> names;
    for (const auto& [known, ignored] : properties.items()) names.push_back(known);
    complain(path, "there is no such key" + suggestion(name, names), "additionalProperties");
  }

  std::vector<SchemaProblem>& problems_;
};

}  // namespace

Validated validate(std::string_view schema_json, std::string_view value_json) {
  Validated result{std::string(value_json), {}};
  std::string why;
  auto value = parse(value_json, why);
  if (!value) {
    result.problems.push_back({"", why});
    return result;
  }
  const auto schema = parse(schema_json.empty() ? "{}" : schema_json, why);
  if (!schema) {
    result.problems.push_back({"", "the plugin's schema is " + why});
    return result;
  }
  try {
    Validator(result.problems).check(*schema, *value, "");
    if (result.ok())
      result.value_json = value->dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const Json::exception&) {
    result.problems.push_back(
        {"", "the plugin's schema is wrong: a keyword has a value of the wrong type"});
  }
  return result;
}

}  // namespace parley::config
