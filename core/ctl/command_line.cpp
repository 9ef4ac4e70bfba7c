// SPDX-License-Identifier: Apache-2.0
#include "ctl/command_line.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "ctl/completion.h"
#include "ctl/examples.h"
#include "ctl/manual.h"
#include "ctl/misuse.h"
#include "ctl/server_names.h"
#include "ctl/verbs.h"
#include "ctl/words.h"

namespace parley::ctl {
namespace {

// Of the program itself; each group of verbs keeps its own.
struct Words {
  std::string state = "var", url, key_file, ca_file, format = "table", timeout = "60", shell, page;
  bool yes = false;
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
    app_.add_option("--url", words_.url,
                    "the operator port of a server elsewhere: https://HOST:PORT")
        ->envname("PARLEY_URL")
        ->type_name("URL");
    app_.add_option("--key-file", words_.key_file, "with --url: the file that holds an admin key")
        ->envname("PARLEY_KEY_FILE")
        ->type_name("FILE");
    app_.add_option("--ca-file", words_.ca_file, "with --url: who vouches for its certificate, PEM")
        ->envname("PARLEY_CA_FILE")
        ->type_name("FILE");
    app_.add_option("-o,--output", words_.format, "how to print")
        ->check(CLI::IsMember({"table", "json"}))
        ->capture_default_str();
    app_.add_option("--timeout", words_.timeout, "seconds to wait for the server")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app_.add_flag("-y,--yes", words_.yes, "do not ask before something is replaced");
    app_.footer(std::string("parleyctl VERB --help shows a verb with examples. ") + kExitCodes);
    const AddVerb adder = [this](CLI::App& parent, const char* name, const char* help,
                                 Action action) {
      return verb(parent, name, help, std::move(action));
    };
    add_server_words(app_, adder);
    add_channel_words(app_, adder);
    add_try_words(app_, adder);
    add_plugin_words(app_, adder, [this](CLI::App& parent, const char* name, const char* help) {
      add_program(parent, name, help);
    });
    add_people_words(app_, adder);
    add_admin_key_words(app_, adder);
    add_access_words(app_, adder);
    add_log_words(app_, adder);
    add_shell_verbs();
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
      terminal.err << misuse(app_, error);
      return kUsage;
    }
    Context context{terminal,
                    words_.state,
                    app_.count("--state") > 0,
                    words_.format == "json" ? Format::kJson : Format::kTable,
                    Millis(1000 * std::stoll(words_.timeout)),
                    words_.yes,
                    path_of(typed_verb(app_)),
                    address(words_.state)};
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
      return server_names({address(state_dir.empty() ? words_.state : state_dir), kPatience}, kind);
    };
    for (const auto& one : candidates(app_, words, names_of))
      terminal.out << one.text << (one.meaning.empty() ? "" : "\t" + one.meaning) << '\n';
    return kDone;
  }

 private:
  CLI::App* verb(CLI::App& parent, const char* name, const char* help, Action action) {
    auto* added = parent.add_subcommand(name, help);
    added->fallthrough();
    added->callback([this, action = std::move(action)] { action_ = action; });
    paths_.push_back(path_of(*added));
    added->footer("Examples:\n" + std::string(examples_of(path_of(*added))) + kExitCodes);
    return added;
  }
  ServerAddress address(const std::string& state_dir) const {
    return {state_dir, words_.url, words_.key_file, words_.ca_file};
  }
  void add_program(CLI::App& parent, const char* name, const char* help) {
    auto* added = parent.add_subcommand(name, help);
    added->fallthrough(false)->prefix_command()->set_help_flag();
    added->callback([this, added, name] {
      action_ = [words = added->remaining(), name](Context& c) {
        return kit_program(c, name, words);
      };
    });
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

  Words words_;
  CLI::App app_{"Looks after a running Parley server", "parleyctl"};
  Action action_;
  std::vector<std::string> paths_;
};

}  // namespace

CLI::App& add_group(CLI::App& parent, const char* name, const char* help) {
  auto* added = parent.add_subcommand(name, help);
  added->require_subcommand(1);
  added->fallthrough();
  return *added;
}

int wrong_usage(const Context& context, const std::string& why) {
  context.terminal.err << why << "\nparleyctl " << context.verb
                       << " --help shows how it is written, with examples.\n";
  return kUsage;
}

int wrong_since(Context& context, const std::string& since) {
  return wrong_usage(context,
                     "--since " + since + ": write 15m, 2h or a date such as 2026-01-31T12:00Z");
}

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
