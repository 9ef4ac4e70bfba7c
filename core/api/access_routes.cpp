// SPDX-License-Identifier: Apache-2.0
#include "api/access_routes.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "api/access_json.h"
#include "api/access_store.h"
#include "api/find_user.h"
#include "command/command_table.h"
#include "plugin/plugin_manager.h"
#include "protocol/envelope.h"
#include "session/channels.h"

namespace parley::api {
namespace {

using command::AccessPolicy;
using command::AccessRule;
using net::HttpRequest;
using net::HttpResponder;

// Rules are looked through at every call they concern.
constexpr std::size_t kMostRules = 1000, kMostNames = 1000;

// How a change stands in the audit, and what its maker should look at again.
struct Account {
  std::string action, target;
  std::string warning = {};
};

// Says in its second argument, for the audit, what it has changed.
using ToldChange = std::function<Status(AccessPolicy&, std::string&)>;

// Audited and answered with the policy that is now in force.
void change(const Context& context, const HttpRequest& request, Account account,
            const SharedResponder& answer, ToldChange what) {
  const auto detail = std::make_shared<std::string>();
  change_access(
      context.store, context.commands,
      [what = std::move(what), detail](AccessPolicy& policy) { return what(policy, *detail); },
      [&context, request, account = std::move(account), detail,
       answer](const Result<AccessPolicy>& policy) {
        audit(context, request, account.action, account.target, policy.status(), *detail);
        if (!policy) return respond(*answer, policy.status());
        Json body = to_json(*policy);
        body["ok"] = true;
        if (!account.warning.empty()) body["warning"] = account.warning;
        respond(*answer, body);
      });
}

// "deny guests roll in lab (no gambling)"
std::string described(const AccessRule& rule) {
  return (rule.allow ? "allow " : "deny ") + rule.subject + " " + rule.command +
         (rule.channel == "*" ? std::string(" anywhere") : " in " + rule.channel) +
         (rule.note.empty() ? std::string() : " (" + rule.note + ")");
}

// "user 5000 ms, all 0 ms"
std::string described(const command::CooldownRule& rule) {
  std::string text;
  for (const auto& [who, wait] : {std::pair("user", rule.user), std::pair("channel", rule.channel),
                                  std::pair("all", rule.all)})
    if (wait)
      text += (text.empty() ? "" : ", ") + std::string(who) + " " + std::to_string(wait->count()) +
              " ms";
  return text;
}

std::string described(const std::string& command) {
  return command;
}

// Its plugin may come later, so a command that is not there is taken, with a word about it.
std::string absent(const Context& context, const std::string& command) {
  constexpr std::string_view kPlugin = "plugin:";
  if (command == "*") return {};
  if (command.starts_with(kPlugin)) {
    const auto id = command.substr(kPlugin.size());
    const auto known = context.plugins.list();
    const bool there = std::ranges::any_of(known, [&](const auto& one) { return one.id == id; });
    return there ? std::string()
                 : "there is no plugin " + id + " now: this has an effect once it is loaded";
  }
  const auto table = context.commands.table();
  if (table->find(command) != nullptr) return {};
  const std::string plugin(table->withdrawn_by(command));
  return plugin.empty() ? "there is no command " + command +
                              " now: this has an effect once a plugin brings it; if it is a slip, "
                              "remove it again"
                        : command + " belongs to plugin " + plugin +
                              ", which is not loaded: this has an effect once it is";
}

// A command is kept by its name, whatever it was called by; what is not loaded now is taken as given.
std::string name_of(const Context& context, const std::string& command) {
  const auto table = context.commands.table();
  const auto* entry = table->find(command);
  return entry != nullptr ? (*entry)->spec.name : command;
}

// 1 is the first rule, as people count.
Result<std::size_t> place(const std::string& text, std::size_t most) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= most)
    return number - 1;
  return Status::not_found(most == 0 ? "there are no rules"
                                     : "there are the rules 1 to " + std::to_string(most) +
                                           ": `parleyctl acl list` shows them");
}

// ---- rules

// 1 is the first; behind the last one when nothing is said.
using Place = std::optional<std::int64_t>;

Status insert(AccessPolicy& policy, const AccessRule& rule, Place at, std::string& detail) {
  if (policy.rules.size() >= kMostRules)
    return Status::conflict("there are " + std::to_string(kMostRules) +
                            " rules already: remove some first");
  std::size_t index = policy.rules.size();
  if (at) index = std::min(index, static_cast<std::size_t>(*at) - 1);
  policy.rules.insert(policy.rules.begin() + static_cast<std::ptrdiff_t>(index), rule);
  detail = "set as rule " + std::to_string(index + 1) + ": " + described(rule);
  return Status::ok();
}

void insert_rule(const Context& context, const HttpRequest& request, AccessRule rule, Place at,
                 const SharedResponder& answer) {
  Account account{.action = rule.allow ? "access.allow" : "access.deny",
                  .target = rule.subject + " " + rule.command,
                  .warning = absent(context, rule.command)};
  change(context, request, std::move(account), answer,
         [rule = std::move(rule), at](AccessPolicy& policy, std::string& detail) {
           return insert(policy, rule, at, detail);
         });
}

// A plugin makes its channels when it needs them; others are there, or their name is a slip.
void insert_for_channel(const Context& context, const HttpRequest& request, AccessRule rule,
                        Place at, const SharedResponder& answer) {
  if (rule.channel == "*" || rule.channel.find(':') != std::string::npos)
    return insert_rule(context, request, std::move(rule), at, answer);
  const auto channel = rule.channel;
  context.channels.info(channel, [&context, request, rule = std::move(rule), at,
                                  answer](const Result<session::ChannelInfo>& info) {
    if (info) return insert_rule(context, request, rule, at, answer);
    if (info.status().code() != ErrorCode::kNotFound) return respond(*answer, info.status());
    respond(*answer, Status::not_found("there is no channel " + rule.channel +
                                       "; `parleyctl channels` shows what there is"));
  });
}

// "user:" names somebody; the rule keeps their id, because names change hands.
void add_rule(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  auto rule = read_rule(*body);
  if (!rule) return respond(responder, rule.status());
  rule->command = name_of(context, rule->command);
  Fields fields(*body);
  const auto at = fields.from_one("at");
  if (!fields.status()) return respond(responder, fields.status());
  auto answer = share(std::move(responder));
  constexpr std::string_view kUser = "user:";
  if (rule->subject.substr(0, kUser.size()) != kUser)
    return insert_for_channel(context, request, std::move(*rule), at, answer);
  with_user(context, rule->subject.substr(kUser.size()), answer,
            [&context, request, rule = *rule, at](const users::User& user,
                                                  const SharedResponder& found) mutable {
              rule.subject = "user:" + user.id;
              if (rule.note.empty()) rule.note = user.name;
              insert_for_channel(context, request, rule, at, found);
            });
}

void remove_rule(const Context& context, const HttpRequest& request, const PathValues& path,
                 HttpResponder responder) {
  if (!read_body(request, responder)) return;
  change(context, request, {.action = "access.remove", .target = path.at("place")},
         share(std::move(responder)),
         [number = path.at("place")](AccessPolicy& policy, std::string& detail) {
           const auto at = place(number, policy.rules.size());
           if (!at) return at.status();
           detail = "removed: " + described(policy.rules[*at]);
           policy.rules.erase(policy.rules.begin() + static_cast<std::ptrdiff_t>(*at));
           return Status::ok();
         });
}

void move_rule(const Context& context, const HttpRequest& request, const PathValues& path,
               HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto wanted = fields.from_one("to");
  if (!fields.status()) return respond(responder, fields.status());
  const auto to_text = wanted ? std::to_string(*wanted) : std::string();
  change(context, request, {.action = "access.move", .target = path.at("place") + " " + to_text},
         share(std::move(responder)),
         [from_text = path.at("place"), to_text](AccessPolicy& policy, std::string& detail) {
           const auto from = place(from_text, policy.rules.size());
           if (!from) return from.status();
           const auto to = place(to_text, policy.rules.size());
           if (!to) return to.status();
           detail = "moved: " + described(policy.rules[*from]);
           const auto first = policy.rules.begin();
           const auto a = static_cast<std::ptrdiff_t>(*from), b = static_cast<std::ptrdiff_t>(*to);
           if (a < b)
             std::rotate(first + a, first + a + 1, first + b + 1);
           else
             std::rotate(first + b, first + a, first + a + 1);
           return Status::ok();
         });
}

// ---- why

Json explanation(const AccessPolicy& policy, const users::User& user,
                 const command::CommandSpec& spec, const std::string& channel) {
  const auto rule = policy.deciding_rule(user, spec, channel);
  Json why{{"user", user.name},
           {"command", spec.name},
           {"channel", channel},
           {"allowed", policy.may_call(user, spec, channel)}};
  if (rule) {
    why["rule"] = *rule + 1;
    why["because"] = "rule " + std::to_string(*rule + 1) +
                     " says so: " + (policy.rules[*rule].allow ? "allow " : "deny ") +
                     policy.rules[*rule].subject + " " + policy.rules[*rule].command + " in " +
                     policy.rules[*rule].channel;
  } else if (spec.roles.empty()) {
    why["because"] = "no rule is about this, and the command is for everybody";
  } else {
    std::string roles;
    for (const auto& role : spec.roles) roles += (roles.empty() ? "" : ", ") + role;
    why["because"] = "no rule is about this, and the command is for the roles: " + roles;
  }
  return why;
}

void explain(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto user = request.query_value("user"), command = request.query_value("command");
  const auto channel = request.query_value("channel").value_or("");
  if (!user || !command)
    return respond(responder, Status::invalid_args("name a user and a command"));
  const auto table = context.commands.table();
  const auto* entry = table->find(*command);
  if (entry == nullptr)
    return respond(responder, Status::not_found("there is no command " + *command + " now"));
  with_user(context, *user, share(std::move(responder)),
            [table, spec = (*entry)->spec, channel](const users::User& found,
                                                    const SharedResponder& answer) {
              respond(*answer, explanation(table->access(), found, spec, channel));
            });
}

// ---- aliases and cooldowns

void set_alias(const Context& context, const HttpRequest& request, const PathValues& path,
               HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto alias = path.at("name"), wanted = fields.text("command");
  if (!fields.status()) return respond(responder, fields.status());
  if (!protocol::is_action_name(alias))
    return respond(responder, Status::invalid_args("\"" + alias +
                                                   "\" is no name for a command: letters, "
                                                   "digits and _, a letter first"));
  const auto table = context.commands.table();
  if (const auto* own = table->find_own(alias))
    return respond(responder, Status::conflict("/" + alias + " is a name of " + (*own)->spec.name +
                                               " of " + (*own)->spec.plugin + " already"));
  const auto* entry = table->find_own(wanted);
  if (entry == nullptr)
    return respond(responder, Status::not_found("there is no command " + wanted + " now"));
  change(context, request, {.action = "access.alias", .target = alias + " " + wanted},
         share(std::move(responder)),
         [alias, command = (*entry)->spec.name](AccessPolicy& policy, std::string& detail) {
           if (policy.aliases.size() >= kMostNames && policy.aliases.count(alias) == 0)
             return Status::conflict("there are " + std::to_string(kMostNames) +
                                     " aliases already: remove some first");
           policy.aliases[alias] = command;
           detail = "set: " + command;
           return Status::ok();
         });
}

void set_cooldown(const Context& context, const HttpRequest& request, const PathValues& path,
                  HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto rule = read_cooldown(*body);
  if (!rule) return respond(responder, rule.status());
  const auto command = name_of(context, path.at("name"));
  change(context, request,
         {.action = "access.cooldown", .target = command, .warning = absent(context, command)},
         share(std::move(responder)),
         [command, rule = *rule](AccessPolicy& policy, std::string& detail) {
           if (policy.cooldowns.size() >= kMostNames && policy.cooldowns.count(command) == 0)
             return Status::conflict("there are " + std::to_string(kMostNames) +
                                     " cooldowns already: remove some first");
           policy.cooldowns[command] = rule;
           detail = "set: " + described(rule);
           return Status::ok();
         });
}

// From a map of the policy.
template <typename Map>
void remove_named(const Context& context, const HttpRequest& request, const std::string& name,
                  HttpResponder responder, const char* action, Map AccessPolicy::*map) {
  if (!read_body(request, responder)) return;
  change(context, request, {.action = action, .target = name}, share(std::move(responder)),
         [name, map](AccessPolicy& policy, std::string& detail) {
           const auto found = (policy.*map).find(name);
           if (found == (policy.*map).end())
             return Status::not_found("there is none for " + name +
                                      ": `parleyctl acl list` shows what there is");
           detail = "removed: " + described(found->second);
           (policy.*map).erase(found);
           return Status::ok();
         });
}

}  // namespace

void add_access_routes(Router& router, const Context& context) {
  const auto add = [&](const char* method, const char* pattern, auto handler) {
    router.add(
        method, pattern,
        [&context, handler](const HttpRequest& r, const PathValues& p, HttpResponder answer) {
          handler(context, r, p, std::move(answer));
        });
  };
  add("GET", "/admin/v1/access",
      [](const Context& c, const HttpRequest&, const PathValues&, HttpResponder answer) {
        respond(answer, to_json(c.commands.table()->access()));
      });
  add("GET", "/admin/v1/access/explain",
      [](const Context& c, const HttpRequest& r, const PathValues&, HttpResponder answer) {
        explain(c, r, std::move(answer));
      });
  add("POST", "/admin/v1/access/rules",
      [](const Context& c, const HttpRequest& r, const PathValues&, HttpResponder answer) {
        add_rule(c, r, std::move(answer));
      });
  add("POST", "/admin/v1/access/rules/{place}/remove", remove_rule);
  add("POST", "/admin/v1/access/rules/{place}/move", move_rule);
  add("POST", "/admin/v1/access/aliases/{name}", set_alias);
  add("POST", "/admin/v1/access/aliases/{name}/remove",
      [](const Context& c, const HttpRequest& r, const PathValues& p, HttpResponder answer) {
        remove_named(c, r, p.at("name"), std::move(answer), "access.alias", &AccessPolicy::aliases);
      });
  add("POST", "/admin/v1/access/cooldowns/{name}", set_cooldown);
  add("POST", "/admin/v1/access/cooldowns/{name}/remove",
      [](const Context& c, const HttpRequest& r, const PathValues& p, HttpResponder answer) {
        remove_named(c, r, name_of(c, p.at("name")), std::move(answer), "access.cooldown",
                     &AccessPolicy::cooldowns);
      });
}

}  // namespace parley::api
