// SPDX-License-Identifier: Apache-2.0
#include "command/command_list.h"

#include <algorithm>
#include <map>

#include "command/preparation.h"
#include "command/slash_line.h"
#include "protocol/json_writer.h"

namespace parley::command {
namespace {

using protocol::ArrayWriter;
using protocol::ObjectWriter;

bool offered(const CommandTable& table, const CommandSpec& spec, const users::User* user) {
  if (spec.hidden) return false;
  return user ? table.access().may_call_somewhere(*user, spec) : spec.anonymous;
}

// The command's own and the operator's.
std::vector<std::string> aliases_of(const CommandTable& table, const CommandSpec& spec) {
  auto aliases = spec.aliases;
  for (const auto& [alias, command] : table.access().aliases)
    if (command == spec.name && table.find_own(alias) == nullptr) aliases.push_back(alias);
  return aliases;
}

void append_texts(std::string& out, const std::vector<std::string>& texts) {
  ArrayWriter array(out);
  for (const auto& text : texts) array.value(text);
}

void append_argument(std::string& out, const ArgumentSpec& argument, std::string_view locale) {
  ObjectWriter object(out);
  object.field("name", argument.name).field("type", argument_type_name(argument.type));
  object.field("required", argument.required);
  if (!argument.choices.empty()) append_texts(object.key("choices"), argument.choices);
  if (argument.min) object.field("min", *argument.min);
  if (argument.max) object.field("max", *argument.max);
  object.field("help", argument.help.in(locale));
  if (argument.secret) object.field("secret", true);
  if (argument.rest) object.field("rest", true);
}

void append_command(std::string& out, const CommandTable& table, const CommandSpec& spec,
                    std::string_view locale) {
  ObjectWriter object(out);
  object.field("name", spec.name);
  append_texts(object.key("aliases"), aliases_of(table, spec));
  object.field("help", spec.help.in(locale));
  {
    ArrayWriter arguments(object.key("args"));
    for (const auto& argument : spec.args) append_argument(arguments.next(), argument, locale);
  }
  append_texts(object.key("roles"), spec.roles);
  object.field("plugin", spec.plugin).field("version", spec.version);
}

bool fits_a_line(const CommandSpec& spec) {
  return std::none_of(spec.args.begin(), spec.args.end(),
                      [](const auto& argument) { return argument.secret && argument.required; });
}

// People are shown the name they would type: the server's own verbs and names written for programs
// (directMessage) come second to their alias.
const std::string& friendly_name(const CommandSpec& spec) {
  const bool technical =
      spec.plugin == kCorePlugin ||
      std::any_of(spec.name.begin(), spec.name.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return technical && !spec.aliases.empty() ? spec.aliases[0] : spec.name;
}

std::string other_names(const CommandSpec& spec, bool russian) {
  std::string list;
  const auto add = [&](const std::string& name) {
    if (name != friendly_name(spec)) list += (list.empty() ? "/" : ", /") + name;
  };
  add(spec.name);
  for (const auto& alias : spec.aliases) add(alias);
  if (list.empty()) return {};
  return (russian ? " (также " : " (also ") + list + ")";
}

std::string friendly_usage(const CommandSpec& spec) {
  return "/" + friendly_name(spec) + usage(spec).substr(spec.name.size() + 1);
}

std::string help_line(const CommandSpec& spec, std::string_view locale) {
  auto line = "- `" + friendly_usage(spec) + "`" + other_names(spec, locale == "ru");
  const auto& help = spec.help.in(locale);
  if (!help.empty()) line += " — " + help;
  return line + "\n";
}

std::string argument_line(const ArgumentSpec& argument, std::string_view locale) {
  auto line = "- `" + argument.name + "` (" + std::string(argument_type_name(argument.type));
  for (const auto& choice : argument.choices)
    line += (&choice == &argument.choices[0] ? ": " : ", ") + choice;
  line += ")";
  const auto& help = argument.help.in(locale);
  return line + (help.empty() ? "" : " — " + help) + "\n";
}

std::string help_on(const CommandSpec& spec, std::string_view locale) {
  auto text = "**" + friendly_usage(spec) + "**" + other_names(spec, locale == "ru") + "\n";
  text += spec.help.in(locale) + "\n";
  for (const auto& argument : spec.args)
    if (!argument.secret) text += argument_line(argument, locale);
  return text;
}

}  // namespace

std::string command_list_json(const CommandTable& table, const users::User* user,
                              std::string_view locale) {
  std::string out;
  {
    ObjectWriter object(out);
    object.field("rev", table.rev());
    ArrayWriter commands(object.key("commands"));
    for (const auto& entry : table.entries())
      if (offered(table, entry->spec, user))
        append_command(commands.next(), table, entry->spec, locale);
  }
  return out;
}

std::string help_text(const CommandTable& table, const users::User* user, std::string_view locale,
                      std::string_view name) {
  if (!name.empty()) {
    const auto* entry = table.find(name[0] == '/' ? name.substr(1) : name);
    return entry && offered(table, (*entry)->spec, user) ? help_on((*entry)->spec, locale) : "";
  }
  std::string text = locale == "ru" ? "**Команды**\n" : "**Commands**\n";
  std::map<std::string, std::string> lines;  // by plugin; the server's own come first
  for (const auto& entry : table.entries()) {
    const CommandSpec& spec = entry->spec;
    if (!offered(table, spec, user) || !fits_a_line(spec)) continue;
    lines[spec.plugin == kCorePlugin ? "" : spec.plugin] += help_line(spec, locale);
  }
  for (const auto& [plugin, list] : lines)
    text += (plugin.empty() ? "\n" : "\n**" + plugin + "**\n") + list;
  text += locale == "ru" ? "\n`/help команда` расскажет об одной из них."
                         : "\n`/help command` tells more about one of them.";
  return text;
}

}  // namespace parley::command
