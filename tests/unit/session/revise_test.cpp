// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ReviseTest : public testing::Test {
 protected:
  // The answer: the change's offset, or why not.
  std::string revise(const World::Client& who, std::int64_t offset, std::optional<std::string> text,
                     bool of_others = false) {
    std::string answer;
    world.channels.revise({.channel = "global",
                           .offset = offset,
                           .by = author_of(*who.session->user()),
                           .of_others = of_others,
                           .text = std::move(text)},
                          [&](Result<std::int64_t> done) {
                            answer = done ? std::to_string(*done) : done.status().message();
                          });
    world.run();
    return answer;
  }
  std::string history(HistoryRange range = {}) {
    std::string shown;
    world.channels.history(nullptr, "global", range,
                           [&](Result<ChannelHistory> page) { shown = page->messages_json; });
    world.run();
    return shown;
  }

  World world;
  World::Client& neo = world.enter(0, person("u_neo", "Neo"));
  World::Client& trinity = world.enter(1, person("u_tri", "Trinity"));
};

TEST_F(ReviseTest, EverybodyHearsOfAChangeInItsPlace) {
  world.say(neo, "global", "wrnog");
  world.say(trinity, "global", "what?");
  world.run();
  EXPECT_EQ(revise(neo, 1, "wrong"), "3");
  EXPECT_THAT(trinity.link.offsets("global"), ElementsAre(1, 2));
  EXPECT_THAT(trinity.link.frames.back(),
              HasSubstr(R"({"type":"chatEdited","channel":"global","offset":3)"));
  EXPECT_THAT(trinity.link.frames.back(),
              HasSubstr(R"("data":{"offset":1,"from":"Neo","text":"wrong"})"));
  EXPECT_THAT(history(), HasSubstr(R"({"text":"wrong","edited":true,"revision":3})"));
  EXPECT_THAT(history(), Not(HasSubstr("wrnog")));
}

TEST_F(ReviseTest, APageHasAsManyMessagesAsWereAskedForHoweverOftenTheyWereChanged) {
  for (const char* text : {"one", "two", "three"}) {
    world.say(neo, "global", text);
    world.run();
  }
  for (int i = 0; i < 10; ++i) revise(neo, 3, "three " + std::to_string(i));
  revise(neo, 2, std::nullopt);
  const auto newest = history({.limit = 2});
  EXPECT_THAT(newest, HasSubstr(R"("offset":2)"));
  EXPECT_THAT(newest, HasSubstr(R"("deleted":true)"));
  EXPECT_THAT(newest, HasSubstr(R"("text":"three 9","edited":true)"));
  EXPECT_THAT(newest, Not(HasSubstr("chatEdited")));
  EXPECT_THAT(history({.limit = 2, .before = 3}), HasSubstr(R"("text":"one")"));
  EXPECT_THAT(history({.limit = 2, .after = 1}), HasSubstr("three 9"));
  world.subscribe(trinity, "global", {.history = 3});
  world.run();
  EXPECT_THAT(trinity.link.frames.back(), HasSubstr(R"("text":"one")"));
}

TEST_F(ReviseTest, WhoWasAwayHearsOfChangesInTheirPlace) {
  world.say(neo, "global", "one");
  world.run();
  revise(neo, 1, "1");
  revise(neo, 1, "first");
  world.subscribe(trinity, "global", {.since = 1});
  world.run();
  const auto answer = trinity.link.frames.back();
  EXPECT_THAT(answer, HasSubstr(R"("offset":3,"recovered":true)"));
  EXPECT_THAT(answer, HasSubstr(R"("offset":2)"));
  EXPECT_THAT(answer, HasSubstr(R"("data":{"offset":1,"from":"Neo","text":"first"})"));
  EXPECT_THAT(history({.after = 1, .changes = true}), HasSubstr(R"("text":"first")"));
}

TEST_F(ReviseTest, ATextThatWasChangedAgainStaysNowhere) {
  world.say(neo, "global", "first");
  world.run();
  EXPECT_EQ(revise(neo, 1, "second"), "2");
  EXPECT_EQ(revise(neo, 1, "third"), "3");
  EXPECT_THAT(history(), Not(HasSubstr("second")));
  EXPECT_THAT(history({.changes = true}), Not(HasSubstr("second")));
  EXPECT_THAT(history({.changes = true}), HasSubstr(R"({"offset":1,"superseded":true})"));
  EXPECT_EQ(revise(neo, 1, std::nullopt), "4");
  EXPECT_THAT(history(), Not(HasSubstr("third")));
  EXPECT_THAT(history(), HasSubstr(R"({"text":"","deleted":true,"revision":4})"));
  EXPECT_THAT(trinity.link.frames.back(), HasSubstr(R"("type":"chatDeleted")"));
}

TEST_F(ReviseTest, OnlyItsAuthorAndModeratorsMay) {
  world.say(neo, "global", "mine");
  world.run();
  EXPECT_THAT(revise(trinity, 1, "hers"), HasSubstr("moderators may change it"));
  EXPECT_THAT(revise(trinity, 1, std::nullopt), HasSubstr("moderators may change it"));
  EXPECT_THAT(history(), HasSubstr("mine"));
  EXPECT_EQ(revise(trinity, 1, std::nullopt, true), "2");
  EXPECT_THAT(trinity.link.frames.back(), HasSubstr(R"("from":"Trinity")"));
}

TEST_F(ReviseTest, WhoChangesWhatOthersSaidIsNamedAndAudited) {
  world.say(neo, "global", "rude");
  world.run();
  EXPECT_EQ(revise(trinity, 1, "polite", true), "2");
  EXPECT_THAT(history(), HasSubstr(R"("text":"polite","edited":true,"editedBy":"Trinity")"));
  const auto audit = world.disk.store->read_blocking(
      [](storage::Reader& reader) { return reader.audit({.action = "message"}); });
  ASSERT_EQ(audit->size(), 1u);
  EXPECT_EQ(audit->front().actor, "u_tri");
  EXPECT_EQ(audit->front().target, "u_neo");
  EXPECT_EQ(audit->front().detail, "global 1");
}

TEST_F(ReviseTest, WhatPeoplePressUnderStaysAsItIs) {
  world.channels.publish({.channel = "global",
                          .user = author_of(*neo.session->user()),
                          .data_json = R"({"text":"Pizza?","buttons":[]})"},
                         [](const Result<std::int64_t>& done) { EXPECT_TRUE(done); });
  world.run();
  EXPECT_THAT(revise(neo, 1, "Shall he go?"), HasSubstr("stays as it is"));
  EXPECT_EQ(revise(neo, 1, std::nullopt), "2");
}

TEST_F(ReviseTest, WhatIsNoMessageIsNotThere) {
  world.say(neo, "global", "once");
  world.run();
  for (const std::int64_t offset : {0, 2, -1}) {
    EXPECT_THAT(revise(neo, offset, "x"), HasSubstr("There is no message at offset")) << offset;
  }
  EXPECT_EQ(revise(neo, 1, std::nullopt), "2");
  EXPECT_THAT(revise(neo, 1, "again"), HasSubstr("There is no message"));
  EXPECT_THAT(revise(neo, 2, "a change"), HasSubstr("There is no message"));
}

TEST_F(ReviseTest, AFailedCommitChangesNothing) {
  world.say(neo, "global", "kept");
  world.run();
  world.store.fail = true;
  EXPECT_EQ(revise(neo, 1, "lost"), "disk full");
  world.store.fail = false;
  EXPECT_THAT(history(), HasSubstr("kept"));
  EXPECT_THAT(trinity.link.offsets("global"), ElementsAre(1));
}

}  // namespace
}  // namespace parley::session
