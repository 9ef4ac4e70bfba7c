// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ReadingTest : public testing::Test {
 protected:
  std::string mark(World::Client& who, const std::string& channel, std::int64_t offset) {
    std::string answer;
    world.on(who, [&](Session& session) {
      world.channels.mark_read(session, channel, offset, [&, channel](Result<Unread> unread) {
        answer = unread ? unread->data_json(channel) : unread.status().message();
      });
    });
    world.run();
    return answer;
  }
  // What is said of reading in the answer to a subscribe.
  std::string joined(World::Client& who, const std::string& channel, SubscribeOptions options) {
    world.subscribe(who, channel, options);
    world.run();
    const auto& answer = who.link.frames.back();
    const auto at = answer.find(R"("read":)");
    return at == answer.npos ? "" : answer.substr(at, answer.rfind('}') - at);
  }
  void say(World::Client& who, const std::string& text, const std::string& channel = "global") {
    world.say(who, channel, text);
    world.run();
  }

  World world;
  World::Client& neo = world.enter(0, person("u_neo", "Neo"));
  World::Client& trinity = world.enter(1, person("u_tri", "Trinity"));
};

TEST_F(ReadingTest, CountsWhatOthersSaidSince) {
  say(trinity, "one");
  say(trinity, "two");
  say(neo, "mine");
  say(trinity, "wake up, @neo!");
  EXPECT_EQ(mark(neo, "global", 1), R"({"channel":"global","read":1,"unread":2,"mentions":1})");
  EXPECT_EQ(joined(neo, "global", {.history = 5}), R"("read":1,"unread":2,"mentions":1)");
  EXPECT_EQ(joined(neo, "global", {.since = 4}), R"("read":1,"unread":2,"mentions":1)");
  EXPECT_EQ(mark(neo, "global", 4), R"({"channel":"global","read":4,"unread":0,"mentions":0})");
}

TEST_F(ReadingTest, ChangesTakeNoPlaceAmongWhatIsCounted) {
  config::Config config = World::defaults();
  config.channels.unread_max = 3;
  world.channels.configure(config);
  say(trinity, "one");
  EXPECT_EQ(mark(neo, "global", 1), R"({"channel":"global","read":1,"unread":0,"mentions":0})");
  for (int i = 0; i < 9; ++i) {
    world.channels.revise({.channel = "global",
                           .offset = 1,
                           .by = author_of(*trinity.session->user()),
                           .text = "one " + std::to_string(i)},
                          [](Result<std::int64_t>) {});
    world.run();
  }
  say(trinity, "two");
  say(trinity, "three, @neo");
  EXPECT_EQ(joined(neo, "global", {.history = 5}), R"("read":1,"unread":2,"mentions":1)");
}

TEST_F(ReadingTest, NothingIsSaidToWhoDidNotAskForMessages) {
  say(trinity, "one");
  EXPECT_EQ(joined(neo, "global", {}), "");
}

TEST_F(ReadingTest, WhoNeverSaidSoHasReadWhatWasPublic) {
  say(trinity, "one");
  EXPECT_EQ(joined(neo, "global", {.history = 5}), R"("read":1,"unread":0,"mentions":0)");
}

TEST_F(ReadingTest, OfADirectChannelNothingWasReadBefore) {
  say(trinity, "psst", "dm:u_neo:u_tri");
  say(trinity, "here", "dm:u_neo:u_tri");
  EXPECT_EQ(joined(neo, "dm:u_neo:u_tri", {.history = 5}), R"("read":0,"unread":2,"mentions":0)");
  EXPECT_EQ(joined(trinity, "dm:u_neo:u_tri", {.history = 5}),
            R"("read":0,"unread":0,"mentions":0)");
}

TEST_F(ReadingTest, DeletedOnesAndChangesAreNotCounted) {
  say(trinity, "one");
  say(trinity, "two @Neo");
  mark(neo, "global", 1);
  world.channels.revise(
      {.channel = "global", .offset = 2, .by = author_of(*trinity.session->user())},
      [](const Result<std::int64_t>& done) { EXPECT_TRUE(done); });
  world.run();
  EXPECT_EQ(joined(neo, "global", {.history = 5}), R"("read":1,"unread":0,"mentions":0)");
}

TEST_F(ReadingTest, CountsUpToTheLimitAndSaysSo) {
  config::Config config = World::defaults();
  config.channels.unread_max = 2;
  World small(config);
  auto& one = small.enter(0, person("u_neo", "Neo"));
  auto& other = small.enter(1, person("u_tri", "Trinity"));
  for (int i = 0; i < 4; ++i) {
    small.say(other, "global", "x");
    small.run();
  }
  std::string answer;
  small.on(one, [&](Session& session) {
    small.channels.mark_read(session, "global", 1,
                             [&](Result<Unread> unread) { answer = unread->data_json("global"); });
  });
  small.run();
  EXPECT_THAT(answer, HasSubstr(R"("unread":2,"mentions":0,"unreadMore":true)"));
}

TEST_F(ReadingTest, WhatIsReadOnOneDeviceIsReadOnTheOthers) {
  auto& phone = world.enter(1, neo.session->user());
  say(trinity, "one");
  mark(neo, "global", 1);
  EXPECT_THAT(phone.link.frames.back(), HasSubstr(R"("type":"read")"));
  EXPECT_THAT(phone.link.frames.back(),
              HasSubstr(R"({"channel":"global","read":1,"unread":0,"mentions":0})"));
  EXPECT_THAT(neo.link.frames.back(), Not(HasSubstr(R"("type":"read")")));
  EXPECT_THAT(trinity.link.frames.back(), Not(HasSubstr(R"("type":"read")")));
}

TEST_F(ReadingTest, NobodyMarksWhatIsNotTheirs) {
  say(neo, "secret", "dm:u_ann:u_neo");
  EXPECT_THAT(mark(trinity, "dm:u_ann:u_neo", 1), HasSubstr("There is no channel"));
  EXPECT_THAT(mark(trinity, "nowhere", 1), HasSubstr("There is no such channel"));
  EXPECT_THAT(mark(trinity, "Not A Name", 1), HasSubstr("That is no channel name"));
}

}  // namespace
}  // namespace parley::session
