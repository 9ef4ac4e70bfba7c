// SPDX-License-Identifier: Apache-2.0
#include "command/access_policy.h"

#include <algorithm>
#include <array>

#include "command/command_spec.h"
#include "protocol/envelope.h"
#include "users/accounts.h"

namespace parley::command {
namespace {

constexpr std::array<std::string_view, 6> kOutsideRules{"auth", "resume", "ping",
                                                        "ack",  "sync",   "commands"};
constexpr std::string_view kAny = "*", kPlugin = "plugin:", kRole = "role:", kUser = "user:";

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool is_outside(const CommandSpec& spec) {
  return spec.plugin == kCorePlugin &&
         std::find(kOutsideRules.begin(), kOutsideRules.end(), spec.name) != kOutsideRules.end();
}

bool is_about(const AccessRule& rule, const CommandSpec& spec) {
  if (rule.command == kAny || rule.command == spec.name) return true;
  return starts_with(rule.command, kPlugin) && rule.command.substr(kPlugin.size()) == spec.plugin;
}

bool is_about(const AccessRule& rule, const users::User& user) {
  if (rule.subject == "everyone") return true;
  if (rule.subject == "guests") return user.kind == "guest";
  if (starts_with(rule.subject, kRole)) return user.has_role(rule.subject.substr(kRole.size()));
  return starts_with(rule.subject, kUser) && rule.subject.substr(kUser.size()) == user.id;
}

Status check_subject(std::string_view subject) {
  if (subject == "everyone" || subject == "guests") return Status::ok();
  if (starts_with(subject, kUser) && subject.size() > kUser.size()) return Status::ok();
  if (starts_with(subject, kRole) && users::is_role(subject.substr(kRole.size())))
    return Status::ok();
  return Status::invalid_args(
      "a rule is about everyone, guests, role:user, role:moderator, role:admin, role:service or "
      "user:<name or id>, not about \"" +
      std::string(subject) + "\"");
}

Status check_command(std::string_view command) {
  if (command == kAny || protocol::is_action_name(command)) return Status::ok();
  if (starts_with(command, kPlugin) && command.size() > kPlugin.size()) return Status::ok();
  return Status::invalid_args("a rule is about a command's name, plugin:<id> or *, not about \"" +
                              std::string(command) + "\"");
}

}  // namespace

std::optional<std::size_t> AccessPolicy::deciding_rule(const users::User& user,
                                                       const CommandSpec& spec,
                                                       std::string_view channel) const {
  if (is_outside(spec)) return std::nullopt;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& rule = rules[i];
    const bool here = rule.channel == kAny || rule.channel == channel;
    if (here && is_about(rule, spec) && is_about(rule, user)) return i;
  }
  return std::nullopt;
}

bool AccessPolicy::may_call(const users::User& user, const CommandSpec& spec,
                            std::string_view channel) const {
  const auto rule = deciding_rule(user, spec, channel);
  return rule ? rules[*rule].allow : has_declared_role(spec, user);
}

bool AccessPolicy::may_call_somewhere(const users::User& user, const CommandSpec& spec) const {
  if (is_outside(spec)) return has_declared_role(spec, user);
  for (const auto& rule : rules) {
    if (!is_about(rule, spec) || !is_about(rule, user)) continue;
    if (rule.allow) return true;
    if (rule.channel == kAny) return false;  // what follows is never reached
  }
  return has_declared_role(spec, user);
}

bool AccessPolicy::concerns(const CommandSpec& spec) const {
  return !is_outside(spec) && std::any_of(rules.begin(), rules.end(),
                                          [&](const auto& rule) { return is_about(rule, spec); });
}

const CooldownRule* AccessPolicy::cooldown(std::string_view command) const {
  const auto found = cooldowns.find(command);
  return found == cooldowns.end() ? nullptr : &found->second;
}

Status check(const AccessRule& rule) {
  if (auto status = check_subject(rule.subject); !status) return status;
  if (auto status = check_command(rule.command); !status) return status;
  if (rule.channel.empty())
    return Status::invalid_args("the channel of a rule is a name, or * for anywhere");
  return Status::ok();
}

bool has_declared_role(const CommandSpec& spec, const users::User& user) {
  return spec.roles.empty() || std::any_of(spec.roles.begin(), spec.roles.end(),
                                           [&](const auto& role) { return user.has_role(role); });
}

}  // namespace parley::command
