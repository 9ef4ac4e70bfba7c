// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  std::string id, reason, channel, user, text, file, program;
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

void add_channel_words(CLI::App& app, const AddVerb& verb, const Words& words) {
  verb(app, "channels", "the same as channel list", [](Context& c) { return channels(c); });
  auto& channel = add_group(app, "channel", "where people talk, and who is kept out");
  verb(channel, "list", "where people talk", [](Context& c) { return channels(c); });
  verb(channel, "bans", "who is kept out, until when, why and by whom",
       [words](Context& c) { return channel_bans(c, words->channel); })
      ->add_option("CHANNEL", words->channel, "of this one alone")
      ->type_name("CHANNEL");
  auto* lifted = verb(channel, "unban", "let somebody in again", [words](Context& c) {
    return channel_unban(c, words->channel, words->user);
  });
  lifted->add_option("CHANNEL", words->channel)->required()->type_name("CHANNEL");
  lifted->add_option("USER", words->user, "their name or id")->required()->type_name("USER");
}

}  // namespace

void add_server_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  verb(app, "status", "version, uptime, counts", [](Context& c) { return status(c); });
  verb(app, "sessions", "who is connected", [](Context& c) { return sessions(c); });
  add_channel_words(app, verb, words);
  auto* kicked = verb(app, "kick", "end a session",
                      [words](Context& c) { return kick(c, words->id, words->reason); });
  kicked->add_option("SESSION", words->id, "its id")->required()->type_name("SESSION");
  kicked->add_option("--reason", words->reason, "told to the person");
  auto* said = verb(app, "say", "speak in a channel as the server",
                    [words](Context& c) { return say(c, words->channel, words->text); });
  said->add_option("CHANNEL", words->channel)->required()->type_name("CHANNEL");
  said->add_option("TEXT", words->text)->required();
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
