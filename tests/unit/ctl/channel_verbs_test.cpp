// SPDX-License-Identifier: Apache-2.0
#include "verbs_fixture.h"

namespace parley::ctl {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(VerbsTest, ChannelsOfPeopleCarryTheirNames) {
  server_.answer("GET /admin/v1/channels", 200,
                 R"({"channels":[{"name":"@u_7","members":1,"people":["Ann"]},
                     {"name":"dm:g_1:u_7","members":2,"people":["Bob","Ann"]},
                     {"name":"global","members":3}]})");
  EXPECT_EQ(run({"channels"}), 0);
  EXPECT_EQ(out(), "name          members\n@Ann          1\ndm: Bob, Ann  2\nglobal        3\n");
  EXPECT_EQ(run({"channels", "-o", "json"}), 0);
  EXPECT_EQ(json::parse(out()).at("channels").at(1).at("name"), "dm:g_1:u_7");
}

TEST_F(VerbsTest, AChannelIsLookedIntoAndChanged) {
  server_.answer("GET /admin/v1/channels/global", 200,
                 R"({"name":"global","topic":"Tea","messages":7,"present":1,
                     "members":[{"id":"u_7","name":"Ann","kind":"user","sessions":1}]})");
  EXPECT_EQ(run({"channel", "info", "global"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("topic     Tea"), HasSubstr("Ann   user  u_7  1")));
  server_.answer("GET /admin/v1/channels/global/messages?limit=2&before=9", 200,
                 R"({"messages":[{"type":"chatMessage","offset":7,"ts":1760000000123,
                                  "data":{"from":"Ann","text":"\u001b[2Jhi"}},
                                 {"type":"chatMessage","offset":8,"ts":1760000000123,
                                  "data":{"from":"Bob","text":"","deleted":true}},
                                 {"type":"worldEvent","offset":9,"ts":1760000000123}]})");
  EXPECT_EQ(run({"channel", "messages", "global", "--limit", "2", "--before", "9"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("Ann   \\x1b[2Jhi"), HasSubstr("Bob   (deleted)"),
                           HasSubstr("worldEvent")));
  server_.answer("POST /admin/v1/channels/global/topic", 200, R"({"message":"it is set"})");
  EXPECT_EQ(run({"channel", "topic", "global", "More tea"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"topic":"More tea"})"));
  EXPECT_EQ(run({"channel", "topic", "global", "--remove"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"topic":""})"));
  EXPECT_EQ(run({"channel", "topic", "global"}), 1);
  EXPECT_EQ(run({"channel", "topic", "global", "x", "--remove"}), 1);
}

TEST_F(VerbsTest, AMessageIsTakenAwayOnceThatIsConfirmed) {
  server_.answer("POST /admin/v1/channels/global/messages/7/delete", 200, "{}");
  said_ = "n";
  EXPECT_EQ(run({"channel", "delete-message", "global", "7"}), 1);
  EXPECT_THAT(asked_, HasSubstr("message 7 of global"));
  EXPECT_THAT(server_.asked(), SizeIs(0));
  EXPECT_EQ(run({"channel", "delete-message", "global", "7", "--yes"}), 0);
  EXPECT_EQ(run({"channel", "delete-message", "global", "0", "--yes"}), 2);
}

TEST_F(VerbsTest, BansAreShownAndLifted) {
  server_.answer(
      "GET /admin/v1/bans", 200,
      R"({"bans":[{"channel":"den","user":"neo","userId":"u_7","by":"judge","reason":"rude",
                              "bannedAt":1760000000123,"endsAt":0}]})");
  EXPECT_EQ(run({"channel", "bans"}), 0);
  EXPECT_THAT(out(), AllOf(HasSubstr("den      neo   -       rude    judge"),
                           HasSubstr("2025-10-09T08:53:20.123Z")));
  server_.answer("GET /admin/v1/bans?channel=den", 200, R"({"bans":[]})");
  EXPECT_EQ(run({"channel", "bans", "den"}), 0);
  EXPECT_EQ(out(), "no bans\n");
  server_.answer("POST /admin/v1/bans/lift", 200, R"({"message":"neo may come to den again"})");
  EXPECT_EQ(run({"channel", "unban", "den", "neo"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"channel":"den","user":"neo"})"));
  EXPECT_EQ(out(), "neo may come to den again\n");
  EXPECT_EQ(run({"channel", "unban", "den"}), 2);
}

}  // namespace
}  // namespace parley::ctl
