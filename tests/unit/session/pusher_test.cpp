// SPDX-License-Identifier: Apache-2.0
#include "session/pusher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

struct PusherTest : ::testing::Test {
  World world;
  World::Client& neo = world.enter(0, person("u_neo", "Neo", {"user", "admin"}));
  World::Client& phone = world.enter(1, person("u_neo", "Neo", {"user", "admin"}));
  World::Client& trinity = world.enter(1, person("u_tri", "Trinity"));
  PushFrame frame{.type = "worldEvent", .data_json = "", .fields_json = R"({"event":"quake"})"};

  // Who got it: n, p, t.
  std::string push(const PushTarget& target, const PushOptions& options = {}) {
    for (auto& client : world.clients) client->link.frames.clear();
    status = world.pusher.push(target, frame, options);
    world.run();
    std::string who;
    if (neo.link.got("quake")) who += 'n';
    if (phone.link.got("quake")) who += 'p';
    if (trinity.link.got("quake")) who += 't';
    return who;
  }
  Status status;
};

TEST_F(PusherTest, ReachesItsTarget) {
  EXPECT_EQ(push(PushTarget::session(neo.session->id())), "n");
  EXPECT_EQ(push(PushTarget::user("u_neo")), "np");
  EXPECT_EQ(push(PushTarget::users({"u_tri", "u_nobody", "u_neo"})), "npt");
  EXPECT_EQ(push(PushTarget::role("admin")), "np");
  EXPECT_EQ(push(PushTarget::role("nothing")), "");
  EXPECT_EQ(push(PushTarget::all()), "npt");
  EXPECT_EQ(push(PushTarget::channel("global")), "npt");
  EXPECT_EQ(push(PushTarget::channel("@u_tri")), "t");
  EXPECT_EQ(push(PushTarget::channel("empty")), "");
  EXPECT_TRUE(status.is_ok());
  EXPECT_EQ(push(PushTarget::session("s_gone")), "");
  EXPECT_EQ(status.code(), ErrorCode::kNotFound);
  EXPECT_EQ(push(PushTarget::users({})), "");
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgs);
}

TEST_F(PusherTest, SparesTheExcepted) {
  EXPECT_EQ(push(PushTarget::all(), {.except_session = phone.session->id()}), "nt");
  EXPECT_EQ(push(PushTarget::all(), {.except_users = {"u_neo"}}), "t");
  EXPECT_EQ(push(PushTarget::channel("global"), {.except_session = neo.session->id()}), "pt");
  EXPECT_EQ(push(PushTarget::channel("global"), {.except_users = {"u_tri"}}), "np");
}

TEST_F(PusherTest, GivesEachSessionItsOwnSeq) {
  push(PushTarget::user("u_tri"));
  EXPECT_EQ(trinity.link.frames[0], R"({"seq":1,"type":"worldEvent","event":"quake"})");
  push(PushTarget::all());
  EXPECT_TRUE(trinity.link.got("\"seq\":2"));
  EXPECT_TRUE(neo.link.got("\"seq\":1"));
}

TEST_F(PusherTest, VolatileOnesHaveNoSeqAndMayBeDropped) {
  trinity.link.behind = true;
  EXPECT_EQ(push(PushTarget::all(), {.volatile_ = true}), "np");
  EXPECT_EQ(neo.link.frames[0], R"({"type":"worldEvent","event":"quake"})");
  EXPECT_EQ(neo.session->last_seq(), 0u);
  EXPECT_EQ(world.registry.totals().volatile_drops, 1u);
  EXPECT_EQ(push(PushTarget::all()), "npt");
}

TEST_F(PusherTest, VolatileOnesDoNotWaitForAWelcome) {
  auto& late = world.connect(0, person("u_late", "Late"));
  ASSERT_TRUE(world.pusher.push(PushTarget::all(), {.type = "tick"}, {.volatile_ = true}).is_ok());
  world.run_shards();
  EXPECT_TRUE(neo.link.got("tick"));
  world.run();
  EXPECT_TRUE(late.welcomed);
  EXPECT_FALSE(late.link.got("tick"));
}

TEST_F(PusherTest, StoredOnesWaitForWhoIsAway) {
  std::int64_t offset = 0;
  EXPECT_EQ(push(PushTarget::user("u_away"),
                 {.store = true, .on_stored = [&](auto stored) { offset = *stored; }}),
            "");
  EXPECT_EQ(offset, 1);
  auto& away = world.enter(0, person("u_away", "Away"));
  EXPECT_EQ(away.positions[1].channel, "@u_away");
  EXPECT_EQ(away.positions[1].offset, 1);
  world.subscribe(away, "@u_away", {.since = 0});
  world.run();
  EXPECT_TRUE(away.link.got("quake"));
  EXPECT_EQ(push(PushTarget::user("u_tri"), {.store = true}), "t");
  EXPECT_TRUE(trinity.link.got("\"channel\":\"@u_tri\",\"offset\":1"));
}

TEST_F(PusherTest, RefusesToStoreWhatHasNoHistory) {
  EXPECT_EQ(push(PushTarget::all(), {.store = true}), "");
  EXPECT_EQ(status.code(), ErrorCode::kUnsupported);
  EXPECT_EQ(push(PushTarget::user("u_tri"), {.volatile_ = true, .store = true}), "");
  EXPECT_EQ(status.code(), ErrorCode::kUnsupported);
  EXPECT_EQ(push(PushTarget::user("not an id"), {.store = true}), "");
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgs);
}

TEST_F(PusherTest, OnTheSessionsShardItIsSentAtOnce) {
  world.on(1, [&] {
    world.pusher.push_to(trinity.session->key(), frame);
    trinity.session->send_plain("after");
  });
  ASSERT_GE(trinity.link.frames.size(), 2u);
  EXPECT_EQ(trinity.link.frames.back(), "after");
}

}  // namespace
}  // namespace parley::session
