// SPDX-License-Identifier: Apache-2.0
// chat: sendChat, directMessage, topic, typing.
//
// Messages are published as the one who speaks: their rights count, the server stores first and
// answers `ok {offset}`. The topic is theirs to read where they may read the channel.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <parley/plugin.hpp>

#include "catalogue.h"
#include "text.h"

using namespace std::chrono_literals;

namespace chat {

constexpr std::string_view kDefaultChannel = "global";
constexpr std::string_view kBot = "b_reply";  // whom the plugin reply speaks as

class Chat : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:channel", "dm",
                                                      "accounts.read"};
  static constexpr std::string_view kConfigSchema = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
      "topic_length": {"type": "integer", "default": 200, "minimum": 1, "maximum": 1000,
        "description": "Characters a channel's topic has at most."},
      "bot_names": {"type": "array", "default": ["Parley", "Парли", "парли", "Парлей", "парлей"], "maxItems": 50,
        "items": {"type": "string", "minLength": 1, "maxLength": 64},
        "description": "Names under which the bot takes direct messages, Latin letters in any case: those of the rule book of the plugin reply."}
    }
  })json";

  explicit Chat(parley::Host host) : Plugin(host) {
    command("sendChat", say::kSendChat, &Chat::send)
        .argument<std::string>("message", say::kMessage)
        .command_line()
        .argument<parley::ChannelName>("channel", say::kWhichChannel)
        .optional()
        .argument<std::int64_t>("replyTo", say::kReplyTo)
        .minimum(1)
        .optional();
    command("directMessage", say::kDirectMessage, &Chat::send_direct)
        .alias("msg")
        .alias("dm")
        .argument<parley::UserName>("user", say::kToWhom)
        .argument<std::string>("message", say::kDirectText)
        .rest();
    command("topic", say::kTopic, &Chat::topic)
        .argument<std::string>("channel", say::kTopicChannel)
        .optional()
        .argument<std::string>("text", say::kTopicText)
        .rest()
        .optional();
    command("typing", say::kTyping, &Chat::typing)
        .concurrent()
        .read_only()
        .cooldown(1s)
        .argument<parley::ChannelName>("channel", say::kWhichChannel)
        .optional();
  }

 private:
  using Then = parley::Callback<void(parley::Deferred)>;

  // ---- messages

  void send(parley::Request& request) {
    const auto text = request.argument<std::string>("message");
    if (is_blank(text)) return request.fail("invalid_args", request.tr(say::kEmptyMessage));
    const auto reply_to = request.argument<std::optional<std::int64_t>>("replyTo");
    channels().publish(request,
                       {.channel = channel_of(request, request.argument<std::string>("channel")),
                        .user = std::string(request.user().id()),
                        .text = text,
                        .reply_to = reply_to.value_or(-1)});
  }

  void send_direct(parley::Request& request) {
    const auto name = unmarked(request.argument<std::string>("user"), '@');
    const auto text = request.argument<std::string>("message");
    if (is_blank(text)) return request.fail("invalid_args", request.tr(say::kEmptyMessage));
    accounts().lookup(
        name, [this, name, text, self = std::string(request.user().id()), later = request.defer()](
                  parley::Outcome outcome, const parley::Account& to) mutable {
          const bool nobody =
              outcome == parley::Outcome::kNotFound || outcome == parley::Outcome::kInvalid;
          const std::string id = nobody && is_bot(name) ? std::string(kBot) : to.id;
          if (id.empty() && nobody)
            return later.fail("not_found", later.tr(say::kUnknownUser, name));
          if (!nobody && !is_ok(outcome)) return later.fail(outcome);
          if (id == self) return later.fail("invalid_args", later.tr(say::kToOneself));
          channels().publish(later,
                             {.channel = channels().direct(self, id), .user = self, .text = text});
        });
  }

  // The bot has no account, so no name of it is found among those.
  bool is_bot(std::string_view name) const {
    if (name == kBot) return true;
    for (const auto one : config()["bot_names"].items()) {
      if (same_letters(one.or_else(""), name)) return true;
    }
    return false;
  }

  // ---- topic

  struct Topic {
    std::string channel;
    std::optional<std::string> text;  // nothing: show it
  };

  void topic(parley::Request& request) {
    Topic wanted = wanted_topic(request);
    if (!wanted.text) {
      return where_allowed(request, wanted.channel,
                           [this, channel = wanted.channel](parley::Deferred later) {
                             show_topic(channel, std::move(later));
                           });
    }
    if (!may_set_topics(request.user())) {
      return request.fail("forbidden", request.tr(say::kNoTopicRight));
    }
    const int most = config()["topic_length"].or_else(0);
    if (parley::characters(*wanted.text) > static_cast<std::size_t>(most)) {
      return request.fail("invalid_args", request.tr(say::kTopicTooLong, most));
    }
    channels().change_topic(request, wanted.channel, *wanted.text);
  }

  // A slash line is about the channel it was typed in: its first word names another one only when it
  // begins with '#', and belongs to the text otherwise.
  static Topic wanted_topic(const parley::Request& request) {
    auto channel = request.argument<std::string>("channel");
    auto text = request.argument<std::optional<std::string>>("text");
    const bool marked = channel.rfind('#', 0) == 0;
    const bool line = request.typed() || !request.channel().empty();
    if (line && !marked && !channel.empty()) {
      text = text ? channel + " " + *text : channel;
      channel.clear();
    }
    if (text) text = is_blank(*text) ? std::string() : std::string(trimmed(*text));
    return {channel_of(request, std::move(channel)), std::move(text)};
  }

  static bool may_set_topics(const parley::User& user) {
    return user.has_role("user") || user.has_role("moderator") || user.has_role("admin");
  }

  void show_topic(const std::string& channel, parley::Deferred later) {
    channels().info(channel, [channel, later = std::move(later)](
                                 parley::Outcome outcome, const parley::ChannelInfo& info) mutable {
      if (!is_ok(outcome)) return refuse_channel(later, outcome, channel);
      reply_topic(later, channel, info.topic);
    });
  }

  static void reply_topic(parley::Responder& responder, std::string_view channel,
                          std::string_view topic) {
    responder.reply("topic", {{"channel", channel}, {"topic", topic}});
  }

  // ---- typing

  void typing(parley::Request& request) {
    const auto channel = channel_of(request, request.argument<std::string>("channel"));
    const auto user = request.user();
    where_writable(request, channel,
                   [this, channel, id = std::string(user.id()),
                    name = std::string(user.name())](parley::Deferred later) {
                     const auto outcome =
                         push().send({.to = parley::Target::channel(channel),
                                      .type = "typing",
                                      .data = {{"user", {{"id", id}, {"name", name}}}},
                                      .except = {id},
                                      .may_drop = true,
                                      .conflate = "typing:" + channel + ":" + id});
                     if (!is_ok(outcome)) return refuse_channel(later, outcome, channel);
                     later.ok();
                   });
  }

  // ---- channels

  // People write #channel and @name; neither mark is part of a name.
  static std::string unmarked(std::string name, char mark) {
    if (!name.empty() && name[0] == mark) name.erase(0, 1);
    return name;
  }

  static std::string channel_of(const parley::Request& request, std::string named) {
    if (!named.empty()) return unmarked(std::move(named), '#');
    return std::string(request.channel().empty() ? kDefaultChannel : request.channel());
  }

  // Goes on where the speaker may read and write: in public channels everybody, in a direct one its
  // two, in a channel of a plugin those its rule has let in. An own channel is nobody's to write to.
  void where_allowed(parley::Request& request, const std::string& channel, Then then) {
    const auto user = request.user().id();
    const bool direct = channel.rfind("dm:", 0) == 0;
    if (channel.empty() || channel[0] == '@' || (direct && !is_one_of(channel, user))) {
      return refuse_channel(request, parley::Outcome::kNotFound, channel);
    }
    if (direct || channel.find(':') == std::string::npos) return then(request.defer());
    channels().is_member(channel, user,
                         [channel, later = request.defer(),
                          then = std::move(then)](parley::Outcome outcome) mutable {
                           if (!is_ok(outcome)) return refuse_channel(later, outcome, channel);
                           then(std::move(later));
                         });
  }

  // The same, and in a direct channel where neither has blocked the other: who may not speak does
  // not type.
  void where_writable(parley::Request& request, const std::string& channel, Then then) {
    const auto user = request.user().id();
    if (channel.rfind("dm:", 0) != 0 || !is_one_of(channel, user))
      return where_allowed(request, channel, std::move(then));
    channels().may_write(channel, user,
                         [channel, later = request.defer(),
                          then = std::move(then)](parley::Outcome outcome) mutable {
                           if (outcome == parley::Outcome::kDenied) return later.fail(outcome);
                           if (!is_ok(outcome)) return refuse_channel(later, outcome, channel);
                           then(std::move(later));
                         });
  }

  // "dm:<id>:<id>"
  static bool is_one_of(std::string_view direct, std::string_view user) {
    const auto ids = direct.substr(3);
    const auto colon = ids.find(':');
    return colon != std::string_view::npos &&
           (ids.substr(0, colon) == user || ids.substr(colon + 1) == user);
  }

  // What is not there and what is not theirs read alike: nobody learns of a channel by asking.
  static void refuse_channel(parley::Responder& responder, parley::Outcome outcome,
                             std::string_view channel) {
    const bool unseen = outcome == parley::Outcome::kNotFound ||
                        outcome == parley::Outcome::kDenied || outcome == parley::Outcome::kInvalid;
    if (!unseen) return responder.fail(outcome);
    responder.fail("not_found", responder.tr(say::kNoChannel, channel));
  }
};

}  // namespace chat

PARLEY_PLUGIN(chat::Chat, "chat", "1.0.0", "Messages in channels and between two people")
