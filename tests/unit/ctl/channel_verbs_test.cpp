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

}  // namespace
}  // namespace parley::ctl
