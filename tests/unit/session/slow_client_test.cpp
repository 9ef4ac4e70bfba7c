// SPDX-License-Identifier: Apache-2.0
// Clients that do not read as fast as they are sent: what waits, what is skipped, how they catch up.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "protocol/close_codes.h"
#include "session/pusher.h"
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
  void push(const std::string& type, const std::string& conflate, Millis ttl = {}) {
    PushOptions options;
    options.conflate = conflate;
    options.ttl = ttl;
    EXPECT_TRUE(world_.pusher.push(PushTarget::user("u_neo"), {.type = type}, options));
    world_.run();
  }
  // The frames since the client fell behind that carry a seq, as "type seq".
  std::vector<std::string> since_lag() const {
    std::vector<std::string> shown;
    for (const std::string& frame : neo_.link.frames) {
      const auto json = nlohmann::json::parse(frame);
      if (json.at("type") == "lag") shown.clear();
      if (json.contains("seq"))
        shown.push_back(json.at("type").get<std::string>() + " " +
                        std::to_string(json.at("seq").get<int>()));
    }
    return shown;
  }
  void fall_behind() {
    neo_.link.crowded = true;
    say("crowded");
    neo_.link.crowded = false;
    ASSERT_TRUE(neo_.session->lagging());
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

TEST_F(SlowClientTest, OnlyTheNewestOfAKindWaitsAndNoNumberIsMissing) {
  push("sent", "hp");
  fall_behind();
  push("hp 9", "hp");
  push("other", "mana");
  push("plain", "");
  push("hp 7", "hp");
  push("hp 5", "hp");
  drain();
  EXPECT_THAT(since_lag(), ElementsAre("hp 5 2", "other 3", "plain 4"));
  push("hp 3", "hp");
  push("hp 2", "hp");
  EXPECT_THAT(since_lag(), ElementsAre("hp 5 2", "other 3", "plain 4", "hp 3 5", "hp 2 6"))
      << "who keeps up gets all";
}

TEST_F(SlowClientTest, WhatIsTooOldIsNotSent) {
  fall_behind();
  push("short", "", Millis(1000));
  push("long", "", Millis(5000));
  push("for ever", "");
  push("renewed", "hp", Millis(1000));
  world_.clock.advance(Millis(600));
  push("renewed", "hp", Millis(1000));
  world_.clock.advance(Millis(400));
  drain();
  EXPECT_THAT(since_lag(), ElementsAre("expired 1", "long 2", "for ever 3", "renewed 4"));
  EXPECT_EQ(neo_.session->ring().frames(), 4u);
}

TEST_F(SlowClientTest, MemoryOfWhatWaitsIsCountedWhenItIsReplaced) {
  fall_behind();
  push("a", "hp");
  const auto one = neo_.session->ring().bytes();
  push(std::string(1000, 'b'), "hp");
  EXPECT_EQ(neo_.session->ring().bytes(), one + 999);
  drain();
  neo_.session->trim_ring(neo_.session->last_seq());
  EXPECT_EQ(neo_.session->ring().bytes(), 0u);
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
