// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "ctl/log_view.h"
#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  std::string since, user, action, level, component, plugin, session, request, file;
  int limit = 50;
  std::size_t last = 0;
  bool follow = false;
};
using Words = std::shared_ptr<Typed>;

int show_audit(Context& context, const Typed& words) {
  AuditFilter filter{words.limit, 0, words.user, words.action};
  if (!words.since.empty()) {
    const auto since = since_ms(words.since, SystemClock().wall_ms());
    if (!since) return wrong_since(context, words.since);
    filter.since = *since;
  }
  return audit(context, filter);
}

int show_logs_of(Context& context, const Typed& words) {
  LogFilter filter{.component = words.component,
                   .plugin = words.plugin,
                   .user = words.user,
                   .session = words.session,
                   .request = words.request};
  if (!words.since.empty()) {
    const auto since = since_from(words.since, SystemClock().wall_ms());
    if (!since) return wrong_since(context, words.since);
    filter.since = *since;
  }
  if (!words.level.empty()) filter.level = log::parse_level(words.level).value_or(filter.level);
  const auto file = words.file.empty() ? context.state_dir + "/logs/parley.jsonl" : words.file;
  return show_logs(context, file, filter, words.last, words.follow);
}

void add_audit(CLI::App& app, const AddVerb& verb, const Words& words) {
  auto* audited = verb(app, "audit", "logins, failed ones, and what admins did, newest first",
                       [words](Context& c) { return show_audit(c, *words); });
  audited->add_option("--limit", words->limit, "at most so many")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  audited->add_option("--since", words->since, "15m, 2h, 2026-01-31, 2026-01-31T12:00Z");
  audited->add_option("--user", words->user, "who did it or to whom it was done: a name or an id")
      ->type_name("USER");
  audited->add_option("--action", words->action,
                      "this action; `plugin` finds plugin.load and all others of plugins");
}

void add_levels(CLI::App& app, const AddVerb& verb, const Words& words) {
  auto& log = add_group(app, "log", "the running server's log");
  verb(log, "levels", "every component with its level", [](Context& c) { return log_levels(c); });
  auto* level = verb(log, "level", "set a component's level, until the next reload",
                     [words](Context& c) { return log_level(c, words->component, words->level); });
  level->add_option("COMPONENT", words->component, "one that `log levels` shows, or all")
      ->required()
      ->type_name("COMPONENT");
  level->add_option("LEVEL", words->level)
      ->required()
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}));
}

}  // namespace

void add_log_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  add_audit(app, verb, words);
  auto* logs = verb(app, "logs", "the server's log, read from the state folder",
                    [words](Context& c) { return show_logs_of(c, *words); });
  logs->add_option("--since", words->since, "15m, 2h, 2026-01-31, 2026-01-31T12:00Z");
  logs->add_option("--level", words->level, "this level and above")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical"}));
  const auto components = log::components();
  logs->add_option("--component", words->component, "of this part of the server")
      ->type_name("COMPONENT")
      ->check(CLI::IsMember(std::vector<std::string>(components.begin(), components.end())));
  logs->add_option("--plugin", words->plugin, "of this plugin")->type_name("PLUGIN");
  logs->add_option("--user", words->user, "of this person's name")->type_name("USER");
  logs->add_option("--session", words->session, "of this session")->type_name("SESSION");
  logs->add_option("--request", words->request, "of the command with this id");
  logs->add_option("-n,--lines", words->last, "only the last so many");
  logs->add_flag("-f,--follow", words->follow, "and what comes, until interrupted");
  logs->add_option("--file", words->file, "the log file, when log.file is not the default")
      ->type_name("FILE");
  add_levels(app, verb, words);
}

}  // namespace parley::ctl
