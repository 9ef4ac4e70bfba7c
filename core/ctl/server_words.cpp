// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  std::string id, reason, file, program;
};
using Words = std::shared_ptr<Typed>;

void add_config_words(CLI::App& app, const AddVerb& verb, const Words& words) {
  auto& config = add_group(app, "config", "the server's configuration");
  auto* check = verb(config, "check", "say what is wrong with a file",
                     [words](Context& c) { return check_config(c, words->file); });
  auto* print = verb(config, "print", "every value in force with its origin",
                     [words](Context& c) { return print_config(c, words->file); });
  for (auto* reader : {check, print})
    reader
        ->add_option("--config", words->file,
                     "a file instead of the running server (print) or the defaults (check)")
        ->type_name("FILE");
  verb(config, "reload", "read it again in the running server",
       [](Context& c) { return reload_config(c); });
}

}  // namespace

void add_server_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  verb(app, "status", "version, uptime, counts", [](Context& c) { return status(c); });
  verb(app, "sessions", "who is connected", [](Context& c) { return sessions(c); });
  auto* kicked = verb(app, "kick", "end a session",
                      [words](Context& c) { return kick(c, words->id, words->reason); });
  kicked->add_option("SESSION", words->id, "its id")->required()->type_name("SESSION");
  kicked->add_option("--reason", words->reason, "told to the person");
  auto* saved = verb(app, "backup", "copy the database to a file while serving",
                     [words](Context& c) { return backup(c, words->file); });
  saved->add_option("FILE", words->file)->required()->type_name("FILE");
  auto* restored = verb(app, "restore", "put a backup in place of the database of a stopped server",
                        [words](Context& c) { return restore(c, words->file, words->program); });
  restored->add_option("FILE", words->file)->required()->type_name("FILE");
  restored
      ->add_option("--parleyd", words->program,
                   "the server's program; by default the one beside parleyctl")
      ->type_name("FILE");
  add_config_words(app, verb, words);
}

}  // namespace parley::ctl
