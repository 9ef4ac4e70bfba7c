// SPDX-License-Identifier: Apache-2.0
// People talk: acknowledgement, order, channels, history, presence.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class Chat : public SharedServer {};

Json chat(const std::string& channel, const std::string& text) {
  return {{"action", "sendChat"}, {"channel", channel}, {"message", text}};
}

bool is_chat(const Json& frame) {
  return frame.value("type", "") == "chatMessage";
}

TEST_F(Chat, AcknowledgementComesBeforeTheSendersOwnCopy) {
  Client neo(server().port());
  neo.enter("Acked");
  neo.send(R"({"action":"sendChat","id":8,"channel":"global","message":"hi"})");
  const auto first = neo.read_where(
      [](const Json& frame) { return is_chat(frame) || frame.contains("id"); }, "ok or the copy");
  ASSERT_EQ(first.at("type"), "ok") << first;
  EXPECT_EQ(first.at("id"), 8);
  EXPECT_TRUE(first.contains("seq"));

  const auto copy = neo.read_until("chatMessage");
  EXPECT_EQ(copy.at("offset"), first.at("data").at("offset"));
  EXPECT_EQ(copy.at("channel"), "global");
  EXPECT_EQ(copy.at("data").at("from"), "Acked");
  EXPECT_GT(copy.at("ts").get<std::int64_t>(), 0);
  EXPECT_FALSE(copy.contains("seq")) << "channel frames carry an offset instead";
}

TEST_F(Chat, EveryoneSeesTheSameMessagesInOffsetOrder) {
  Client anna(server().port()), boris(server().port());
  anna.enter("Anna");
  boris.enter("Boris");
  anna.ask({{"action", "subscribe"}, {"channel", "duet"}}, "s");
  boris.ask({{"action", "subscribe"}, {"channel", "duet"}}, "s");
  for (int i = 0; i < 10; ++i) {
    anna.send_json(chat("duet", "a" + std::to_string(i)));
    boris.send_json(chat("duet", "b" + std::to_string(i)));
  }
  std::vector<Json> seen[2];
  Client* readers[] = {&anna, &boris};
  for (int reader = 0; reader < 2; ++reader)
    for (int i = 0; i < 20; ++i) {
      // The bot's answer to an earlier guest may still come, in the channel where that one spoke.
      auto message = readers[reader]->read_where(
          [](const Json& frame) { return is_chat(frame) && frame.at("channel") == "duet"; },
          "a message of the duet");
      seen[reader].push_back({{"offset", message["offset"]}, {"text", message["data"]["text"]}});
    }
  EXPECT_EQ(seen[0], seen[1]);
  for (std::size_t i = 1; i < seen[0].size(); ++i)
    EXPECT_EQ(seen[0][i]["offset"].get<int>(), seen[0][i - 1]["offset"].get<int>() + 1);
}

TEST_F(Chat, TextPassesByteByByte) {
  Client neo(server().port());
  neo.enter("Texter");
  for (const std::string text : {"<script>alert(1)</script>", "quote \" backslash \\ tab \t",
                                 "Ω≈ç√ 田中さん 👩‍👩‍👧", "' OR 1=1 --"}) {
    ASSERT_EQ(neo.ask(chat("global", text), text)["type"], "ok");
    EXPECT_EQ(neo.read_until("chatMessage").at("data").at("text"), text);
  }
}

TEST_F(Chat, ChannelIsHeardOnlyByItsMembers) {
  Client inside(server().port()), outside(server().port());
  inside.enter("Inside");
  outside.enter("Outside");
  inside.ask({{"action", "subscribe"}, {"channel", "club"}}, 1);
  ASSERT_EQ(inside.ask(chat("club", "between us"), 2)["type"], "ok");
  inside.read_until("chatMessage");
  EXPECT_TRUE(outside.hears_nothing_of(is_chat)) << outside.transcript();

  inside.ask({{"action", "unsubscribe"}, {"channel", "club"}}, 3);
  outside.ask({{"action", "subscribe"}, {"channel", "club"}}, 4);
  ASSERT_EQ(outside.ask(chat("club", "now mine"), 5)["type"], "ok");
  EXPECT_TRUE(inside.hears_nothing_of(is_chat)) << inside.transcript();
}

TEST_F(Chat, SubscribeSinceLeavesNoGap) {
  Client early(server().port());
  early.enter("Early");
  early.ask({{"action", "subscribe"}, {"channel", "gapless"}}, "s");
  for (int i = 1; i <= 5; ++i) early.ask(chat("gapless", std::to_string(i)), i);

  Client late(server().port());
  late.enter("Late");
  const auto joined =
      late.ask({{"action", "subscribe"}, {"channel", "gapless"}, {"since", 2}}, "s");
  ASSERT_EQ(joined.at("type"), "subscribed") << joined;
  EXPECT_EQ(joined.at("data").at("offset"), 5);
  EXPECT_EQ(joined.at("data").at("recovered"), true);
  EXPECT_EQ(joined.at("data").at("members"), 2);
  ASSERT_EQ(joined.at("data").at("messages").size(), 3u);
  EXPECT_EQ(joined.at("data").at("messages").at(0).at("data").at("text"), "3");

  early.ask(chat("gapless", "6"), 6);
  EXPECT_EQ(late.read_until("chatMessage").at("offset"), 6);
}

TEST_F(Chat, HistoryIsPagedOldestFirst) {
  Client neo(server().port());
  neo.enter("Reader");
  neo.ask({{"action", "subscribe"}, {"channel", "annals"}}, "s");
  for (int i = 1; i <= 7; ++i) neo.ask(chat("annals", std::to_string(i)), i);

  const auto last = neo.ask({{"action", "history"}, {"channel", "annals"}, {"limit", 3}}, "h1");
  ASSERT_EQ(last.at("type"), "history") << last;
  ASSERT_EQ(last.at("data").at("messages").size(), 3u);
  EXPECT_EQ(last.at("data").at("messages").at(0).at("offset"), 5);
  EXPECT_EQ(last.at("data").at("messages").at(2).at("offset"), 7);
  EXPECT_EQ(last.at("data").at("more"), true);

  const auto first =
      neo.ask({{"action", "history"}, {"channel", "annals"}, {"limit", 10}, {"before", 5}}, "h2");
  ASSERT_EQ(first.at("data").at("messages").size(), 4u);
  EXPECT_EQ(first.at("data").at("messages").at(0).at("data").at("text"), "1");
  EXPECT_EQ(first.at("data").at("more"), false);
  EXPECT_FALSE(first.contains("seq")) << "replies of read-only commands are asked for again";
}

TEST_F(Chat, AnAnswerNeedsAMessageThatIsThere) {
  Client neo(server().port());
  neo.enter("Answering");
  ASSERT_EQ(neo.ask({{"action", "subscribe"}, {"channel", "answers"}}, "s")["type"], "subscribed");
  const auto answering = [](std::int64_t offset) {
    auto command = chat("answers", "to you");
    command["replyTo"] = offset;
    return command;
  };
  EXPECT_EQ(error_code(neo.ask(answering(1), 1)), "invalid_args") << "nobody spoke yet, nor itself";
  const auto first = neo.ask(chat("answers", "hello"), 2);
  EXPECT_EQ(first.at("data").at("offset"), 1) << "what was refused left no gap";
  EXPECT_EQ(neo.ask(answering(1), 3)["type"], "ok");
  const auto refused = neo.ask(answering(99), 4);
  EXPECT_EQ(error_code(refused), "invalid_args");
  EXPECT_NE(refused.dump().find("offset 99"), std::string::npos) << refused;
}

TEST_F(Chat, PresenceNamesTheMembers) {
  Client anna(server().port()), boris(server().port());
  anna.enter("Present1");
  boris.enter("Present2");
  anna.ask({{"action", "subscribe"}, {"channel", "hall"}}, 1);
  boris.ask({{"action", "subscribe"}, {"channel", "hall"}}, 1);
  const auto here = anna.ask({{"action", "presence"}, {"channel", "hall"}}, 2);
  EXPECT_EQ(here.at("type"), "presence");
  EXPECT_NE(here.dump().find("Present1"), std::string::npos) << here;
  EXPECT_NE(here.dump().find("Present2"), std::string::npos) << here;
}

TEST_F(Chat, ForeignDirectChannelIsNotThere) {
  Client snoop(server().port());
  snoop.enter("Snoop");
  for (const std::string channel : {"dm:g_aaaa:g_bbbb", "@g_aaaa"})
    for (const std::string action : {"subscribe", "history", "presence"}) {
      const auto code = error_code(snoop.ask({{"action", action}, {"channel", channel}}, channel));
      EXPECT_TRUE(code == "not_found" || code == "forbidden") << action << " " << code;
    }
}

TEST_F(Chat, BotAnswersAGreetingInBothLanguages) {
  Client neo(server().port());
  neo.enter("Greeter");
  for (const std::string greeting : {"hello", "привет"}) {
    ASSERT_EQ(neo.ask(chat("global", greeting), greeting)["type"], "ok");
    const auto answer = neo.read_where(
        [](const Json& frame) {
          return frame.contains("data") && frame["data"].is_object() &&
                 frame["data"].value("bot", false);
        },
        "an answer of the bot to '" + greeting + "'");
    EXPECT_FALSE(answer.at("data").at("text").get<std::string>().empty());
  }
}

}  // namespace
}  // namespace parley::test
