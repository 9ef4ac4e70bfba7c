// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::Json;
using parley::Outcome;
using parley::UserKind;
using parley::testing::Caller;
using parley::testing::DeclaredCommand;
using parley::testing::FakeAccount;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

const Caller kNeo{.id = "u_neo", .name = "Neo"};
const Caller kTrinity{.id = "u_trinity", .name = "Тринити"};
const Caller kGuest{.id = "g_1", .name = "Visitor", .kind = UserKind::kGuest, .roles = {}};

Caller in_russian(Caller caller) {
  caller.locale = "ru";
  return caller;
}

HostOptions the_matrix() {
  return {.channels = {"global", "random", "dm:u_neo:u_trinity", "dm:b_reply:u_neo",
                       "dm:u_smith:u_trinity", "@u_neo", "game:room"},
          .accounts = {FakeAccount{.user = kNeo}, FakeAccount{.user = kTrinity},
                       FakeAccount{.user = kGuest}}};
}

class Chat : public ::testing::Test {
 protected:
  // A slash line: its words as the server has put them into the arguments, by position.
  parley::testing::Reply type(std::string_view action, const Json& words, Caller caller,
                              std::string_view where) {
    caller.channel = where;
    return host.call(action, words, caller);
  }
  FakeHost host{the_matrix()};
};

const DeclaredCommand& declared(const FakeHost& host, std::string_view name) {
  for (const auto& command : host.commands()) {
    if (command.name == name) return command;
  }
  throw std::runtime_error("not declared");
}

// ---- sendChat

TEST_F(Chat, PublishesAsTheSpeakerAndAnswersWithTheOffset) {
  const auto reply = host.call("sendChat", {{"message", "Привет мир! 👋"}, {"channel", "global"}});
  EXPECT_EQ(reply.text(), R"({"type":"ok","data":{"offset":1}})");
  ASSERT_EQ(host.published().size(), 1u);
  const auto& message = host.published()[0];
  EXPECT_EQ(message.channel, "global");
  EXPECT_EQ(message.user, "u_neo");
  EXPECT_EQ(message.text, "Привет мир! 👋");
  EXPECT_EQ(message.reply_to, -1);
}

TEST_F(Chat, SendsToGlobalWhenNoChannelIsNamed) {
  host.call("sendChat", {{"message", "hi"}});
  EXPECT_EQ(host.published().at(0).channel, "global");
}

TEST_F(Chat, SendsWhereTheLineWasTyped) {
  type("sendChat", {{"message", "hi"}}, kNeo, "random");
  EXPECT_EQ(host.published().at(0).channel, "random");
}

TEST_F(Chat, AnswersAMessage) {
  host.call("sendChat", {{"message", "who?"}});
  host.call("sendChat", {{"message", "me"}, {"replyTo", 1}});
  EXPECT_EQ(host.published().at(1).reply_to, 1);
  EXPECT_EQ(host.call("sendChat", {{"message", "me"}, {"replyTo", 0}}).code(), "invalid_args");
  EXPECT_EQ(host.call("sendChat", {{"message", "me"}, {"replyTo", "1"}}).code(), "invalid_args");
}

TEST_F(Chat, KeepsTheTextAsItIs) {
  const std::string text = "  a\n\tb  \"c\"\\ \u202Ed";
  host.call("sendChat", {{"message", text}});
  EXPECT_EQ(host.published().at(0).text, text);
}

TEST_F(Chat, SendsNothingWhenThereIsNothingToSee) {
  for (const char* text : {"", "   ", "\n\t", "\u00A0\u3000", "\u200B"}) {
    const auto reply = host.call("sendChat", {{"message", text}});
    EXPECT_EQ(reply.code(), "invalid_args");
    EXPECT_EQ(reply.message(), "there is nothing to send: write some text");
    EXPECT_EQ(host.call("sendChat", {{"message", text}}, in_russian(kNeo)).message(),
              "нечего отправлять: напишите текст");
  }
  EXPECT_EQ(host.call("sendChat", {{"channel", "global"}}).code(), "invalid_args");
  EXPECT_TRUE(host.published().empty());
}

TEST_F(Chat, PassesOnWhyTheServerDidNotStoreIt) {
  EXPECT_EQ(host.call("sendChat", {{"message", "hi"}, {"channel", "nowhere"}}).code(), "not_found");
  EXPECT_EQ(host.call("sendChat", {{"message", "hi"}, {"channel", "dm:u_smith:u_trinity"}}).code(),
            "forbidden");
  host.fail_next_write(Outcome::kBusy);
  EXPECT_EQ(host.call("sendChat", {{"message", "hi"}}).code(), "overloaded");
  EXPECT_TRUE(host.published().empty());
}

TEST_F(Chat, TakesCommandLinesInTheMessage) {
  const auto& message = declared(host, "sendChat").arguments.at(0);
  EXPECT_EQ(message.name, "message");
  EXPECT_TRUE(message.flags & PARLEY_ARGUMENT_COMMAND_LINE);
}

TEST_F(Chat, AnswersOnlyOnceTheMessageIsStored) {
  host.hold();
  const auto reply = host.call("sendChat", {{"message", "hi"}});
  EXPECT_FALSE(reply.answered());
  host.settle();
  EXPECT_EQ(reply.type(), "ok");
}

// ---- directMessage

TEST_F(Chat, WritesToOnePersonByNameOrId) {
  for (const char* whom : {"Тринити", "@Тринити", "u_trinity"}) {
    host.forget();
    const auto reply = host.call("directMessage", {{"user", whom}, {"message", "за кроликом"}});
    EXPECT_EQ(reply.type(), "ok") << whom;
    EXPECT_GT(reply.data()["offset"].or_else(0), 0);
    ASSERT_EQ(host.published().size(), 1u);
    EXPECT_EQ(host.published()[0].channel, "dm:u_neo:u_trinity");
    EXPECT_EQ(host.published()[0].user, "u_neo");
    EXPECT_EQ(host.published()[0].text, "за кроликом");
  }
}

TEST_F(Chat, MeetsInOneChannelFromBothSides) {
  host.call("msg", {{"user", "Тринити"}, {"message", "ping"}}, kNeo);
  host.call("dm", {{"user", "Neo"}, {"message", "pong"}}, kTrinity);
  ASSERT_EQ(host.published().size(), 2u);
  EXPECT_EQ(host.published()[0].channel, host.published()[1].channel);
}

TEST_F(Chat, LetsGuestsWriteToOnePersonToo) {
  EXPECT_EQ(host.call("msg", {{"user", "Neo"}, {"message", "hi"}}, kGuest).type(), "ok");
  EXPECT_EQ(host.published().at(0).channel, "dm:g_1:u_neo");
}

TEST_F(Chat, WritesToTheBotUnderEachOfItsNames) {
  for (const char* name : {"Parley", "@parley", "Парли", "b_reply"}) {
    host.forget();
    EXPECT_FALSE(host.call("directMessage", {{"user", name}, {"message", "hello"}}).failed())
        << name;
    ASSERT_EQ(host.published().size(), 1u);
    EXPECT_EQ(host.published()[0].channel, "dm:b_reply:u_neo");
    EXPECT_EQ(host.published()[0].user, "u_neo");
  }
  ASSERT_EQ(host.change_config(R"({"bot_names": ["Oracle"]})"), std::nullopt);
  EXPECT_FALSE(host.call("directMessage", {{"user", "oracle"}, {"message", "hi"}}).failed());
  EXPECT_EQ(host.call("directMessage", {{"user", "Parley"}, {"message", "hi"}}).code(),
            "not_found");
}

TEST_F(Chat, KnowsNobodyOfThatName) {
  const Json arguments{{"user", "Smith"}, {"message", "hi"}};
  const auto reply = host.call("directMessage", arguments);
  EXPECT_EQ(reply.code(), "not_found");
  EXPECT_EQ(reply.message(), "there is nobody called Smith: /who shows who is here");
  EXPECT_EQ(host.call("directMessage", arguments, in_russian(kNeo)).message(),
            "нет никого с именем Smith: кто здесь, покажет /who");
  EXPECT_TRUE(host.published().empty());
}

TEST_F(Chat, DoesNotTalkToItself) {
  for (const char* whom : {"Neo", "u_neo"}) {
    const Json arguments{{"user", whom}, {"message", "hi"}};
    const auto reply = host.call("directMessage", arguments);
    EXPECT_EQ(reply.code(), "invalid_args");
    EXPECT_THAT(reply.message(), HasSubstr("cannot write to yourself"));
    EXPECT_THAT(host.call("directMessage", arguments, in_russian(kNeo)).message(),
                HasSubstr("самому себе написать нельзя"));
  }
  EXPECT_TRUE(host.published().empty());
}

TEST_F(Chat, SendsNoEmptyDirectMessage) {
  const Json arguments{{"user", "Тринити"}, {"message", " \u2003 "}};
  EXPECT_EQ(host.call("directMessage", arguments).message(),
            "there is nothing to send: write some text");
  EXPECT_EQ(host.call("directMessage", arguments, in_russian(kNeo)).message(),
            "нечего отправлять: напишите текст");
  EXPECT_EQ(host.call("directMessage", {{"user", "Тринити"}}).code(), "invalid_args");
  EXPECT_EQ(host.call("directMessage", {{"message", "hi"}}).code(), "invalid_args");
}

TEST_F(Chat, SaysWhenADirectMessageCouldNotBeStored) {
  host.fail_next_write(Outcome::kBusy);
  EXPECT_EQ(host.call("msg", {{"user", "Тринити"}, {"message", "hi"}}).code(), "overloaded");
}

TEST(ChatWithoutAccounts, RefusesDirectMessagesInWords) {
  FakeHost host(
      HostOptions{.permissions = std::vector<std::string>{"commands", "push:channel", "dm"}});
  const auto reply = host.call("msg", {{"user", "Neo"}, {"message", "hi"}});
  EXPECT_EQ(reply.code(), "forbidden");
  EXPECT_NE(reply.message(), "");
}

// ---- topic

TEST_F(Chat, ShowsATopic) {
  host.channels()["random"].topic = "О разном";
  EXPECT_EQ(host.call("topic", {{"channel", "random"}}).text(),
            R"({"type":"topic","data":{"channel":"random","topic":"О разном"}})");
  EXPECT_EQ(host.call("topic", {{"channel", "#random"}}, kGuest).data()["topic"].or_else(""),
            "О разном");
  EXPECT_EQ(host.call("topic").data()["channel"].or_else(""), "global");
}

TEST_F(Chat, SetsATopic) {
  EXPECT_EQ(host.call("topic", {{"channel", "random"}, {"text", "  Новая тема "}}).text(),
            R"({"type":"topic","data":{"channel":"random","topic":"Новая тема"}})");
  EXPECT_EQ(host.channels()["random"].topic, "Новая тема");
  EXPECT_EQ(host.channels()["global"].topic, "");
}

TEST_F(Chat, ReadsASlashLineAsATopicForTheChannelItStandsIn) {
  type("topic", {{"channel", "New"}, {"text", "topic here"}}, kNeo, "random");
  EXPECT_EQ(host.channels()["random"].topic, "New topic here");
  type("topic", {{"channel", "Кратко"}}, kNeo, "random");
  EXPECT_EQ(host.channels()["random"].topic, "Кратко");
  EXPECT_EQ(type("topic", {}, kNeo, "random").data()["topic"].or_else(""), "Кратко");
  EXPECT_EQ(host.channels()["global"].topic, "");
}

TEST_F(Chat, ReadsAnotherChannelInASlashLineByItsMark) {
  type("topic", {{"channel", "#global"}, {"text", "for all"}}, kNeo, "random");
  EXPECT_EQ(host.channels()["global"].topic, "for all");
  EXPECT_EQ(host.channels()["random"].topic, "");
  EXPECT_EQ(type("topic", {{"channel", "#global"}}, kNeo, "random").data()["topic"].or_else(""),
            "for all");
}

TEST_F(Chat, TakesATopicAwayWithABlankOne) {
  host.channels()["random"].topic = "old";
  EXPECT_EQ(host.call("topic", {{"channel", "random"}, {"text", " "}}).type(), "topic");
  EXPECT_EQ(host.channels()["random"].topic, "");
}

TEST_F(Chat, LetsModeratorsAndAdminsSetTopics) {
  for (const char* role : {"user", "moderator", "admin"}) {
    Caller caller = kNeo;
    caller.roles = {role};
    EXPECT_EQ(host.call("topic", {{"text", role}}, caller).type(), "topic");
    EXPECT_EQ(host.channels()["global"].topic, role);
  }
}

TEST_F(Chat, TellsGuestsWhyTheyMaySetNoTopic) {
  const auto reply = host.call("topic", {{"text", "mine"}}, kGuest);
  EXPECT_EQ(reply.code(), "forbidden");
  EXPECT_EQ(reply.message(), "only those with an account may set a topic: register first");
  EXPECT_THAT(host.call("topic", {{"text", "mine"}}, in_russian(kGuest)).message(),
              HasSubstr("учётная запись"));
  EXPECT_EQ(host.channels()["global"].topic, "");
}

TEST_F(Chat, CountsTheCharactersOfATopic) {
  ASSERT_EQ(host.change_config(R"({"topic_length":4})"), std::nullopt);
  EXPECT_EQ(host.call("topic", {{"text", "тема"}}).type(), "topic");
  const auto reply = host.call("topic", {{"text", "темы!"}});
  EXPECT_EQ(reply.code(), "invalid_args");
  EXPECT_EQ(reply.message(), "a topic has at most 4 characters: make it shorter");
  EXPECT_EQ(host.call("topic", {{"text", "темы!"}}, in_russian(kNeo)).message(),
            "в теме не больше 4 знаков: сократите её");
  EXPECT_EQ(host.channels()["global"].topic, "тема");
}

TEST_F(Chat, AllowsTwoHundredCharactersUnlessToldOtherwise) {
  EXPECT_EQ(host.call("topic", {{"text", std::string(200, 'x')}}).type(), "topic");
  EXPECT_EQ(host.call("topic", {{"text", std::string(201, 'x')}}).code(), "invalid_args");
}

class HiddenChannel : public Chat, public ::testing::WithParamInterface<const char*> {};

TEST_P(HiddenChannel, IsNoDifferentFromOneThatIsNotThere) {
  host.channels()["dm:u_smith:u_trinity"].topic = "secret";
  const Json arguments{{"channel", GetParam()}};
  for (const char* action : {"topic", "typing"}) {
    const auto reply = host.call(action, arguments);
    EXPECT_EQ(reply.code(), "not_found") << action;
    EXPECT_EQ(reply.message(), "there is no channel " + std::string(GetParam()) +
                                   " for you: /channels lists those you can join");
    host.advance(1s);
    EXPECT_EQ(host.call(action, arguments, in_russian(kNeo)).message(),
              "канала " + std::string(GetParam()) +
                  " нет или он вам недоступен: доступные покажет /channels");
    host.advance(1s);
  }
  EXPECT_TRUE(host.pushes().empty());
}

INSTANTIATE_TEST_SUITE_P(Chat, HiddenChannel,
                         ::testing::Values("dm:u_smith:u_trinity", "dm:u_neo", "dm:", "@u_neo",
                                           "game:room"));

TEST_F(Chat, HasNoTopicForAChannelThatIsNotThere) {
  EXPECT_EQ(host.call("topic", {{"channel", "nowhere"}}).code(), "not_found");
  EXPECT_EQ(host.call("topic", {{"channel", "nowhere"}, {"text", "x"}}).code(), "not_found");
}

TEST_F(Chat, HasATopicForTheTwoOfADirectChannel) {
  EXPECT_EQ(host.call("topic", {{"channel", "dm:u_neo:u_trinity"}, {"text", "us"}}).type(),
            "topic");
  EXPECT_EQ(
      host.call("topic", {{"channel", "dm:u_neo:u_trinity"}}, kTrinity).data()["topic"].or_else(""),
      "us");
}

TEST_F(Chat, HasATopicForTheMembersOfAPluginsChannel) {
  host.channels()["game:room"] = {.topic = "dark", .members = {"u_neo"}};
  EXPECT_EQ(host.call("topic", {{"channel", "game:room"}}).data()["topic"].or_else(""), "dark");
  EXPECT_EQ(host.call("topic", {{"channel", "game:room"}}, kTrinity).code(), "not_found");
}

// ---- typing

TEST_F(Chat, TellsTheOthersWhoIsTyping) {
  EXPECT_EQ(host.call("typing", {{"channel", "global"}}, kTrinity).type(), "ok");
  ASSERT_EQ(host.pushes().size(), 1u);
  const auto& push = host.pushes()[0];
  EXPECT_EQ(push.scope, static_cast<std::uint32_t>(PARLEY_PUSH_CHANNEL));
  EXPECT_THAT(push.targets, ElementsAre("global"));
  EXPECT_THAT(push.except, ElementsAre("u_trinity"));
  EXPECT_TRUE(push.may_drop);
  EXPECT_FALSE(push.store);
  EXPECT_EQ(push.frame.text(),
            R"({"type":"typing","data":{"user":{"id":"u_trinity","name":"Тринити"}}})");
}

TEST_F(Chat, LetsOnlyTheNewestTypingOfOnePersonWait) {
  host.call("typing", {{"channel", "global"}}, kNeo);
  host.call("typing", {{"channel", "global"}}, kTrinity);
  host.advance(1s);
  host.call("typing", {{"channel", "global"}}, kNeo);
  ASSERT_EQ(host.pushes().size(), 3u);
  EXPECT_EQ(host.pushes()[0].conflate, host.pushes()[2].conflate);
  EXPECT_NE(host.pushes()[0].conflate, host.pushes()[1].conflate);
}

TEST_F(Chat, TellsOfTypingOnceASecond) {
  host.call("typing", {{"channel", "global"}});
  EXPECT_EQ(host.call("typing", {{"channel", "global"}}).code(), "rate_limited");
  EXPECT_EQ(host.pushes().size(), 1u);
}

TEST_F(Chat, TypesWhereTheSpeakerMayWrite) {
  host.channels()["game:room"].members = {"u_neo"};
  for (const char* channel : {"random", "#random", "dm:u_neo:u_trinity", "game:room"}) {
    EXPECT_EQ(host.call("typing", {{"channel", channel}}).type(), "ok") << channel;
    host.advance(1s);
  }
  EXPECT_EQ(host.pushes().size(), 4u);
}

TEST_F(Chat, TypesInGlobalWhereNoChannelIsNamed) {
  EXPECT_EQ(host.call("typing").type(), "ok");
  ASSERT_EQ(host.pushes().size(), 1u);
  EXPECT_THAT(host.pushes()[0].targets, ElementsAre("global"));
}

TEST_F(Chat, WhoIsBlockedDoesNotType) {
  host.refuse_writing("dm:u_neo:u_trinity");
  EXPECT_EQ(host.call("typing", {{"channel", "dm:u_neo:u_trinity"}}).code(), "forbidden");
  EXPECT_TRUE(host.pushes().empty());
}

TEST_F(Chat, SetsTopicsWhereTheSpeakerMayWrite) {
  host.channels()["random"].topic = "old";
  host.refuse_writing("random");
  EXPECT_EQ(host.call("topic", {{"channel", "random"}, {"text", "new"}}).code(), "forbidden");
  EXPECT_EQ(host.channels()["random"].topic, "old");
}

TEST_F(Chat, OvertakesWithTyping) {
  const auto flags = declared(host, "typing").flags;
  EXPECT_TRUE(flags & PARLEY_COMMAND_CONCURRENT);
  EXPECT_TRUE(flags & PARLEY_COMMAND_READ_ONLY);
}

// ---- all of them

TEST_F(Chat, IsForThoseWhoAreSomebody) {
  const Caller nobody{.id = "", .kind = UserKind::kNone, .roles = {}};
  EXPECT_EQ(host.call("sendChat", {{"message", "hi"}}, nobody).code(), "unauthorized");
  EXPECT_EQ(host.call("msg", {{"user", "Neo"}, {"message", "hi"}}, nobody).code(), "unauthorized");
  EXPECT_EQ(host.call("topic", {}, nobody).code(), "unauthorized");
  EXPECT_EQ(host.call("typing", {{"channel", "global"}}, nobody).code(), "unauthorized");
}

TEST_F(Chat, ExplainsEverythingInBothLanguages) {
  EXPECT_EQ(host.commands().size(), 4u);
  for (const auto& command : host.commands()) {
    EXPECT_EQ(command.help.size(), 2u) << command.name;
    for (const auto& argument : command.arguments) {
      EXPECT_EQ(argument.help.size(), 2u) << command.name << " " << argument.name;
    }
  }
}

}  // namespace
