// SPDX-License-Identifier: Apache-2.0
#include "ctl/command_line.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "ctl/access_words.h"
#include "ctl/completion.h"
#include "ctl/examples.h"
#include "ctl/manual.h"
#include "ctl/server_names.h"
#include "ctl/verbs.h"
#include "ctl/version_words.h"

namespace parley::ctl {
namespace {

// The words of all verbs; each verb reads its own. One command runs per process, so they are not
// shared.
struct Words {
  std::string state = "var", format = "table", timeout = "60";
  std::string id, from, text, channel, reason, name, code, file, level, component, password_file,
      program, action, shell, page;
  std::vector<std::string> roles, sets;
  std::string since, plugin, user, session, request;
  std::string life, issuer;
  int limit = 50;
  std::size_t last = 0;
  bool follow = false, once = false, all = false, release = false, yes = false;
  std::vector<std::string> ids, share;
};

constexpr const char* kExitCodes = "Exit codes: 0 done, 1 refused, 2 usage.\n";

class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "parleyctl " PARLEY_VERSION);
    app_.add_option("--state", words_.state, "the server's state folder")
        ->envname("PARLEY_STATE")
        ->type_name("DIR")
        ->capture_default_str();
    app_.add_option("-o,--output", words_.format, "how to print")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    app_.add_option("--timeout", words_.timeout, "seconds to wait for the server")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app_.add_flag("-y,--yes", words_.yes, "do not ask before something is replaced");
    app_.footer(std::string("parleyctl VERB --help shows a verb with examples. ") + kExitCodes);
    add_server_verbs();
    add_plugin_verbs();
    add_author_verbs();
    add_people_verbs();
    const AddVerb adder = [this](CLI::App& parent, const char* name, const char* help,
                                 Action action) {
      return verb(parent, name, help, std::move(action));
    };
    add_access_words(*group("acl", "who may call which command, under which names, how often"),
                     adder);
    add_version_words(*group("key", "keys that sign plugins"), *plugin_, adder);
    add_log_verbs();
    add_config_verbs();
    add_shell_verbs();
    add_token_verbs();
    add_invitation_verbs();
  }

  int run(int argc, const char* const* argv, Terminal& terminal) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      terminal.out << app_.help();
      return kDone;
    } catch (const CLI::CallForVersion& version) {
      terminal.out << version.what() << '\n';
      return kDone;
    } catch (const CLI::ParseError& error) {
      return usage(terminal, error.what());
    }
    Context context{terminal,
                    words_.state,
                    app_.count("--state") > 0,
                    words_.format == "json" ? Format::kJson : Format::kTable,
                    Millis(1000 * std::stoll(words_.timeout)),
                    words_.yes};
    try {
      return action_(context);
    } catch (const nlohmann::json::exception&) {
      return refuse(context,
                    Status::internal("the server's answer has another shape than expected; "
                                     "are parleyd and parleyctl of the same version?"));
    }
  }

  const std::vector<std::string>& paths() const { return paths_; }

  // What a shell asks at TAB: one candidate a line, its meaning after a tab.
  int complete(const std::vector<std::string>& words, Terminal& terminal) {
    app_.parse(std::vector<std::string>{"status"});  // takes PARLEY_STATE in
    const auto names_of = [this](std::string_view kind, const std::string& state_dir) {
      constexpr Millis kPatience{2000};
      return server_names({state_dir.empty() ? words_.state : state_dir, kPatience}, kind);
    };
    for (const auto& one : candidates(app_, words, names_of))
      terminal.out << one.text << (one.meaning.empty() ? "" : "\t" + one.meaning) << '\n';
    return kDone;
  }

 private:
  static int usage(Terminal& terminal, const std::string& why) {
    terminal.err << why << "\nparleyctl --help shows the verbs.\n";
    return kUsage;
  }

  CLI::App* verb(CLI::App& parent, const char* name, const char* help, Action action) {
    auto* added = parent.add_subcommand(name, help);
    added->fallthrough();
    added->callback([this, action = std::move(action)] { action_ = action; });
    paths_.push_back(path_of(added));
    added->footer("Examples:\n" + std::string(examples_of(path_of(added))) + kExitCodes);
    return added;
  }
  // "plugin load"
  static std::string path_of(CLI::App* app) {
    std::string path = app->get_name();
    for (app = app->get_parent(); app != nullptr && app->get_parent() != nullptr;
         app = app->get_parent())
      path = app->get_name() + " " + path;
    return path;
  }
  CLI::App* group(const char* name, const char* help) { return group(app_, name, help); }
  static CLI::App* group(CLI::App& parent, const char* name, const char* help) {
    auto* added = parent.add_subcommand(name, help);
    added->require_subcommand(1);
    added->fallthrough();
    return added;
  }

  void add_server_verbs() {
    verb(app_, "status", "version, uptime, counts", [](Context& c) { return status(c); });
    verb(app_, "sessions", "who is connected", [](Context& c) { return sessions(c); });
    verb(app_, "channels", "where people talk", [](Context& c) { return channels(c); });
    auto* kicked = verb(app_, "kick", "end a session",
                        [this](Context& c) { return kick(c, words_.id, words_.reason); });
    kicked->add_option("SESSION", words_.id, "its id")->required()->type_name("SESSION");
    kicked->add_option("--reason", words_.reason, "told to the person");
    auto* said = verb(app_, "say", "speak in a channel as the server",
                      [this](Context& c) { return say(c, words_.channel, words_.text); });
    said->add_option("CHANNEL", words_.channel)->required()->type_name("CHANNEL");
    said->add_option("TEXT", words_.text)->required();
    auto* saved = verb(app_, "backup", "copy the database to a file while serving",
                       [this](Context& c) { return backup(c, words_.file); });
    saved->add_option("FILE", words_.file)->required()->type_name("FILE");
    auto* restored =
        verb(app_, "restore", "put a backup in place of the database of a stopped server",
             [this](Context& c) { return restore(c, words_.file, words_.program); });
    restored->add_option("FILE", words_.file)->required()->type_name("FILE");
    restored
        ->add_option("--parleyd", words_.program,
                     "the server's program; by default the one beside parleyctl")
        ->type_name("FILE");
    add_audit_verb();
  }

  void add_audit_verb() {
    auto* audited = verb(app_, "audit", "logins, failed ones, and what admins did, newest first",
                         [this](Context& c) { return audit_verb(c); });
    audited->add_option("--limit", words_.limit, "at most so many")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    audited->add_option("--since", words_.since, "15m, 2h, 2026-01-31, 2026-01-31T12:00Z");
    audited->add_option("--user", words_.user, "who did it or to whom it was done: a name or an id")
        ->type_name("USER");
    audited->add_option("--action", words_.action,
                        "this action; `plugin` finds plugin.load and all others of plugins");
  }

  int wrong_since(Context& context) const {
    return usage(context.terminal,
                 "--since " + words_.since + ": write 15m, 2h or a date such as 2026-01-31T12:00Z");
  }

  int audit_verb(Context& context) {
    AuditFilter filter{words_.limit, 0, words_.user, words_.action};
    if (!words_.since.empty()) {
      const auto since = since_ms(words_.since, SystemClock().wall_ms());
      if (!since) return wrong_since(context);
      filter.since = *since;
    }
    return audit(context, filter);
  }

  void add_plugin_verbs() {
    auto* plugin = plugin_ =
        group("plugin", "list, load, unload, reload and configure plugins; write one");
    verb(*plugin, "list", "every plugin with its state", [](Context& c) { return plugin_list(c); });
    auto* info = verb(*plugin, "info", "one plugin",
                      [this](Context& c) { return plugin_info(c, words_.id); });
    info->add_option("NAME", words_.id)->required()->type_name("PLUGIN");
    add_plugin_operation(*plugin, "load", "while people stay connected")
        ->add_option("--from", words_.from, "another file than the folder's")
        ->type_name("FILE");
    add_plugin_operation(*plugin, "unload", "while people stay connected");
    add_plugin_operation(*plugin, "rollback", "back to the version before; ends a canary");
    add_plugin_operation(*plugin, "promote", "the canary serves everybody");
    add_plugin_operation(*plugin, "release", "out of quarantine: call it again");
    add_plugin_reload(*plugin);
    add_plugin_canary(*plugin);
    auto* quarantine =
        verb(*plugin, "quarantine", "call it no more for a while, or again",
             [this](Context& c) { return plugin_quarantine(c, words_.id, words_.release); });
    quarantine->add_option("NAME", words_.id)->required()->type_name("PLUGIN");
    quarantine->add_flag("--release", words_.release, "let it out");
    auto* config = verb(*plugin, "config", "show its keys, or set some",
                        [this](Context& c) { return configure(c); });
    config->add_option("NAME", words_.id)->required()->type_name("PLUGIN");
    config->add_option("--set", words_.sets, "a key of the plugin; null takes a value back")
        ->type_name("KEY.PATH=VALUE")
        ->expected(1)
        ->take_all();
  }

  void add_author_verbs() {
    auto* written = verb(*plugin_, "new", "write a plugin to begin with",
                         [this](Context& c) { return plugin_new(c, words_.id, words_.file); });
    written->add_option("NAME", words_.id, "lower-case letters, digits and -")->required();
    written->add_option("DIR", words_.file, "the folder to make; by default ./NAME")
        ->type_name("DIR");
    add_kit_program("check", "hold a built plugin against the contract (parley-plugin-check)");
    add_kit_program("run", "talk to a built plugin without a server (parley-plugin-run)");
    auto* developed =
        verb(app_, "dev", "build a plugin at every save and reload it in the running server",
             [this](Context& c) { return dev(c, words_.file, words_.once); });
    developed->add_option("DIR", words_.file, "the plugin's folder")->required()->type_name("DIR");
    developed->add_flag("--once", words_.once, "build and reload now, then end");
  }

  void add_plugin_reload(CLI::App& plugin) {
    auto* reloaded = verb(plugin, "reload", "the next version takes over; a bad one never does",
                          [this](Context& c) { return reload_plugins(c); });
    reloaded->add_option("NAME", words_.ids)->type_name("PLUGIN");
    reloaded->add_flag("--all", words_.all, "every plugin that serves");
    reloaded->add_option("--from", words_.from, "another file than the one it came from")
        ->type_name("FILE");
  }

  // Everything behind the verb is that program's own.
  void add_kit_program(const char* name, const char* help) {
    auto* added = plugin_->add_subcommand(name, help);
    added->fallthrough(false)->prefix_command()->set_help_flag();
    added->callback([this, added, name] {
      action_ = [words = added->remaining(), name](Context& c) {
        return kit_program(c, name, words);
      };
    });
  }

  CLI::App* add_plugin_operation(CLI::App& plugin, const char* operation, const char* help) {
    auto* added = verb(plugin, operation, help, [this, operation](Context& c) {
      return plugin_operate(c, operation, words_.id, words_.from);
    });
    added->add_option("NAME", words_.id)->required()->type_name("PLUGIN");
    return added;
  }

  void add_plugin_canary(CLI::App& plugin) {
    auto* tried = verb(plugin, "canary", "a next version serves some sessions beside the old one",
                       [this](Context& c) { return begin_canary(c); });
    tried->add_option("NAME", words_.id)->required()->type_name("PLUGIN");
    tried->add_option("SHARE", words_.share, "PERCENT, or user NAME...")->required();
    tried->add_option("--from", words_.from, "another file than the one it came from")
        ->type_name("FILE");
  }

  int begin_canary(Context& context) {
    auto& share = words_.share;
    if (share[0] == "user" && share.size() > 1)
      return plugin_canary(context, words_.id, share, words_.from);
    if (share.size() == 1 && share[0].ends_with('%')) share[0].pop_back();
    const bool is_number = share.size() == 1 && !share[0].empty() && share[0].size() <= 2 &&
                           share[0].find_first_not_of("0123456789") == std::string::npos;
    if (!is_number)
      return usage(context.terminal, "write a percentage from 1 to 99, or: user NAME...");
    return plugin_canary(context, words_.id, share, words_.from);
  }

  int reload_plugins(Context& context) {
    if (words_.all == !words_.ids.empty())
      return usage(context.terminal, "name the plugins to reload, or give --all and no name");
    if (!words_.from.empty() && words_.ids.size() != 1)
      return usage(context.terminal, "--from is the file of one plugin: give one name with it");
    return plugin_reload(context, words_.ids, words_.all, words_.from);
  }

  int configure(Context& context) {
    KeyValues changes;
    for (const auto& set : words_.sets) {
      const auto equals = set.find('=');
      if (equals == set.npos || equals == 0)
        return usage(context.terminal, "--set " + set + ": write --set key.path=value");
      changes.emplace_back(set.substr(0, equals), set.substr(equals + 1));
    }
    return plugin_config(context, words_.id, changes);
  }

  void add_people_verbs() {
    verb(app_, "users", "the same as user list", [](Context& c) { return user_list(c); });
    auto* user = group("user", "look at accounts and change them");
    verb(*user, "list", "accounts and guests, with their roles",
         [](Context& c) { return user_list(c); });
    add_user_verb(*user, "info", "one account",
                  [this](Context& c) { return user_info(c, words_.name); });
    add_user_verb(*user, "disable", "log it out and let it in no more",
                  [this](Context& c) { return user_disabled(c, words_.name, true); });
    add_user_verb(*user, "enable", "let it in again",
                  [this](Context& c) { return user_disabled(c, words_.name, false); });
    add_password_file(add_user_verb(
        *user, "reset-password", "give it a new one, and end what the old one opened",
        [this](Context& c) { return user_password(c, words_.name, words_.password_file); }));
    auto* role = group(*user, "role", "what an account may do");
    add_role_verb(*role, "add", "add", "these roles too: user, moderator, admin, service");
    add_role_verb(*role, "remove", "remove", "these roles no more");
    add_role_verb(*role, "set", "roles", "exactly these roles");
    auto* admin = group("admin", "the first admin");
    auto* redeemed = verb(
        *admin, "redeem", "make the first admin with the one-time code",
        [this](Context& c) { return redeem(c, words_.code, words_.name, words_.password_file); });
    redeemed->add_option("CODE", words_.code)->required();
    redeemed->add_option("NAME", words_.name)->required();
    add_password_file(redeemed);
  }

  CLI::App* add_user_verb(CLI::App& parent, const char* name, const char* help, Action action) {
    auto* added = verb(parent, name, help, std::move(action));
    added->add_option("NAME", words_.name, "its name or id")->required()->type_name("USER");
    return added;
  }

  void add_role_verb(CLI::App& parent, const char* name, const char* how, const char* help) {
    auto* added = add_user_verb(parent, name, help, [this, how](Context& c) {
      return user_roles(c, words_.name, how, words_.roles);
    });
    added->add_option("ROLE", words_.roles)
        ->required()
        ->check(CLI::IsMember({"user", "moderator", "admin", "service"}));
  }

  void add_password_file(CLI::App* verb) {
    verb->add_option("--password-file", words_.password_file,
                     "instead of asking; readable by you alone")
        ->type_name("FILE");
  }

  void add_log_verbs() {
    auto* logs = verb(app_, "logs", "the server's log, read from the state folder",
                      [this](Context& c) { return logs_verb(c); });
    logs->add_option("--since", words_.since, "15m, 2h, 2026-01-31, 2026-01-31T12:00Z");
    logs->add_option("--level", words_.level, "this level and above");
    logs->add_option("--component", words_.component, "of this part of the server")
        ->type_name("COMPONENT");
    logs->add_option("--plugin", words_.plugin, "of this plugin")->type_name("PLUGIN");
    logs->add_option("--user", words_.user, "of this person's name")->type_name("USER");
    logs->add_option("--session", words_.session, "of this session")->type_name("SESSION");
    logs->add_option("--request", words_.request, "of the command with this id");
    logs->add_option("-n,--lines", words_.last, "only the last so many");
    logs->add_flag("-f,--follow", words_.follow, "and what comes, until interrupted");
    logs->add_option("--file", words_.file, "the log file, when log.file is not the default")
        ->type_name("FILE");
    auto* log = group("log", "the running server's log");
    verb(*log, "levels", "every component with its level",
         [](Context& c) { return log_levels(c); });
    auto* level = verb(*log, "level", "set a component's level, until the next reload",
                       [this](Context& c) { return log_level(c, words_.component, words_.level); });
    level->add_option("COMPONENT", words_.component, "one that `log levels` shows, or all")
        ->required()
        ->type_name("COMPONENT");
    level->add_option("LEVEL", words_.level)
        ->required()
        ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "critical", "off"}));
  }

  int logs_verb(Context& context) {
    LogFilter filter{.component = words_.component,
                     .plugin = words_.plugin,
                     .user = words_.user,
                     .session = words_.session,
                     .request = words_.request};
    if (!words_.since.empty()) {
      const auto since = since_from(words_.since, SystemClock().wall_ms());
      if (!since) return wrong_since(context);
      filter.since = *since;
    }
    if (!words_.level.empty()) {
      const auto level = log::parse_level(words_.level);
      if (!level)
        return usage(context.terminal, "--level " + words_.level +
                                           ": there are trace, debug, info, warn, error, critical");
      filter.level = *level;
    }
    const auto file = words_.file.empty() ? context.state_dir + "/logs/parley.jsonl" : words_.file;
    return show_logs(context, file, filter, words_.last, words_.follow);
  }

  void add_config_verbs() {
    auto* config = group("config", "the server's configuration");
    auto* check = verb(*config, "check", "say what is wrong with a file",
                       [this](Context& c) { return check_config(c, words_.file); });
    auto* print = verb(*config, "print", "every value in force with its origin",
                       [this](Context& c) { return print_config(c, words_.file); });
    for (auto* reader : {check, print})
      reader
          ->add_option("--config", words_.file,
                       "a file instead of the running server (print) or the defaults (check)")
          ->type_name("FILE");
    verb(*config, "reload", "read it again in the running server",
         [](Context& c) { return reload_config(c); });
  }

  void add_shell_verbs() {
    auto* completion = verb(app_, "completion", "what a shell loads to complete parleyctl's words",
                            [this](Context& c) {
                              c.terminal.out << completion_script(words_.shell).value_or("");
                              return kDone;
                            });
    completion->add_option("SHELL", words_.shell)
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
    auto* manual =
        verb(app_, "manual", "a manual page, to be read with man -l -", [this](Context& c) {
          c.terminal.out << manual_page(words_.page, app_).value_or("");
          return kDone;
        });
    manual->add_option("PAGE", words_.page)
        ->required()
        ->check(CLI::IsMember({"parleyctl", "parleyd", "parley.yaml"}));
  }

  void add_token_verbs() {
    auto* token = group("token", "make access tokens, ask why one is refused, revoke them");
    auto* made = verb(*token, "make", "for a program that acts as this user",
                      [this](Context& c) { return token_make(c, words_.name, words_.life); });
    made->add_option("NAME", words_.name, "the user it speaks for")->required();
    made->add_option("--for", words_.life, "how long: 30m, 12h, 7d; by default an hour");
    auto* checked = verb(*token, "check", "what it says, and why it is refused",
                         [this](Context& c) { return token_check(c, words_.file); });
    checked->add_option("FILE", words_.file, "the file that holds it, or - to type or pipe it in")
        ->default_str("-");
    auto* revoked =
        verb(*token, "revoke", "refuse one from now on, or all that a user was given",
             [this](Context& c) { return token_revoke(c, words_.id, words_.issuer, words_.name); });
    auto* one = revoked->add_option("--id", words_.id, "its jti, as `token check` shows it");
    revoked->add_option("--issuer", words_.issuer, "whose it is, when it is not the server's own")
        ->needs(one);
    revoked->add_option("--user", words_.name, "everything this user was given until now")
        ->excludes(one);
    verb(*token, "rotate", "sign with a new key; the old one still verifies",
         [](Context& c) { return token_rotate(c); });
  }

  void add_invitation_verbs() {
    auto* invitation = group("invitation", "let people register where it is by invitation");
    auto* made =
        verb(*invitation, "make", "a code that lets one person register; it is shown this once",
             [this](Context& c) { return invitation_make(c, words_.text, words_.life); });
    made->add_option("--note", words_.text, "for whom it is, shown in the list");
    made->add_option("--for", words_.life, "how long: 12h, 7d; by default auth.invitation");
    verb(*invitation, "list", "those that nobody has used yet",
         [](Context& c) { return invitation_list(c); });
    auto* revoked = verb(*invitation, "revoke", "take one back",
                         [this](Context& c) { return invitation_revoke(c, words_.id); });
    revoked->add_option("ID", words_.id, "as `invitation list` shows it")->required();
  }

  Words words_;
  CLI::App* plugin_ = nullptr;  // the group of that name
  CLI::App app_{"Looks after a running Parley server", "parleyctl"};
  Action action_;
  std::vector<std::string> paths_;
};

}  // namespace

int run(int argc, const char* const* argv, Terminal& terminal) {
  const auto line = std::make_unique<CommandLine>();
  if (argc > 1 && std::string_view(argv[1]) == "__complete")
    return line->complete({argv + 2, argv + argc}, terminal);
  return line->run(argc, argv, terminal);
}

std::vector<std::string> verb_paths() {
  return CommandLine().paths();
}

}  // namespace parley::ctl
