// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "protocol/close_codes.h"
#include "session/lane.h"
#include "session/token_bucket.h"
#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using protocol::RequestId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(TokenBucket, GivesTheBurstThenTheRate) {
  ManualClock clock;
  TokenBucket bucket(10, 2, clock.now());
  EXPECT_TRUE(bucket.take(clock.now()));
  EXPECT_TRUE(bucket.take(clock.now()));
  EXPECT_FALSE(bucket.take(clock.now()));
  const Millis wait = bucket.retry_after(clock.now());
  EXPECT_GT(wait.count(), 0);
  clock.advance(wait);
  EXPECT_TRUE(bucket.take(clock.now()));
  clock.advance(Millis(60'000));
  EXPECT_TRUE(bucket.take(clock.now()));
  EXPECT_TRUE(bucket.take(clock.now()));
  EXPECT_FALSE(bucket.take(clock.now()));
}

TEST(TokenBucket, ARateOfNothingIsNoLimit) {
  ManualClock clock;
  TokenBucket bucket(0, 0, clock.now());
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bucket.take(clock.now()));
  EXPECT_EQ(bucket.retry_after(clock.now()).count(), 0);
}

TEST(Lane, StartsTheNextWhenThePreviousHasReturned) {
  Lane lane;
  std::vector<int> started;
  for (int i = 1; i <= 3; ++i) lane.enqueue([&started, i] { started.push_back(i); });
  EXPECT_THAT(started, ElementsAre(1));
  EXPECT_EQ(lane.waiting(), 2u);
  lane.returned();
  EXPECT_THAT(started, ElementsAre(1, 2));
  lane.returned();
  lane.returned();
  EXPECT_THAT(started, ElementsAre(1, 2, 3));
  EXPECT_FALSE(lane.busy());
}

TEST(Lane, HandlersThatReturnAtOnceDoNotDeepenTheStack) {
  Lane lane;
  int started = 0;
  ASSERT_TRUE(lane.try_enter());
  for (int i = 0; i < 200'000; ++i) {
    lane.enqueue([&] {
      ++started;
      lane.returned();
    });
  }
  lane.returned();
  EXPECT_EQ(started, 200'000);
  EXPECT_FALSE(lane.busy());
}

TEST(Lane, WhatWaitsIsDroppedWithTheSession) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  bool ran = false;
  Session& session = *neo.session;
  ASSERT_TRUE(session.lane().try_enter());
  session.lane().enqueue([&] { ran = true; });
  world.close(neo);
  session.lane().returned();
  EXPECT_FALSE(ran);
  world.run();
}

TEST(Session, AnIdIsInFlightOnce) {
  World world;
  Session& session = *world.enter(0, person("u_neo", "Neo")).session;
  const RequestId seven = *RequestId::from(7);
  EXPECT_TRUE(session.begin(seven));
  EXPECT_FALSE(session.begin(seven));
  EXPECT_TRUE(session.begin(*RequestId::from("7")));
  EXPECT_TRUE(session.begin(RequestId()));
  EXPECT_TRUE(session.begin(RequestId()));
  EXPECT_EQ(session.inflight(), 4u);
  session.end(seven);
  session.end(*RequestId::from(99));  // was never begun
  EXPECT_EQ(session.inflight(), 3u);
  EXPECT_TRUE(session.begin(seven));
}

TEST(Session, DirectFramesWaitForTheWelcome) {
  World world;
  auto& neo = world.connect(0, person("u_neo", "Neo"));
  world.on(neo, [](Session& session) { session.send_direct(session.next_seq(), "early"); });
  EXPECT_TRUE(neo.link.frames.empty());
  world.run();
  EXPECT_THAT(neo.link.frames, ElementsAre(R"({"type":"welcome"})", "early"));
  EXPECT_EQ(neo.session->last_seq(), 1u);
}

TEST(Session, TooMuchBeforeTheWelcomeClosesTheLink) {
  config::Config config = World::defaults();
  config.outbox.hard_cap = 100;
  World world(config);
  auto& neo = world.connect(0, person("u_neo", "Neo"));
  world.on(neo, [](Session& session) {
    for (int i = 0; i < 3; ++i) session.send_direct(session.next_seq(), std::string(50, 'x'));
  });
  EXPECT_EQ(neo.link.close_code, protocol::close::kSlow);
}

TEST(Session, KeepsOnlyTheHashOfItsResumeSecret) {
  World world;
  Session& session = *world.enter(0, person("u_neo", "Neo")).session;
  const std::string secret = session.renew_resume_secret();
  EXPECT_THAT(secret, StartsWith("r_"));
  EXPECT_EQ(session.resume_hash(), sha256(secret));
  EXPECT_NE(session.renew_resume_secret(), secret);
  EXPECT_THAT(session.id(), StartsWith("s_"));
  EXPECT_EQ(session.locale(), "ru");
  session.set_locale("rum");
  EXPECT_EQ(session.locale(), "en");
}

TEST(SessionRegistry, CountsConnectionsPerUserOverAllShards) {
  World world;
  auto& first = world.enter(0, person("u_neo", "Neo"));
  world.enter(1, person("u_neo", "Neo"));
  world.enter(1, person("u_neo", "Neo"));
  EXPECT_EQ(world.connect(0, person("u_neo", "Neo")).session, nullptr);
  EXPECT_NE(world.enter(0, person("u_tri", "Trinity")).session, nullptr);
  EXPECT_EQ(world.registry.count_of("u_neo"), 3u);
  world.close(first);
  EXPECT_NE(world.connect(0, person("u_neo", "Neo")).session, nullptr);
  EXPECT_EQ(world.registry.totals().refused, 1u);
}

TEST(SessionRegistry, PostsRunOnTheSessionsShardOrNotAtAll) {
  World world;
  auto& neo = world.enter(1, person("u_neo", "Neo"));
  const SessionKey key = neo.session->key();
  EXPECT_EQ(shard_of(key), 1);
  int shard = -1;
  world.registry.post(key, [&](Session&) { shard = current_shard(); });
  EXPECT_EQ(shard, -1);
  world.run();
  EXPECT_EQ(shard, 1);
  bool at_once = false;
  world.on(1, [&] {
    world.registry.post(key, [&](Session&) { at_once = true; });
    EXPECT_TRUE(at_once);
  });
  bool late = false;
  world.registry.post(key, [&](Session&) { late = true; });
  world.close(neo);
  world.registry.post(key, [&](Session&) { late = true; });
  world.registry.post(0, [&](Session&) { late = true; });
  world.registry.post(~SessionKey{0}, [&](Session&) { late = true; });
  world.run();
  EXPECT_FALSE(late);
}

TEST(SessionRegistry, KeysAreNeverReused) {
  World world;
  auto& first = world.enter(0, person("u_neo", "Neo"));
  const SessionKey key = first.session->key();
  const std::string id = first.session->id();
  world.close(first);
  world.run();
  auto& second = world.enter(0, person("u_neo", "Neo"));
  EXPECT_NE(second.session->key(), key);
  EXPECT_FALSE(world.registry.post_to_id(id, [](Session&) {}));
}

TEST(SessionRegistry, ObserversHearOfSessionsThatWereWelcomed) {
  World world;
  std::vector<std::string> seen;
  world.registry.observe(
      {.opened = [&](Session& session) { seen.push_back("opened " + session.user()->name); },
       .closed =
           [&](Session& session, std::string_view reason) {
             EXPECT_EQ(session.link(), nullptr);
             seen.push_back("closed " + session.user()->name + ": " + std::string(reason));
           },
       .removed = [&](Session& session) { seen.push_back("removed " + session.user()->name); }});
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& early = world.connect(1, person("u_tri", "Trinity"));
  world.close(early);
  world.close(neo);
  world.on(neo, [&](Session& session) { world.registry.close(session, "again"); });
  world.run();
  EXPECT_THAT(seen,
              ElementsAre("opened Neo", "removed Trinity", "removed Neo", "closed Neo: gone"));
}

TEST(SessionRegistry, ClosingEverybodyWhileGoingThroughThem) {
  World world;
  for (int i = 0; i < 5; ++i) world.enter(i % 2, person("u_p" + std::to_string(i), "P"));
  auto& registry = world.registry;
  registry.post_to_all([&](Session& session) { registry.kick(session, 4504, "out"); });
  world.run();
  EXPECT_EQ(registry.count(), 0u);
  EXPECT_EQ(registry.totals().closed, 5u);
  for (const auto& client : world.clients) EXPECT_EQ(client->link.close_code, 4504);
}

TEST(SessionRegistry, KicksByUserAndById) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& phone = world.enter(1, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  EXPECT_TRUE(world.registry.kick_user("u_neo", protocol::close::kBlocked, "blocked"));
  EXPECT_FALSE(world.registry.kick_user("u_nobody", protocol::close::kBlocked, "blocked"));
  EXPECT_TRUE(world.registry.kick_id(trinity.session->id(), protocol::close::kKicked, "kicked"));
  world.run();
  EXPECT_EQ(neo.link.close_code, protocol::close::kBlocked);
  EXPECT_EQ(phone.link.close_code, protocol::close::kBlocked);
  EXPECT_EQ(trinity.link.close_code, protocol::close::kKicked);
  EXPECT_EQ(world.registry.count(), 0u);
}

TEST(SessionRegistry, SummariesOfAllShards) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.enter(1, person("u_tri", "Trinity"));
  std::vector<SessionSummary> all;
  world.registry.summaries([&](std::vector<SessionSummary> found) { all = std::move(found); });
  world.run();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].id, neo.session->id());
  EXPECT_EQ(all[0].user_name, "Neo");
  EXPECT_EQ(all[0].address, "192.0.2.7");
  EXPECT_EQ(all[0].client, "web");
  EXPECT_EQ(all[0].since_ms, world.clock.wall_ms());
  EXPECT_EQ(all[0].queued_bytes, 17u);
  EXPECT_EQ(all[0].channels, 2u);
}

}  // namespace
}  // namespace parley::session
