// SPDX-License-Identifier: Apache-2.0
#include "config/flags.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "config/absent_plugins.h"
#include "config/plugin_settings.h"

namespace parley::config {
namespace {

constexpr int kRefused = 1, kUsage = 2;

struct Line {
  std::string config, state, listen, operator_address, restore;
  std::vector<std::string> sets;
  bool check = false, print = false;
};

void declare(CLI::App& app, Line& line) {
  app.set_version_flag("--version", "parleyd " PARLEY_VERSION);
  app.add_option("--config", line.config, "configuration file; plugins.d lies beside it")
      ->type_name("FILE");
  app.add_option("--state", line.state, "folder of database, keys, socket and logs")
      ->type_name("DIR");
  app.add_option("--listen", line.listen, "client port: page and WebSocket")
      ->type_name("HOST:PORT");
  app.add_option("--operator", line.operator_address, "operator port: health, metrics, admin API")
      ->type_name("HOST:PORT");
  app.add_option("--set", line.sets, "any key of the configuration; may be repeated")
      ->type_name("KEY.PATH=VALUE")
      ->expected(1)
      ->allow_extra_args(false)
      ->take_all();
  auto* check =
      app.add_flag("--check-config", line.check, "say whether the configuration is good, and end");
  auto* print =
      app.add_flag("--print-config", line.print, "print every value with its origin, and end");
  auto* restore =
      app.add_option("--restore", line.restore, "put a backup in place of the database, and end")
          ->type_name("FILE");
  check->excludes(print)->excludes(restore);
  print->excludes(restore);
}

Start usage(std::string complaint) {
  return {.mode = Mode::kDone,
          .exit_code = kUsage,
          .complaint = std::move(complaint) + "\nparleyd --help shows the flags.\n"};
}

// False and a sentence when a --set has no "=".
bool collect_flags(const Line& line, Settings& flags, std::string& why) {
  for (const auto& set : line.sets) {
    const auto equals = set.find('=');
    if (equals == set.npos || equals == 0) {
      why = fmt::format("--set {}: write --set key.path=value", set);
      return false;
    }
    flags.emplace_back(set.substr(0, equals), set.substr(equals + 1));
  }
  const auto add = [&flags](const char* path, const std::string& value) {
    if (!value.empty()) flags.emplace_back(path, value);
  };
  add("state", line.state);
  add("listen.address", line.listen);
  add("listen.operator_address", line.operator_address);
  return true;
}

void check_plugins(Start& start) {
  const Config& config = start.loaded.config;
  for (const auto& id : config.plugins.enabled) {
    auto plugin =
        load_plugin_settings(start.plugin_settings, config.state_dir, id, config.plugins.limits);
    std::ranges::move(plugin.problems, std::back_inserter(start.loaded.problems));
  }
}

std::string warnings(const Start& start) {
  std::string text;
  for (const auto& warning : absent_plugins(start.loaded, start.plugin_settings))
    text += "warning: " + warning.sentence() + "\n";
  return text;
}

int exit_code_for(const std::vector<Problem>& problems) {
  const bool from_flags =
      std::ranges::any_of(problems, [](const Problem& p) { return p.file == "flag"; });
  return from_flags ? kUsage : kRefused;
}

void decide(const Line& line, Start& start) {
  if (line.check) check_plugins(start);
  if (line.check) start.complaint = warnings(start);
  if (!start.loaded.ok()) {
    start.complaint += sentences(start.loaded.problems);
    start.exit_code = exit_code_for(start.loaded.problems);
  } else if (line.check) {
    start.output = "the configuration is good\n";
  } else if (line.print) {
    start.output = print(start.loaded);
  } else {
    start.mode = line.restore.empty() ? Mode::kRun : Mode::kRestore;
    start.restore_file = line.restore;
    if (start.mode == Mode::kRun) start.complaint = warnings(start);
  }
}

}  // namespace

std::vector<Flag> flags() {
  CLI::App app("", "parleyd");
  Line line;
  declare(app, line);
  std::vector<Flag> all;
  for (const auto* option : app.get_options()) {
    const bool valued = option->get_items_expected_max() > 0;
    all.push_back({"--" + option->get_lnames().front(), valued ? option->get_type_name() : "",
                   option->get_description()});
  }
  return all;
}

Start parse_flags(int argc, const char* const* argv, const Settings& environment) {
  CLI::App app("Parley: a chat-bot server with hot-reloadable plugins", "parleyd");
  Line line;
  declare(app, line);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {.output = app.help()};
  } catch (const CLI::CallForVersion& version) {
    return {.output = std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  Start start;
  start.sources = {.file = line.config, .environment = environment};
  std::string why;
  if (!collect_flags(line, start.sources.flags, why)) return usage(why);
  start.loaded = load(start.sources);
  start.plugin_settings = plugin_settings_folder(start.loaded.config, line.config);
  decide(line, start);
  return start;
}

}  // namespace parley::config
