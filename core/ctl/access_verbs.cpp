// SPDX-License-Identifier: Apache-2.0
#include "ctl/access_verbs.h"

#include <string>

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr const char* kRules = "/admin/v1/access/rules";

std::string value_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Rules with their places first, because the first that matches decides.
void print_access(Context& context, const Json& body) {
  Json rows = Json::array();
  for (const auto& rule : body.at("rules")) {
    Json row = rule;
    row["place"] = rows.size() + 1;
    row["says"] = rule.at("allow").get<bool>() ? "allow" : "deny";
    rows.push_back(std::move(row));
  }
  print_list(context, {{"rules", rows}}, "rules",
             {"place", "says", "subject", "command", "channel", "note"});
  for (const auto& [alias, command] : body.at("aliases").items())
    context.terminal.out << "alias /" << alias << " is /" << value_text(command) << '\n';
  for (const auto& [command, waits] : body.at("cooldowns").items()) {
    context.terminal.out << "cooldown /" << command;
    for (const auto& [who, ms] : waits.items())
      context.terminal.out << ' ' << who << ' ' << value_text(ms) << " ms";
    context.terminal.out << '\n';
  }
  if (const auto warning = body.find("warning"); warning != body.end())
    context.terminal.err << "warning: " << value_text(*warning) << '\n';
}

void print_explanation(Context& context, const Json& body) {
  const auto channel = body.at("channel").get<std::string>();
  context.terminal.out << body.at("user").get<std::string>()
                       << (body.at("allowed").get<bool>() ? " may call " : " may not call ")
                       << body.at("command").get<std::string>()
                       << (channel.empty() ? "" : " in " + channel) << ": "
                       << body.at("because").get<std::string>() << '\n';
}

int changed(Context& context, const std::string& path, const Json& body) {
  return answer(context, context.client().post(path, body), print_access);
}

}  // namespace

int acl_list(Context& context) {
  return answer(context, context.client().get("/admin/v1/access"), print_access);
}

int acl_add(Context& context, bool allow, const AclRule& rule) {
  Json body{{"allow", allow},
            {"subject", rule.subject},
            {"command", rule.command},
            {"channel", rule.channel},
            {"note", rule.note}};
  if (rule.at > 0) body["at"] = rule.at;
  return changed(context, kRules, body);
}

int acl_remove(Context& context, int place) {
  return changed(context, std::string(kRules) + "/" + std::to_string(place) + "/remove",
                 Json::object());
}

int acl_move(Context& context, int place, int to) {
  return changed(context, std::string(kRules) + "/" + std::to_string(place) + "/move",
                 {{"to", to}});
}

int acl_explain(Context& context, const std::string& user, const std::string& command,
                const std::string& channel) {
  return answer(
      context,
      context.client().get("/admin/v1/access/explain?user=" + path_step(user) +
                           "&command=" + path_step(command) + "&channel=" + path_step(channel)),
      print_explanation);
}

int acl_alias(Context& context, const std::string& name, const std::string& command) {
  const auto path = "/admin/v1/access/aliases/" + path_step(name);
  if (command.empty()) return changed(context, path + "/remove", Json::object());
  return changed(context, path, {{"command", command}});
}

int acl_cooldown(Context& context, const std::string& command, const AclCooldown& waits) {
  const auto path = "/admin/v1/access/cooldowns/" + path_step(command);
  Json body = Json::object();
  if (waits.user) body["user"] = *waits.user;
  if (waits.channel) body["channel"] = *waits.channel;
  if (waits.all) body["all"] = *waits.all;
  return body.empty() ? changed(context, path + "/remove", body) : changed(context, path, body);
}

}  // namespace parley::ctl
