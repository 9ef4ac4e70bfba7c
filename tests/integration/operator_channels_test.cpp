// SPDX-License-Identifier: Apache-2.0
// What an operator sees of channels, and changes in them.
#include <gmock/gmock.h>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OperatorChannels : public SharedServer {
 protected:
  static Ctl ctl() { return Ctl(server()); }
  static std::int64_t say(Client& person, const std::string& text) {
    const Json message{{"action", "sendChat"}, {"channel", "global"}, {"message", text}};
    return person.ask(message, text).at("data").at("offset").get<std::int64_t>();
  }
};

TEST_F(OperatorChannels, WhoIsThereAndWhatWasSaid) {
  Client neo(server().port());
  neo.enter("Chatty");
  const auto offset = say(neo, "the gate is open");
  const auto info = ctl().must({"channel", "info", "global", "-o", "json"}).json();
  EXPECT_EQ(info.at("name"), "global");
  EXPECT_GE(info.at("messages").get<std::int64_t>(), offset);
  EXPECT_THAT(info.at("members").dump(), HasSubstr("Chatty"));
  EXPECT_GE(info.at("present").get<int>(), 1);
  EXPECT_THAT(ctl().must({"channel", "messages", "global"}).out, HasSubstr("the gate is open"));
  const auto before = ctl().must(
      {"channel", "messages", "global", "--before", std::to_string(offset), "-o", "json"});
  EXPECT_THAT(before.out, Not(HasSubstr("the gate is open")));
}

TEST_F(OperatorChannels, ATopicIsSetAndTakenAway) {
  Client neo(server().port());
  neo.enter("Looker");
  ctl().must({"channel", "topic", "global", "Maintenance on Sunday"});
  EXPECT_THAT(neo.read_until("topic").dump(), HasSubstr("Maintenance on Sunday"));
  EXPECT_THAT(ctl().must({"channel", "info", "global"}).out, HasSubstr("Maintenance on Sunday"));
  ctl().must({"channel", "topic", "global", "--remove"});
  EXPECT_THAT(ctl().must({"channel", "info", "global"}).out, Not(HasSubstr("Maintenance")));
  EXPECT_THAT(ctl().run({"channel", "topic", "global", std::string(1001, 'x')}).err,
              HasSubstr("at most 1000 characters"));
}

TEST_F(OperatorChannels, AMessageIsTakenAwayForEverybody) {
  Client neo(server().port());
  neo.enter("Rude");
  const auto offset = std::to_string(say(neo, "something rude"));
  ctl().must({"channel", "delete-message", "global", offset, "--yes"});
  EXPECT_EQ(neo.read_until("chatDeleted").at("data").at("offset").get<int>(), std::stoi(offset));
  const auto left = ctl().must({"channel", "messages", "global"}).out;
  EXPECT_THAT(left, Not(HasSubstr("something rude")));
  const auto twice = ctl().run({"channel", "delete-message", "global", offset, "--yes"});
  EXPECT_EQ(twice.exit_code, 1);
  EXPECT_THAT(twice.err, HasSubstr("no message"));
}

TEST_F(OperatorChannels, WhatPeopleSayToEachOtherAloneStaysTheirs) {
  Client neo(server().port());
  neo.enter("Whisperer");
  Client ann(server().port());
  const auto welcome = ann.enter("Confidant");
  ASSERT_EQ(neo.ask({{"action", "directMessage"}, {"user", "Confidant"}, {"message", "psst"}}, 1)
                .value("type", ""),
            "ok");
  const auto direct =
      ann.read_where(
             [](const Json& frame) { return frame.dump().find("psst") != std::string::npos; },
             "the message")
          .at("channel")
          .get<std::string>();
  const auto own = "@" + welcome.at("data").at("user").at("id").get<std::string>();
  for (const auto& channel : {direct, own})
    for (const std::string what : {"info", "messages"})
      EXPECT_THAT(ctl().run({"channel", what, channel}).err, HasSubstr("to each other alone"));
  EXPECT_EQ(ctl().run({"channel", "topic", direct, "x"}).exit_code, 1);
}

TEST_F(OperatorChannels, OneThatIsNotThereIsNotMade) {
  for (const std::string what : {"info", "messages"})
    EXPECT_THAT(ctl().run({"channel", what, "golbal"}).err,
                HasSubstr("there is no channel golbal"));
  EXPECT_EQ(ctl().run({"channel", "topic", "golbal", "x"}).exit_code, 1);
  EXPECT_EQ(ctl().run({"channel", "info", "No Name At All!"}).exit_code, 1);
  EXPECT_THAT(ctl().must({"channels"}).out, Not(HasSubstr("golbal")));
}

}  // namespace
}  // namespace parley::test
