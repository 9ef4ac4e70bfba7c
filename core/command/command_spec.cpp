// SPDX-License-Identifier: Apache-2.0
#include "command/command_spec.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "command/arguments.h"
#include "protocol/envelope.h"

namespace parley::command {
namespace {

constexpr std::array<std::pair<ArgumentType, std::string_view>, 7> kTypes = {{
    {ArgumentType::kString, "string"},
    {ArgumentType::kInt, "int"},
    {ArgumentType::kNumber, "number"},
    {ArgumentType::kBool, "bool"},
    {ArgumentType::kUser, "user"},
    {ArgumentType::kChannel, "channel"},
    {ArgumentType::kJson, "json"},
}};

Status refuse(const CommandSpec& spec, const std::string& why) {
  return Status::invalid_args("command " + spec.name + ": " + why);
}

Status check_names(const CommandSpec& spec) {
  if (!protocol::is_action_name(spec.name))
    return Status::invalid_args("\"" + spec.name +
                                "\" is no command name: letters, digits and _ in parts joined by "
                                "dots, a letter first, up to 64 characters");
  std::set<std::string_view> seen{spec.name};
  for (const auto& alias : spec.aliases) {
    if (!protocol::is_action_name(alias)) return refuse(spec, "\"" + alias + "\" is no alias name");
    if (!seen.insert(alias).second) return refuse(spec, "the name " + alias + " is there twice");
  }
  return {};
}

bool may_have_choices(ArgumentType type) {
  return type == ArgumentType::kString || type == ArgumentType::kInt;
}

Status check_preset(const CommandSpec& spec, const ArgumentSpec& argument) {
  if (!argument.preset) return {};
  const CommandSpec alone{.name = spec.name, .args = {argument}};
  Arguments values;
  std::string raw_json;
  const auto errors = read_words(alone, {}, values, raw_json);
  return errors.empty() ? Status() : refuse(spec, errors.status().message());
}

Status check_argument(const CommandSpec& spec, std::size_t i) {
  const auto& argument = spec.args[i];
  const auto label = "argument " + argument.name + ": ";
  if (!protocol::is_action_name(argument.name) || argument.name.find('.') != std::string::npos)
    return refuse(spec, "\"" + argument.name + "\" is no argument name: letters, digits and _");
  if (protocol::is_reserved_argument(argument.name))
    return refuse(spec, label + "the names action, data, key and as belong to the envelope");
  const auto first = std::find_if(spec.args.begin(), spec.args.end(),
                                  [&](const auto& other) { return other.name == argument.name; });
  if (first - spec.args.begin() != static_cast<std::ptrdiff_t>(i))
    return refuse(spec, label + "declared twice");
  if (!argument.choices.empty() && !may_have_choices(argument.type))
    return refuse(spec, label + "choices are for string and int only");
  if (argument.min && argument.max && *argument.min > *argument.max)
    return refuse(spec, label + "min is above max");
  if (argument.rest && i + 1 != spec.args.size())
    return refuse(spec, label + "only the last one can take the rest of the line");
  if (argument.rest && argument.type != ArgumentType::kString &&
      argument.type != ArgumentType::kJson)
    return refuse(spec, label + "only a string or json can take the rest of the line");
  if (argument.command_line && (argument.type != ArgumentType::kString || argument.secret))
    return refuse(spec, label + "a command line is a string that is not secret");
  if (argument.required && argument.preset)
    return refuse(spec, label + "required and a preset exclude each other");
  return check_preset(spec, argument);
}

}  // namespace

std::string_view argument_type_name(ArgumentType type) {
  return kTypes[static_cast<std::size_t>(type)].second;
}

std::optional<ArgumentType> parse_argument_type(std::string_view name) {
  for (const auto& [type, text] : kTypes)
    if (text == name) return type;
  return std::nullopt;
}

const ArgumentSpec* CommandSpec::argument(std::string_view argument_name) const {
  for (const auto& argument : args)
    if (argument.name == argument_name) return &argument;
  return nullptr;
}

Status validate(const CommandSpec& spec) {
  if (auto status = check_names(spec); !status) return status;
  for (std::size_t i = 0; i < spec.args.size(); ++i)
    if (auto status = check_argument(spec, i); !status) return status;
  const auto lines = std::count_if(spec.args.begin(), spec.args.end(),
                                   [](const auto& argument) { return argument.command_line; });
  if (lines > 1) return refuse(spec, "only one argument can be a command line");
  if (spec.cooldown.count() < 0 || spec.deferred_budget.count() < 0)
    return refuse(spec, "a time cannot be negative");
  return {};
}

bool same_form(const CommandSpec& one, const CommandSpec& other) {
  return one.args == other.args && one.open == other.open;
}

}  // namespace parley::command
