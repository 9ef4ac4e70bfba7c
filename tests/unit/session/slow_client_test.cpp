// SPDX-License-Identifier: Apache-2.0
// Clients that do not read as fast as they are sent: what waits, what is skipped, how they catch up.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/close_codes.h"
#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kLag = R"({"type":"lag"})";
constexpr const char* kCaughtUp = R"({"type":"caughtUp"})";

class SlowClientTest : public ::testing::Test {
 protected:
  void say(const std::string& text) {
    world_.say(trinity_, "global", text);
    world_.run();
  }
  void direct(const std::string& text, bool terminal = false) {
    world_.on(neo_,
              [&](Session& session) { session.send_direct(session.next_seq(), text, terminal); });
  }
  void drain() {
    neo_.link.crowded = false;
    world_.on(neo_, [&](Session& session) { world_.channels.drained(session); });
    world_.run();
  }

  World world_;
  World::Client& neo_ = world_.enter(0, person("u_neo", "Neo"));
  World::Client& trinity_ = world_.enter(1, person("u_trinity", "Trinity"));
};

TEST_F(SlowClientTest, SkippedChannelFramesAreReadFromHistory) {
  say("one");
  neo_.link.crowded = true;
  say("two");
  neo_.link.crowded = false;
  for (const char* text : {"three", "four", "five"}) say(text);
  EXPECT_THAT(neo_.link.offsets("global"), ElementsAre(1, 2));
  EXPECT_EQ(neo_.link.frames.back(), kLag);
  EXPECT_THAT(trinity_.link.offsets("global"), ElementsAre(1, 2, 3, 4, 5)) << "nobody else waits";
  drain();
  EXPECT_THAT(neo_.link.offsets("global"), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(neo_.link.frames.back(), kCaughtUp);
  say("six");
  EXPECT_THAT(neo_.link.offsets("global"), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(SlowClientTest, WhoFallsBehindAgainWhileCatchingUpMissesNothing) {
  neo_.link.crowded = true;
  for (int i = 0; i < 120; ++i) say("more");
  while (neo_.session->lagging()) {
    neo_.link.crowded = true;
    world_.on(neo_, [&](Session& session) { world_.channels.drained(session); });
    world_.run();
    if (neo_.link.offsets("global").size() > 20) drain();
  }
  std::vector<std::int64_t> all;
  for (std::int64_t offset = 1; offset <= 120; ++offset) all.push_back(offset);
  EXPECT_EQ(neo_.link.offsets("global"), all);
  EXPECT_EQ(neo_.link.count(kLag), 1);
  EXPECT_EQ(neo_.link.count(kCaughtUp), 1);
}

TEST_F(SlowClientTest, PushesWaitAndAnswersBringThemAlong) {
  direct("first");
  neo_.link.crowded = true;
  direct("second");
  neo_.link.crowded = false;
  direct("push");
  EXPECT_EQ(neo_.link.count("push"), 0);
  direct("answer", true);
  ASSERT_GE(neo_.link.frames.size(), 2u);
  EXPECT_EQ(neo_.link.frames[neo_.link.frames.size() - 2], "push");
  EXPECT_EQ(neo_.link.frames.back(), "answer");
  direct("last push");
  drain();
  EXPECT_THAT(neo_.link.frames[neo_.link.frames.size() - 2], "last push");
  EXPECT_EQ(neo_.link.frames.back(), kCaughtUp);
}

TEST_F(SlowClientTest, ARingThatOverflowsClosesTheConnection) {
  neo_.link.crowded = true;
  direct("crowded");
  for (std::size_t i = 0; i <= world_.config.session.ring_frames; ++i) direct("push");
  EXPECT_EQ(neo_.link.close_code, protocol::close::kSlow);
  EXPECT_LE(neo_.session->ring().bytes(), world_.config.session.ring_bytes);
}

TEST_F(SlowClientTest, VolatileFramesDoNotWait) {
  neo_.link.crowded = true;
  say("crowded");
  neo_.link.crowded = false;
  world_.on(neo_, [&](Session&) {
    static_cast<void>(
        world_.channels.push({.channel = "global", .type = "typing"}, {.volatile_ = true}));
  });
  drain();
  EXPECT_EQ(neo_.link.count("typing"), 0);
}

}  // namespace
}  // namespace parley::session
