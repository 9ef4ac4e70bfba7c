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
  std::string history() {
    std::string shown;
    world.channels.history(nullptr, "global", {},
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

TEST_F(ReviseTest, ATextThatWasChangedAgainStaysNowhere) {
  world.say(neo, "global", "first");
  world.run();
  EXPECT_EQ(revise(neo, 1, "second"), "2");
  EXPECT_EQ(revise(neo, 1, "third"), "3");
  EXPECT_THAT(history(), Not(HasSubstr("second")));
  EXPECT_THAT(history(), HasSubstr(R"({"offset":1,"superseded":true})"));
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
