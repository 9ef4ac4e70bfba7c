// SPDX-License-Identifier: Apache-2.0
// What the operator says about commands beside their plugins: who may call them where, other names
// for them, and how long to wait between two calls. Part of the command table, so that a change
// reaches every shard as one swap.
//
// Rules are read from the first on, and the first that matches decides; where none does, the roles
// count that the command declares. What keeps a connection going (auth, resume, ping, …) is outside
// all rules, and `parleyctl` too: nobody can be locked out for good.
//
// Thread: immutable once published. Failure: check() says what is wrong with a rule.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace parley::users {
struct User;
}

namespace parley::command {

struct CommandSpec;

struct AccessRule {
  bool allow = true;
  std::string subject;        // "everyone", "guests", "role:<role>", "user:<id>"
  std::string command = "*";  // a command's name (no alias), "plugin:<id>", or "*"
  std::string channel = "*";  // where it is called, exact; "*": anywhere, or nowhere in particular
  std::string note;           // for people
  bool operator==(const AccessRule&) const = default;
};

// Between two calls of one command; 0: no wait. What is not given is as the command declares it.
struct CooldownRule {
  std::optional<Millis> user;     // by the same user
  std::optional<Millis> channel;  // in the same channel
  std::optional<Millis> all;      // by anybody
  bool operator==(const CooldownRule&) const = default;
};

struct AccessPolicy {
  std::vector<AccessRule> rules;
  std::map<std::string, std::string, std::less<>> aliases;     // other name -> command's name
  std::map<std::string, CooldownRule, std::less<>> cooldowns;  // by command's name

  // The first rule that matches; nothing: the command's own roles count.
  std::optional<std::size_t> deciding_rule(const users::User& user, const CommandSpec& spec,
                                           std::string_view channel) const;
  bool may_call(const users::User& user, const CommandSpec& spec, std::string_view channel) const;
  // In some channel at least: for what people are offered.
  bool may_call_somewhere(const users::User& user, const CommandSpec& spec) const;
  // Some rule is about this command.
  bool concerns(const CommandSpec& spec) const;
  // nullptr when there is none.
  const CooldownRule* cooldown(std::string_view command) const;
};

// Whether the form is right; not whether such a user or command is there now.
Status check(const AccessRule& rule);

// The roles that the command itself declares.
bool has_declared_role(const CommandSpec& spec, const users::User& user);

}  // namespace parley::command
