// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "ctl/version_words.h"
#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  std::string id, from, file;
  std::vector<std::string> ids, sets, share;
  bool all = false, once = false;
};
using Words = std::shared_ptr<Typed>;

int begin_canary(Context& context, Typed& words) {
  auto& share = words.share;
  if (share[0] == "user" && share.size() > 1)
    return plugin_canary(context, words.id, share, words.from);
  if (share.size() == 1 && share[0].ends_with('%')) share[0].pop_back();
  const bool is_number = share.size() == 1 && !share[0].empty() && share[0].size() <= 2 &&
                         share[0].find_first_not_of("0123456789") == std::string::npos;
  if (!is_number) return wrong_usage(context, "write a percentage from 1 to 99, or: user NAME...");
  return plugin_canary(context, words.id, share, words.from);
}

int reload_plugins(Context& context, const Typed& words) {
  if (words.all == !words.ids.empty())
    return wrong_usage(context, "name the plugins to reload, or give --all and no name");
  if (!words.from.empty() && words.ids.size() != 1)
    return wrong_usage(context, "--from is the file of one plugin: give one name with it");
  return plugin_reload(context, words.ids, words.all, words.from);
}

int configure(Context& context, const Typed& words) {
  KeyValues changes;
  for (const auto& set : words.sets) {
    const auto equals = set.find('=');
    if (equals == set.npos || equals == 0)
      return wrong_usage(context, "--set " + set + ": write --set key.path=value");
    changes.emplace_back(set.substr(0, equals), set.substr(equals + 1));
  }
  return plugin_config(context, words.id, changes);
}

CLI::App* add_operation(CLI::App& plugin, const AddVerb& verb, const Words& words,
                        const char* operation, const char* help) {
  auto* added = verb(plugin, operation, help, [words, operation](Context& c) {
    return plugin_operate(c, operation, words->id, words->from);
  });
  added->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  return added;
}

void add_reload(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* reloaded = verb(plugin, "reload", "the next version takes over; a bad one never does",
                        [words](Context& c) { return reload_plugins(c, *words); });
  reloaded->add_option("NAME", words->ids)->type_name("PLUGIN");
  reloaded->add_flag("--all", words->all, "every plugin that serves");
  reloaded->add_option("--from", words->from, "another file than the one it came from")
      ->type_name("FILE");
}

void add_canary(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  auto* tried = verb(plugin, "canary", "a next version serves some sessions beside the old one",
                     [words](Context& c) { return begin_canary(c, *words); });
  tried->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  tried->add_option("SHARE", words->share, "PERCENT, or user NAME...")->required();
  tried->add_option("--from", words->from, "another file than the one it came from")
      ->type_name("FILE");
}

void add_operations(CLI::App& plugin, const AddVerb& verb, const Words& words) {
  verb(plugin, "list", "every plugin with its state", [](Context& c) { return plugin_list(c); });
  auto* info =
      verb(plugin, "info", "one plugin", [words](Context& c) { return plugin_info(c, words->id); });
  info->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  add_operation(plugin, verb, words, "load", "while people stay connected")
      ->add_option("--from", words->from, "another file than the folder's")
      ->type_name("FILE");
  add_operation(plugin, verb, words, "unload", "while people stay connected");
  add_operation(plugin, verb, words, "rollback", "back to the version before; ends a canary");
  add_operation(plugin, verb, words, "promote", "the canary serves everybody");
  add_operation(plugin, verb, words, "quarantine", "call it no more for a while");
  add_operation(plugin, verb, words, "release", "out of quarantine: call it again");
  add_reload(plugin, verb, words);
  add_canary(plugin, verb, words);
  auto* config = verb(plugin, "config", "show its keys, or set some",
                      [words](Context& c) { return configure(c, *words); });
  config->add_option("NAME", words->id)->required()->type_name("PLUGIN");
  config->add_option("--set", words->sets, "a key of the plugin; null takes a value back")
      ->type_name("KEY.PATH=VALUE")
      ->expected(1)
      ->take_all();
}

void add_authoring(CLI::App& app, CLI::App& plugin, const AddVerb& verb, const AddProgram& program,
                   const Words& words) {
  auto* written = verb(plugin, "new", "write a plugin to begin with",
                       [words](Context& c) { return plugin_new(c, words->id, words->file); });
  written->add_option("NAME", words->id, "lower-case letters, digits and -")->required();
  written->add_option("DIR", words->file, "the folder to make; by default ./NAME")
      ->type_name("DIR");
  program(plugin, "check", "hold a built plugin against the contract (parley-plugin-check)");
  program(plugin, "run", "talk to a built plugin without a server (parley-plugin-run)");
  auto* developed =
      verb(app, "dev", "build a plugin at every save and reload it in the running server",
           [words](Context& c) { return dev(c, words->file, words->once); });
  developed->add_option("DIR", words->file, "the plugin's folder")->required()->type_name("DIR");
  developed->add_flag("--once", words->once, "build and reload now, then end");
}

}  // namespace

void add_plugin_words(CLI::App& app, const AddVerb& verb, const AddProgram& program) {
  const auto words = std::make_shared<Typed>();
  auto& plugin =
      add_group(app, "plugin", "list, load, unload, reload and configure plugins; write one");
  add_operations(plugin, verb, words);
  add_authoring(app, plugin, verb, program, words);
  add_version_words(add_group(app, "key", "keys that sign plugins"), plugin, verb);
}

}  // namespace parley::ctl
