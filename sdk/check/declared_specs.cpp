// SPDX-License-Identifier: Apache-2.0
#include "declared_specs.h"

#include <string>

#include "plugin/argument_types.h"

namespace parley::kit {
namespace {

using command::ArgumentType;

command::LocalText texts(const std::vector<std::pair<std::string, std::string>>& all) {
  command::LocalText text;
  for (const auto& [locale, words] : all) (locale == "ru" ? text.ru : text.en) = words;
  return text;
}

std::optional<std::string> preset_of(const testing::DeclaredArgument& argument) {
  switch (argument.fallback.type) {
    case PARLEY_TYPE_NONE:
      return std::nullopt;
    case PARLEY_TYPE_INT:
      return Json(argument.fallback.as.integer).text();
    case PARLEY_TYPE_NUMBER:
      return Json(argument.fallback.as.number).text();
    case PARLEY_TYPE_BOOL:
      return argument.fallback.as.boolean != 0 ? "true" : "false";
    default:
      return argument.fallback_text;
  }
}

command::ArgumentSpec spec_of(const testing::DeclaredArgument& declared) {
  const auto has = [&](std::uint32_t flag) { return (declared.flags & flag) != 0; };
  command::ArgumentSpec spec;
  spec.name = declared.name;
  spec.type = plugin::argument_type_of(declared.type).value_or(ArgumentType::kString);
  spec.required = has(PARLEY_ARGUMENT_REQUIRED);
  spec.secret = has(PARLEY_ARGUMENT_SECRET);
  spec.rest = has(PARLEY_ARGUMENT_REST);
  spec.command_line = has(PARLEY_ARGUMENT_COMMAND_LINE);
  spec.choices = declared.choices;
  if (has(PARLEY_ARGUMENT_HAS_MIN)) spec.min = declared.minimum;
  if (has(PARLEY_ARGUMENT_HAS_MAX)) spec.max = declared.maximum;
  spec.preset = preset_of(declared);
  spec.help = texts(declared.help);
  return spec;
}

}  // namespace

command::CommandSpec spec_of(const testing::DeclaredCommand& declared) {
  const auto has = [&](std::uint32_t flag) { return (declared.flags & flag) != 0; };
  command::CommandSpec spec;
  spec.name = declared.name;
  spec.aliases = declared.aliases;
  spec.help = texts(declared.help);
  for (const auto& argument : declared.arguments) spec.args.push_back(spec_of(argument));
  spec.roles = declared.roles;
  spec.anonymous = has(PARLEY_COMMAND_ANONYMOUS);
  spec.concurrent = has(PARLEY_COMMAND_CONCURRENT);
  spec.read_only = has(PARLEY_COMMAND_READ_ONLY);
  spec.clickable = has(PARLEY_COMMAND_CLICKABLE);
  spec.bridged = has(PARLEY_COMMAND_BRIDGED);
  spec.external = has(PARLEY_COMMAND_EXTERNAL);
  spec.open = has(PARLEY_COMMAND_OPEN);
  spec.cooldown = Millis(declared.cooldown);
  return spec;
}

}  // namespace parley::kit
