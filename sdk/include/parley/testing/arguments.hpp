// SPDX-License-Identifier: Apache-2.0
// A declared command, copied out of the ABI, and checking a call's JSON against it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../ext/commands.h"
#include "../json.hpp"
#include "../json_view.hpp"
#include "../text.hpp"
#include "captured.hpp"

namespace parley::testing {

struct DeclaredArgument {
  std::string name = {};
  parley_type type = PARLEY_TYPE_NONE;
  std::uint32_t flags = 0;
  std::vector<std::string> choices = {};
  double minimum = 0;
  double maximum = 0;
  parley_value fallback = {};
  std::string fallback_text = {};
  std::vector<std::pair<std::string, std::string>> help = {};  // locale, text
};

struct DeclaredCommand {
  parley_token handler = 0;
  std::uint32_t flags = 0;
  std::string name = {};
  std::vector<std::string> aliases = {};
  std::vector<std::string> roles = {};
  std::vector<DeclaredArgument> arguments = {};
  std::int64_t cooldown = 0;
  std::vector<std::pair<std::string, std::string>> help = {};
};

inline std::vector<std::string> copy_strings(const parley_string* texts, std::uint64_t count) {
  std::vector<std::string> result;
  for (std::uint64_t i = 0; i < count; ++i) result.emplace_back(detail::to_view(texts[i]));
  return result;
}
inline std::vector<std::pair<std::string, std::string>> copy_texts(const parley_text* texts,
                                                                   std::uint64_t count) {
  std::vector<std::pair<std::string, std::string>> result;
  for (std::uint64_t i = 0; i < count; ++i) {
    result.emplace_back(detail::to_view(texts[i].locale), detail::to_view(texts[i].text));
  }
  return result;
}

inline DeclaredArgument copy_argument(const parley_argument& abi) {
  DeclaredArgument result;
  result.name = detail::to_view(abi.name);
  result.type = abi.type;
  result.flags = abi.flags;
  result.choices = copy_strings(abi.choices, abi.choice_count);
  result.minimum = abi.minimum;
  result.maximum = abi.maximum;
  result.fallback = abi.fallback;
  if (detail::holds_text(abi.fallback))
    result.fallback_text = detail::to_view(abi.fallback.as.string);
  result.help = copy_texts(abi.help, abi.help_count);
  return result;
}

inline DeclaredCommand copy_command(const parley_command& abi) {
  DeclaredCommand result;
  result.handler = abi.handler;
  result.flags = abi.flags;
  result.name = detail::to_view(abi.name);
  result.aliases = copy_strings(abi.aliases, abi.alias_count);
  result.roles = copy_strings(abi.roles, abi.role_count);
  for (std::uint64_t i = 0; i < abi.argument_count; ++i)
    result.arguments.push_back(copy_argument(*abi.arguments[i]));
  result.cooldown = abi.cooldown;
  result.help = copy_texts(abi.help, abi.help_count);
  return result;
}

// A call's arguments, typed and in declared order; owns the texts the values point to.
class Arguments {
 public:
  Arguments(const DeclaredCommand& command, JsonView given) {
    Json raw = Json::object();
    for (const DeclaredArgument& argument : command.arguments) {
      values_.push_back(value_of(argument, given[argument.name]));
      if (values_.back().type != PARLEY_TYPE_NONE) raw.set(argument.name, as_json(values_.back()));
    }
    if ((command.flags & PARLEY_COMMAND_OPEN) != 0) add_undeclared(command, given, raw);
    raw_ = raw.text();
  }
  Arguments(const Arguments&) = delete;

  // Empty: all is well. Else the sentences, by argument name.
  const Json& errors() const { return errors_; }
  const std::vector<parley_value>& values() const { return values_; }
  const std::string& raw() const { return raw_; }

 private:
  parley_value value_of(const DeclaredArgument& argument, JsonView given) {
    if (!given.exists() || given.is_null()) return omitted(argument);
    parley_value value{};
    if (!read(argument.type, given, value)) {
      refuse(argument, "has the wrong type");
    } else if (!argument.choices.empty() && !chosen(argument, value)) {
      refuse(argument, "is not one of the choices");
    } else if (!in_range(argument, value)) {
      refuse(argument, "is out of range");
    }
    return value;
  }
  parley_value omitted(const DeclaredArgument& argument) {
    if ((argument.flags & PARLEY_ARGUMENT_REQUIRED) != 0) refuse(argument, "is missing");
    parley_value value = argument.fallback;
    if (detail::holds_text(value)) value.as.string = keep(argument.fallback_text);
    return value;
  }
  bool read(parley_type type, JsonView given, parley_value& value) {
    value.type = type;
    if (type == PARLEY_TYPE_JSON) return value.as.string = keep(std::string(given.text())), true;
    if (type == PARLEY_TYPE_BOOL) return store(given.as<bool>(), value.as.boolean);
    if (type == PARLEY_TYPE_INT) return store(given.as<std::int64_t>(), value.as.integer);
    if (type == PARLEY_TYPE_NUMBER) return store(given.as<double>(), value.as.number);
    const auto text = given.as<std::string>();
    if (!text) return false;
    const bool marked = (type == PARLEY_TYPE_USER && text->rfind('@', 0) == 0) ||
                        (type == PARLEY_TYPE_CHANNEL && text->rfind('#', 0) == 0);
    value.as.string = keep(marked ? text->substr(1) : *text);
    return true;
  }
  template <typename From, typename To>
  static bool store(const std::optional<From>& from, To& to) {
    if (from) to = static_cast<To>(*from);
    return from.has_value();
  }
  static bool chosen(const DeclaredArgument& argument, const parley_value& value) {
    for (const std::string& choice : argument.choices) {
      if (choice == detail::to_view(value.as.string)) return true;
    }
    return false;
  }
  static bool in_range(const DeclaredArgument& argument, const parley_value& value) {
    const double size = value.type == PARLEY_TYPE_INT      ? static_cast<double>(value.as.integer)
                        : value.type == PARLEY_TYPE_NUMBER ? value.as.number
                        : detail::holds_text(value)
                            ? static_cast<double>(characters(detail::to_view(value.as.string)))
                            : 0;
    if ((argument.flags & PARLEY_ARGUMENT_HAS_MIN) != 0 && size < argument.minimum) return false;
    return (argument.flags & PARLEY_ARGUMENT_HAS_MAX) == 0 || size <= argument.maximum;
  }
  static Json as_json(const parley_value& value) {
    switch (value.type) {
      case PARLEY_TYPE_BOOL:
        return value.as.boolean != 0;
      case PARLEY_TYPE_INT:
        return value.as.integer;
      case PARLEY_TYPE_NUMBER:
        return value.as.number;
      case PARLEY_TYPE_JSON:
        return Json::raw(detail::to_view(value.as.string));
      default:
        return detail::to_view(value.as.string);
    }
  }
  static void add_undeclared(const DeclaredCommand& command, JsonView given, Json& raw) {
    for (const auto& [name, value] : given.members()) {
      bool declared = false;
      for (const DeclaredArgument& argument : command.arguments)
        declared = declared || argument.name == name;
      if (!declared) raw.set(name, Json::raw(value.text()));
    }
  }
  void refuse(const DeclaredArgument& argument, std::string_view why) {
    errors_.set(argument.name, why);
  }
  parley_string keep(std::string text) {
    return detail::to_abi(kept_.emplace_back(std::move(text)));
  }

  std::vector<parley_value> values_;
  std::deque<std::string> kept_;
  std::string raw_;
  Json errors_;
};

}  // namespace parley::testing
