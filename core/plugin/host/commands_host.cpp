// SPDX-License-Identifier: Apache-2.0
// parley.commands/1: declarations become CommandSpecs; a rule's command runs as its speaker.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <parley/ext/commands.h>

#include "command/dispatcher.h"
#include "plugin/argument_types.h"
#include "plugin/host/entry.h"
#include "plugin/host/json_check.h"
#include "protocol/json_writer.h"
#include "session/session_registry.h"

namespace parley::plugin {
namespace {

command::LocalText texts(const parley_text* all, std::uint64_t count) {
  command::LocalText text;
  for (std::uint64_t i = 0; i < count; ++i)
    (view(all[i].locale) == "ru" ? text.ru : text.en) = copy(all[i].text);
  return text;
}

std::vector<std::string> strings(const parley_string* all, std::uint64_t count) {
  std::vector<std::string> out;
  std::transform(all, all + count, std::back_inserter(out), copy);
  return out;
}

std::optional<std::string> preset_of(const parley_value& value) {
  switch (value.type) {
    case PARLEY_TYPE_NONE:
      return std::nullopt;
    case PARLEY_TYPE_INT:
      return std::to_string(value.as.integer);
    case PARLEY_TYPE_BOOL:
      return value.as.boolean != 0 ? "true" : "false";
    case PARLEY_TYPE_NUMBER: {
      std::string text;
      protocol::append_json_number(text, value.as.number);
      return text;
    }
    default:
      return copy(value.as.string);
  }
}

Result<command::ArgumentSpec> argument_of(const parley_argument* argument) {
  if (!PARLEY_HAS(argument, fallback))
    return Status::invalid_args("an argument's struct is too small");
  const auto type = argument_type_of(argument->type);
  if (!type)
    return Status::invalid_args("argument " + copy(argument->name) + " has an unknown type");
  command::ArgumentSpec spec;
  spec.name = copy(argument->name);
  spec.type = *type;
  spec.required = argument->flags & PARLEY_ARGUMENT_REQUIRED;
  spec.secret = argument->flags & PARLEY_ARGUMENT_SECRET;
  spec.rest = argument->flags & PARLEY_ARGUMENT_REST;
  spec.command_line = argument->flags & PARLEY_ARGUMENT_COMMAND_LINE;
  spec.choices = strings(argument->choices, argument->choice_count);
  if (argument->flags & PARLEY_ARGUMENT_HAS_MIN) spec.min = argument->minimum;
  if (argument->flags & PARLEY_ARGUMENT_HAS_MAX) spec.max = argument->maximum;
  spec.preset = preset_of(argument->fallback);
  spec.help = texts(argument->help, argument->help_count);
  return spec;
}

Result<command::CommandSpec> spec_of(const parley_command& declared) {
  command::CommandSpec spec;
  spec.name = copy(declared.name);
  spec.aliases = strings(declared.aliases, declared.alias_count);
  spec.help = texts(declared.help, declared.help_count);
  for (std::uint64_t i = 0; i < declared.argument_count; ++i) {
    auto argument = argument_of(declared.arguments[i]);
    if (!argument) return argument.status();
    spec.args.push_back(std::move(argument).value());
  }
  spec.roles = strings(declared.roles, declared.role_count);
  spec.anonymous = declared.flags & PARLEY_COMMAND_ANONYMOUS;
  spec.concurrent = declared.flags & PARLEY_COMMAND_CONCURRENT;
  spec.read_only = declared.flags & PARLEY_COMMAND_READ_ONLY;
  spec.clickable = declared.flags & PARLEY_COMMAND_CLICKABLE;
  spec.bridged = declared.flags & PARLEY_COMMAND_BRIDGED;
  spec.external = declared.flags & PARLEY_COMMAND_EXTERNAL;
  spec.secret_reply = declared.flags & PARLEY_COMMAND_SECRET_REPLY;
  spec.open = declared.flags & PARLEY_COMMAND_OPEN;
  spec.cooldown = Millis(std::max<std::int64_t>(0, declared.cooldown));
  if (auto status = command::validate(spec); !status) return status;
  return spec;
}

parley_status add(const parley_host* host, const parley_command* declared) {
  auto* plugin = enter(host, {Phase::kStart}, "commands.add");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(declared, cooldown)) return PARLEY_E_INVALID;
  auto spec = spec_of(*declared);
  if (!spec) {
    plugin->misbehaved("command " + copy(declared->name) + " refused: " + spec.status().message());
    return PARLEY_E_INVALID;
  }
  if (spec->anonymous && !plugin->granted("anonymous")) {
    plugin->misbehaved("command " + spec->name +
                       " is declared anonymous, but the permission `anonymous` was not granted");
    return PARLEY_E_DENIED;
  }
  auto& into = plugin->collecting();
  spec->version = plugin->manifest().version;
  spec->generation = plugin->generation();
  into.commands.push_back(
      {std::move(spec).value(), static_cast<std::uint32_t>(into.handlers.size())});
  into.handlers.push_back(declared->handler);
  return PARLEY_OK;
}

void ran(PluginInstance& plugin, parley_token token, parley_status status, std::string code) {
  if (token == 0) return;
  plugin.complete(
      [half = plugin.halves().commands, token, status, code = std::move(code)](void* data) {
        if (half != nullptr && half->on_ran != nullptr)
          half->on_ran(data, token, status, borrow(code));
      });
}

// The request is this plugin's own, open, of that session, and no rule's itself.
parley_status may_answer(PluginInstance& plugin, command::CallId call, std::uint64_t session_key) {
  const auto caller = plugin.services().dispatcher.replies().peek(call);
  if (!caller) return PARLEY_E_STALE;
  if (caller->entry->spec.plugin != plugin.id() || caller->session_key != session_key) {
    plugin.misbehaved("commands.run: the request is not its own, or not of that session");
    return PARLEY_E_INVALID;
  }
  if (caller->rule != nullptr) return PARLEY_E_DENIED;
  return PARLEY_OK;
}

// Completes once: a command that waited for its turn goes without a word when its session closes.
class Running {
 public:
  Running(PluginInstance& plugin, parley_token token, command::CallId answers)
      : plugin_(plugin.pin()), token_(token), answers_(answers) {}
  ~Running() {
    if (plugin_ != nullptr) end(PARLEY_E_NOT_FOUND, "");
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void end(parley_status status, std::string_view code) {
    const auto plugin = std::move(plugin_);
    if (answers_) plugin->settle(answers_);
    ran(*plugin, token_, status, std::string(code));
  }

 private:
  std::shared_ptr<PluginInstance> plugin_;
  const parley_token token_;
  const command::CallId answers_;
};

command::RuleRun rule_of(PluginInstance& plugin, parley_token token, command::CallId answers) {
  auto running = std::make_shared<Running>(plugin, token, answers);
  return {.plugin = plugin.id(),
          .answers = answers,
          .ended = [running](command::RuleEnd end, std::string_view code) {
            const bool ran_at_all = end != command::RuleEnd::kNobodyThere;
            running->end(ran_at_all ? PARLEY_OK : PARLEY_E_NOT_FOUND, code);
          }};
}

// The inner command's frames go to the speaker's session like those of a typed command, or its last
// one answers the request.
parley_status run(const parley_host* host, parley_token token, const parley_command_run* run) {
  auto* plugin = enter(host, {Phase::kPlugin}, "commands.run");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(run, request)) return PARLEY_E_INVALID;
  if (!plugin->granted("buttons")) return PARLEY_E_DENIED;
  if (!object_problem("arguments", view(run->arguments)).empty()) return PARLEY_E_INVALID;
  const auto table = plugin->services().commands.table();
  const auto* entry = table->find(view(run->action));
  if (entry == nullptr) return PARLEY_E_NOT_FOUND;
  if (!(*entry)->spec.clickable) return PARLEY_E_DENIED;
  const auto key = plugin->services().sessions.key_of(view(run->session));
  if (key == 0) return PARLEY_E_NOT_FOUND;
  if (CallScope::of(*plugin)->from_rule) return PARLEY_E_DENIED;
  const command::CallId answers{run->request};
  if (answers) {
    if (const auto status = may_answer(*plugin, answers, key)) return status;
    if (!plugin->has_deferred(answers) && !plugin->defer(answers)) return PARLEY_E_STALE;
  }
  std::string message;
  {
    protocol::ObjectWriter writer(message);
    writer.field("action", view(run->action));
    writer.raw("data", run->arguments.size > 0 ? view(run->arguments) : "{}");
  }
  // What it does is not stored together with the answer of the command that runs it.
  if (!(*entry)->spec.read_only) plugin->services().dispatcher.mark_running(plugin->id());
  plugin->services().dispatcher.run_as(key, std::move(message), rule_of(*plugin, token, answers));
  return PARLEY_OK;
}

}  // namespace

const parley_host_commands* commands_table() {
  static const parley_host_commands table{sizeof(parley_host_commands), 0, add, run};
  return &table;
}

}  // namespace parley::plugin
