// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "ctl/access_verbs.h"
#include "ctl/words.h"

namespace parley::ctl {
namespace {

constexpr std::int64_t kLongestWait = 7LL * 24 * 3600 * 1000;

// One command runs per process: each verb reads its own of these.
struct AclWords {
  AclRule rule;
  AclCooldown waits;
  std::string name, command, user, channel;
  int place = 0, to = 0;
  bool remove = false;
};
using Words = std::shared_ptr<AclWords>;

void add_rule(CLI::App& acl, const AddVerb& verb, const Words& words, bool allow) {
  auto* added = verb(acl, allow ? "allow" : "deny",
                     allow ? "let somebody call a command" : "keep somebody from a command",
                     [words, allow](Context& c) { return acl_add(c, allow, words->rule); });
  added->add_option("SUBJECT", words->rule.subject, "everyone, guests, role:ROLE or user:NAME")
      ->required();
  added->add_option("COMMAND", words->rule.command, "its name, plugin:ID, or * for all")
      ->capture_default_str();
  added->add_option("--channel", words->rule.channel, "only there")
      ->type_name("CHANNEL")
      ->capture_default_str();
  added->add_option("--note", words->rule.note, "why; shown in the list")->type_name("TEXT");
  added->add_option("--at", words->rule.at, "its place; the last when left out")
      ->check(CLI::PositiveNumber)
      ->type_name("PLACE");
}

void add_places(CLI::App& acl, const AddVerb& verb, const Words& words) {
  auto* removed = verb(acl, "remove", "take a rule away",
                       [words](Context& c) { return acl_remove(c, words->place); });
  auto* moved = verb(acl, "move", "put a rule in another place",
                     [words](Context& c) { return acl_move(c, words->place, words->to); });
  for (auto* one : {removed, moved})
    one->add_option("PLACE", words->place, "as `acl list` counts")
        ->required()
        ->check(CLI::PositiveNumber);
  moved->add_option("TO", words->to)->required()->check(CLI::PositiveNumber);
}

void add_explain(CLI::App& acl, const AddVerb& verb, const Words& words) {
  auto* why = verb(acl, "explain", "may somebody call a command, and why", [words](Context& c) {
    return acl_explain(c, words->user, words->command, words->channel);
  });
  why->add_option("USER", words->user, "a name or an id")->required()->type_name("USER");
  why->add_option("COMMAND", words->command)->required();
  why->add_option("--channel", words->channel, "in this channel")->type_name("CHANNEL");
}

void add_alias(CLI::App& acl, const AddVerb& verb, const Words& words) {
  auto* alias = verb(acl, "alias", "another name for a command", [words](Context& c) {
    if (words->remove != words->command.empty())
      return refuse(c, Status::invalid_args("give a command, or --remove"));
    return acl_alias(c, words->name, words->command);
  });
  alias->add_option("NAME", words->name, "the other name")->required();
  alias->add_option("COMMAND", words->command, "what it stands for");
  alias->add_flag("--remove", words->remove, "it is a name no more");
}

void add_cooldown(CLI::App& acl, const AddVerb& verb, const Words& words) {
  auto* waits = verb(acl, "cooldown", "how long to wait between two calls", [words](Context& c) {
    const bool any = words->waits.user || words->waits.channel || words->waits.all;
    if (words->remove == any)
      return refuse(c, Status::invalid_args("give --user, --channel or --all, or --remove"));
    return acl_cooldown(c, words->command, words->waits);
  });
  waits->add_option("COMMAND", words->command)->required();
  const auto add = [&](const char* name, std::optional<std::int64_t>& wait, const char* help) {
    waits->add_option(name, wait, help)
        ->check(CLI::Range(std::int64_t{0}, kLongestWait))
        ->type_name("MS");
  };
  add("--user", words->waits.user, "between two calls by one person, in milliseconds");
  add("--channel", words->waits.channel, "between two calls in one channel");
  add("--all", words->waits.all, "between any two calls");
  waits->add_flag("--remove", words->remove, "as the plugin says again");
}

}  // namespace

void add_access_words(CLI::App& app, const AddVerb& verb) {
  auto& acl = add_group(app, "acl", "who may call which command, under which names, how often");
  const auto words = std::make_shared<AclWords>();
  verb(acl, "list", "rules, other names and waits", [](Context& c) { return acl_list(c); });
  add_rule(acl, verb, words, true);
  add_rule(acl, verb, words, false);
  add_places(acl, verb, words);
  add_explain(acl, verb, words);
  add_alias(acl, verb, words);
  add_cooldown(acl, verb, words);
}

}  // namespace parley::ctl
