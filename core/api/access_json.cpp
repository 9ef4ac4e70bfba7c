// SPDX-License-Identifier: Apache-2.0
#include "api/access_json.h"

#include <string>
#include <utility>

#include "api/admin_support.h"

namespace parley::api {
namespace {

constexpr std::int64_t kLongestCooldown = 7LL * 24 * 3600 * 1000;

Json to_json(const command::CooldownRule& rule) {
  Json json = Json::object();
  if (rule.user) json["user"] = rule.user->count();
  if (rule.channel) json["channel"] = rule.channel->count();
  if (rule.all) json["all"] = rule.all->count();
  return json;
}

Status read_wait(const Json& json, const char* key, std::optional<Millis>& wait) {
  const auto found = json.find(key);
  if (found == json.end()) return Status::ok();
  if (!found->is_number_integer() || *found < 0 || *found > kLongestCooldown)
    return Status::invalid_args(std::string(key) +
                                ": milliseconds from 0 to 604800000 (seven days)");
  wait = Millis(found->get<std::int64_t>());
  return Status::ok();
}

}  // namespace

Json to_json(const command::AccessRule& rule) {
  return {{"allow", rule.allow},
          {"subject", rule.subject},
          {"command", rule.command},
          {"channel", rule.channel},
          {"note", rule.note}};
}

Json to_json(const command::AccessPolicy& policy) {
  Json rules = Json::array(), cooldowns = Json::object();
  for (const auto& rule : policy.rules) rules.push_back(to_json(rule));
  for (const auto& [name, rule] : policy.cooldowns) cooldowns[name] = to_json(rule);
  return {{"rules", rules}, {"aliases", policy.aliases}, {"cooldowns", cooldowns}};
}

Result<command::AccessRule> read_rule(const Json& json) {
  const auto allow = json.find("allow");
  if (allow == json.end() || !allow->is_boolean())
    return Status::invalid_args("a rule says \"allow\": true or false");
  Fields fields(json);
  command::AccessRule rule{.allow = allow->get<bool>(),
                           .subject = fields.text("subject"),
                           .command = fields.text("command", "*"),
                           .channel = fields.text("channel", "*"),
                           .note = fields.text("note")};
  if (!fields.status()) return fields.status();
  if (auto status = check(rule); !status) return status;
  return rule;
}

Result<command::CooldownRule> read_cooldown(const Json& json) {
  command::CooldownRule rule;
  for (const auto& [key, wait] : {std::pair("user", &rule.user),
                                  std::pair("channel", &rule.channel), std::pair("all", &rule.all)})
    if (auto status = read_wait(json, key, *wait); !status) return status;
  if (rule == command::CooldownRule{})
    return Status::invalid_args("say how long to wait: user, channel or all, in milliseconds");
  return rule;
}

Result<command::AccessPolicy> read_policy(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Status::invalid_args("the stored rules are no JSON object");
  command::AccessPolicy policy;
  const auto rules = json.value("rules", Json::array());
  const auto aliases = json.value("aliases", Json::object());
  const auto cooldowns = json.value("cooldowns", Json::object());
  for (const auto& one : rules) {
    auto rule = read_rule(one);
    if (!rule) return rule.status();
    policy.rules.push_back(std::move(*rule));
  }
  for (const auto& [alias, command] : aliases.items())
    if (command.is_string()) policy.aliases[alias] = command.get<std::string>();
  for (const auto& [name, one] : cooldowns.items()) {
    auto rule = read_cooldown(one);
    if (!rule) return rule.status();
    policy.cooldowns[name] = *rule;
  }
  return policy;
}

}  // namespace parley::api
