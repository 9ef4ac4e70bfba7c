// SPDX-License-Identifier: Apache-2.0
// What was said is changed, taken away, read; and some do not want to hear some.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class Messages : public SharedServer {
 protected:
  std::int64_t say(Client& who, const std::string& text, const std::string& channel = "global") {
    const auto done =
        who.ask({{"action", "sendChat"}, {"channel", channel}, {"message", text}}, "s");
    EXPECT_EQ(done.at("type"), "ok") << done;
    return done.at("data").at("offset");
  }
  static Json edit(std::int64_t offset, const std::string& text,
                   const std::string& channel = "global") {
    return {{"action", "editMessage"}, {"channel", channel}, {"offset", offset}, {"message", text}};
  }
  static Json erase(std::int64_t offset, const std::string& channel = "global") {
    return {{"action", "deleteMessage"}, {"channel", channel}, {"offset", offset}};
  }
  static Json shown(Client& who, std::int64_t offset) {
    const auto page = who.ask(
        {{"action", "history"}, {"channel", "global"}, {"after", offset - 1}, {"limit", 1}}, "h");
    return page.at("data").at("messages").at(0).at("data");
  }
  static bool is(const Json& frame, const std::string& type, std::int64_t of) {
    return frame.value("type", "") == type && frame.at("data").value("offset", 0) == of;
  }
  static std::string id_in(const Json& welcome) { return welcome.at("data").at("user").at("id"); }
};

TEST_F(Messages, AChangeIsHeardAndHistoryShowsIt) {
  Client anna(server().port()), boris(server().port());
  anna.enter("AnnaEdits");
  boris.enter("BorisReads");
  const auto offset = say(anna, "see yuo");
  const auto done = anna.ask(edit(offset, "see you"), 1);
  ASSERT_EQ(done.at("type"), "ok") << done;
  EXPECT_GT(done.at("data").at("offset"), offset);
  const auto heard = boris.read_where(
      [&](const Json& frame) { return is(frame, "chatEdited", offset); }, "the change");
  EXPECT_EQ(heard.at("data").at("text"), "see you");
  EXPECT_EQ(heard.at("channel"), "global");
  EXPECT_EQ(shown(boris, offset).at("text"), "see you");
  EXPECT_EQ(shown(boris, offset).at("edited"), true);

  EXPECT_EQ(error_code(boris.ask(edit(offset, "not his"), 2)), "forbidden");
  EXPECT_EQ(error_code(boris.ask(erase(offset), 3)), "forbidden");
  EXPECT_EQ(error_code(anna.ask(edit(offset, " \n"), 4)), "invalid_args");
  EXPECT_EQ(error_code(anna.ask(edit(offset, std::string(4001, 'x')), 5)), "too_large");
  EXPECT_EQ(error_code(anna.ask(edit(offset, "x", "@u_nobody"), 6)), "not_found");
  EXPECT_EQ(error_code(anna.ask({{"action", "editMessage"}, {"message", "x"}}, 7)), "invalid_args");

  ASSERT_EQ(anna.ask(erase(offset), 8).at("type"), "ok");
  boris.read_where([&](const Json& frame) { return is(frame, "chatDeleted", offset); }, "its end");
  EXPECT_EQ(shown(boris, offset).at("text"), "");
  EXPECT_EQ(shown(boris, offset).at("deleted"), true);
  EXPECT_EQ(error_code(anna.ask(edit(offset, "back"), 9)), "not_found");
}

TEST_F(Messages, ARepeatedChangeIsOneChange) {
  Client anna(server().port());
  anna.enter("AnnaRepeats");
  const auto offset = say(anna, "once");
  auto change = edit(offset, "twice");
  change["key"] = "change-1";
  const auto first = anna.ask(change, 1);
  ASSERT_EQ(first.at("type"), "ok") << first;
  const auto second = anna.ask(change, 2);
  EXPECT_EQ(second.at("data").at("offset"), first.at("data").at("offset")) << second;
  auto end = erase(offset);
  end["key"] = "end-1";
  EXPECT_EQ(anna.ask(end, 3).at("type"), "ok");
  EXPECT_EQ(anna.ask(end, 4).at("type"), "ok");
}

TEST_F(Messages, AModeratorTakesAwayWhatOthersSaid) {
  Client anna(server().port()), judge(server().port());
  anna.enter("AnnaIsRude");
  judge.ask({{"action", "register"}, {"name", "Judge"}, {"password", "correct horse"}}, 0);
  const auto offset = say(anna, "something rude");
  EXPECT_EQ(error_code(judge.ask(erase(offset), 1)), "forbidden");
  Ctl(server()).must({"user", "role", "add", "Judge", "moderator"});
  ASSERT_EQ(judge.ask_patiently(erase(offset), 2).at("type"), "ok");
  const auto heard = anna.read_where(
      [&](const Json& frame) { return is(frame, "chatDeleted", offset); }, "its end");
  EXPECT_EQ(heard.at("data").at("from"), "Judge");
}

TEST_F(Messages, AMuteHoldsForTopics) {
  Client judge(server().port()), talker(server().port());
  judge.ask({{"action", "register"}, {"name", "Hush"}, {"password", "correct horse"}}, 0);
  Ctl(server()).must({"user", "role", "add", "Hush", "moderator"});
  talker.ask({{"action", "register"}, {"name", "Talker"}, {"password", "correct horse"}}, 0);
  const Json topic{{"action", "topic"}, {"channel", "loud"}, {"text", "my words"}};
  const auto set = talker.ask(topic, 1);
  ASSERT_EQ(set.at("type"), "topic") << set;
  EXPECT_EQ(set.at("data").at("topic"), "my words");
  ASSERT_EQ(judge.ask_patiently({{"action", "mute"}, {"user", "Talker"}}, 1).at("type"),
            "botMessage");
  EXPECT_EQ(error_code(talker.ask(topic, 2)), "moderation.muted");
}

TEST_F(Messages, WhoIsBlockedDoesNotType) {
  Client neo(server().port()), smith(server().port());
  const auto neos = id_in(neo.enter("NeoSeesNoTyping"));
  const auto smiths = id_in(smith.enter("SmithTypes"));
  const auto channel = "dm:" + std::min(neos, smiths) + ":" + std::max(neos, smiths);
  say(smith, "hello", channel);
  neo.read_where([](const Json& frame) { return frame.value("type", "") == "chatMessage"; },
                 "the message");
  const Json typing{{"action", "typing"}, {"channel", channel}};
  ASSERT_EQ(smith.ask_patiently(typing, 1).at("type"), "ok");
  neo.read_until("typing");
  ASSERT_EQ(neo.ask({{"action", "block"}, {"user", "SmithTypes"}}, 2).at("type"), "ok");
  EXPECT_EQ(error_code(smith.ask_patiently(typing, 3)), "forbidden");
  EXPECT_TRUE(
      neo.hears_nothing_of([](const Json& frame) { return frame.value("type", "") == "typing"; }));
}

TEST_F(Messages, WhoWasAwayHearsOfTheChangeInItsPlace) {
  Client anna(server().port());
  anna.enter("AnnaChanges");
  Json place;
  std::int64_t offset = 0;
  {
    Client boris(server().port());
    place = boris.enter("BorisIsAway").at("data");
    offset = say(anna, "first");
    boris.read_where([&](const Json& frame) { return frame.value("offset", 0) == offset; },
                     "the message");
    boris.hang_up();
  }
  ASSERT_EQ(anna.ask(edit(offset, "second"), 1).at("type"), "ok");
  Client back(server().port());
  ASSERT_EQ(back.ask({{"action", "resume"},
                      {"session", place.at("session")},
                      {"resume", place.at("resume")},
                      {"seq", 0},
                      {"channels", {{"global", offset}}}},
                     "r")
                .at("type"),
            "welcome");
  const auto heard = back.read_where(
      [&](const Json& frame) { return is(frame, "chatEdited", offset); }, "the change");
  EXPECT_EQ(heard.at("data").at("text"), "second");
}

TEST_F(Messages, WhatIsReadOnThePhoneIsReadOnTheDesk) {
  Client desk(server().port()), phone(server().port()), anna(server().port());
  const auto entered =
      desk.ask({{"action", "register"}, {"name", "Reader"}, {"password", "correct horse"}}, 0);
  ASSERT_EQ(entered.at("type"), "welcome") << entered;
  phone.ask({{"action", "auth"}, {"token", entered.at("data").at("token")}}, 0);
  anna.enter("AnnaWrites");
  const auto first = say(anna, "one", "reading");
  say(anna, "two, @reader", "reading");
  const auto read =
      phone.ask({{"action", "markRead"}, {"channel", "reading"}, {"offset", first}}, 1);
  ASSERT_EQ(read.at("type"), "read") << read;
  EXPECT_EQ(read.at("data").at("unread"), 1);
  EXPECT_EQ(read.at("data").at("mentions"), 1);
  const auto told = desk.read_until("read");
  EXPECT_EQ(told.at("data"), read.at("data"));
  const auto joined =
      desk.ask({{"action", "subscribe"}, {"channel", "reading"}, {"history", 1}}, 2);
  EXPECT_EQ(joined.at("data").at("unread"), 1);
  EXPECT_EQ(joined.at("data").at("read"), first);
  EXPECT_EQ(
      error_code(desk.ask({{"action", "markRead"}, {"channel", "dm:u_a:u_b"}, {"offset", 1}}, 3)),
      "not_found");
  EXPECT_EQ(
      error_code(desk.ask({{"action", "markRead"}, {"channel", "reading"}, {"offset", -1}}, 4)),
      "invalid_args");
}

TEST_F(Messages, WhoIsBlockedDoesNotGetThrough) {
  Client neo(server().port()), smith(server().port());
  const auto neo_id = id_in(neo.enter("NeoBlocks"));
  const auto smith_id = id_in(smith.enter("SmithInsists"));
  const auto write = [](const std::string& to) {
    return Json{{"action", "directMessage"}, {"user", to}, {"message", "hello"}};
  };
  ASSERT_EQ(smith.ask(write("NeoBlocks"), 1).at("type"), "ok");
  ASSERT_EQ(neo.ask({{"action", "block"}, {"user", "@SmithInsists"}}, 2).at("type"), "ok");
  EXPECT_EQ(error_code(smith.ask(write("NeoBlocks"), 3)), "forbidden");
  const auto own = neo.ask(write("SmithInsists"), 4);
  EXPECT_EQ(error_code(own), "forbidden");
  EXPECT_NE(own.at("data").at("message").get<std::string>().find("Unblock"), std::string::npos);
  const auto channel = "dm:" + std::min(neo_id, smith_id) + ":" + std::max(neo_id, smith_id);
  EXPECT_EQ(error_code(smith.ask(
                {{"action", "sendChat"}, {"channel", channel}, {"message", "let me in"}}, 5)),
            "forbidden");
  EXPECT_EQ(error_code(smith.ask(edit(1, "and another thing", channel), 6)), "forbidden");
  const auto list = neo.ask({{"action", "blocked"}}, 7);
  EXPECT_EQ(list.at("data").at("users").at(0).at("name"), "SmithInsists");
  EXPECT_EQ(error_code(neo.ask({{"action", "block"}, {"user", "NeoBlocks"}}, 8)), "invalid_args");
  EXPECT_EQ(error_code(neo.ask({{"action", "block"}, {"user", "Nobody Here"}}, 9)), "not_found");
  ASSERT_EQ(neo.ask({{"action", "unblock"}, {"user", "SmithInsists"}}, 10).at("type"), "ok");
  EXPECT_EQ(smith.ask(write("NeoBlocks"), 11).at("type"), "ok");
}

TEST(MessagesOverARestart, MarksAndBlocksStay) {
  ServerProcess server;
  std::string token;
  {
    Client neo(server.port()), smith(server.port());
    const auto entered =
        neo.ask({{"action", "register"}, {"name", "Neo"}, {"password", "correct horse"}}, 0);
    token = entered.at("data").at("token");
    smith.ask({{"action", "register"}, {"name", "Smith"}, {"password", "correct horse"}}, 0);
    for (int i = 0; i < 3; ++i)
      smith.ask({{"action", "sendChat"}, {"channel", "global"}, {"message", "hm"}}, i + 1);
    neo.ask({{"action", "markRead"}, {"channel", "global"}, {"offset", 2}}, 1);
    neo.ask({{"action", "block"}, {"user", "Smith"}}, 2);
    server.kill();
  }
  server.start_again();
  Client neo(server.port());
  neo.ask({{"action", "auth"}, {"token", token}}, 0);
  const auto joined = neo.ask({{"action", "subscribe"}, {"channel", "global"}, {"history", 1}}, 1);
  EXPECT_EQ(joined.at("data").at("unread"), 1) << joined;
  EXPECT_EQ(
      error_code(neo.ask({{"action", "directMessage"}, {"user", "Smith"}, {"message", "?"}}, 2)),
      "forbidden");
}

// The filters that look at messages look at changes too.
TEST(MessagesUnderAFilter, AChangeIsLookedAtAsTheMessageWas) {
  ServerProcess server;
  Ctl(server).must(
      {"plugin", "config", "moderation", "--set", "words=[\"spoon\"]", "--set", "on_word=deny"});
  Client neo(server.port());
  neo.enter("Neo");
  const auto sent =
      neo.ask({{"action", "sendChat"}, {"channel", "global"}, {"message", "there is none"}}, 1);
  const auto refused = neo.ask({{"action", "editMessage"},
                                {"channel", "global"},
                                {"offset", sent.at("data").at("offset")},
                                {"message", "there is no spoon"}},
                               2);
  EXPECT_EQ(refused.at("type"), "error") << refused;
}

}  // namespace
}  // namespace parley::test
