// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {
namespace {

struct Typed {
  std::string channel, text, user;
  int limit = 20, before = 0, offset = 0;
  bool remove = false;
};
using Words = std::shared_ptr<Typed>;

void name_channel(CLI::App* added, const Words& words) {
  added->add_option("CHANNEL", words->channel)->required()->type_name("CHANNEL");
}

void add_messages(CLI::App& group, const AddVerb& verb, const Words& words) {
  auto* read = verb(group, "messages", "what was said last", [words](Context& c) {
    return channel_messages(c, words->channel, words->limit, words->before);
  });
  name_channel(read, words);
  read->add_option("--limit", words->limit, "so many")
      ->check(CLI::PositiveNumber)
      ->type_name("N")
      ->capture_default_str();
  read->add_option("--before", words->before, "older than this one")
      ->check(CLI::PositiveNumber)
      ->type_name("OFFSET");
  auto* gone = verb(
      group, "delete-message", "take a message away, for everybody",
      [words](Context& c) { return channel_delete_message(c, words->channel, words->offset); });
  name_channel(gone, words);
  gone->add_option("OFFSET", words->offset, "as `channel messages` shows it")
      ->required()
      ->check(CLI::PositiveNumber);
}

void add_topic(CLI::App& group, const AddVerb& verb, const Words& words) {
  auto* topic = verb(group, "topic", "say what a channel is about", [words](Context& c) {
    if (words->remove != words->text.empty())
      return refuse(c, Status::invalid_args("give a topic, or --remove"));
    return channel_topic(c, words->channel, words->text);
  });
  name_channel(topic, words);
  topic->add_option("TEXT", words->text);
  topic->add_flag("--remove", words->remove, "it has no topic then");
}

void add_bans(CLI::App& group, const AddVerb& verb, const Words& words) {
  verb(group, "bans", "who is kept out, until when, why and by whom",
       [words](Context& c) { return channel_bans(c, words->channel); })
      ->add_option("CHANNEL", words->channel, "of this one alone")
      ->type_name("CHANNEL");
  auto* lifted = verb(group, "unban", "let somebody in again", [words](Context& c) {
    return channel_unban(c, words->channel, words->user);
  });
  name_channel(lifted, words);
  lifted->add_option("USER", words->user, "their name or id")->required()->type_name("USER");
}

}  // namespace

void add_channel_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<Typed>();
  verb(app, "channels", "the same as channel list", [](Context& c) { return channels(c); });
  auto& group = add_group(app, "channel", "where people talk, and who is kept out");
  verb(group, "list", "where people talk", [](Context& c) { return channels(c); });
  name_channel(verb(group, "info", "topic, messages, who is there now",
                    [words](Context& c) { return channel_info(c, words->channel); }),
               words);
  add_messages(group, verb, words);
  add_topic(group, verb, words);
  add_bans(group, verb, words);
  auto* said = verb(app, "say", "speak in a channel as the server",
                    [words](Context& c) { return say(c, words->channel, words->text); });
  name_channel(said, words);
  said->add_option("TEXT", words->text)->required();
}

}  // namespace parley::ctl
