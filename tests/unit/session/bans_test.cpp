// SPDX-License-Identifier: Apache-2.0
// Who is kept out of a channel reads and writes nothing there, whatever was under way.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class BansTest : public ::testing::Test {
 protected:
  explicit BansTest(config::Config config = World::defaults()) : world(std::move(config)) {
    for (const char* id : {"u_neo", "u_smith"}) {
      const storage::UserRecord user{.id = id, .name = id, .skeleton = id};
      EXPECT_TRUE(world.disk.store->write_blocking(
          [user](storage::Writer& writer) { return writer.insert_user(user); }));
    }
  }
  // What it came to; "" while it has not.
  struct Outcome {
    Status status = Status::internal("not answered yet");
  };
  std::shared_ptr<Outcome> ban(const std::string& channel, const std::string& user,
                               const std::string& reason = {}, std::int64_t until = 0) {
    auto outcome = std::make_shared<Outcome>();
    world.channels.ban({.channel = channel, .user_id = user, .reason = reason, .until = until},
                       [outcome](Status status) { outcome->status = std::move(status); });
    return outcome;
  }
  Status banned(const std::string& channel, const std::string& user, const std::string& reason = {},
                std::int64_t until = 0) {
    const auto outcome = ban(channel, user, reason, until);
    world.run();
    return outcome->status;
  }
  Status unbanned(const std::string& channel, const std::string& user) {
    Status result = Status::internal("not answered yet");
    world.channels.unban(channel, user, [&](Status status) { result = std::move(status); });
    world.run();
    return result;
  }
  std::string history(const UserPtr& reader, const std::string& channel) {
    std::string answer = "not answered yet";
    world.channels.history(reader.get(), channel, {}, [&](Result<ChannelHistory> found) {
      answer = found ? "read" : found.status().message();
    });
    world.run();
    return answer;
  }
  static bool is_in(const World::Client& client, std::string_view channel) {
    return std::any_of(client.positions.begin(), client.positions.end(),
                       [&](const auto& one) { return one.channel == channel; });
  }

  World world;
  UserPtr neo = person("u_neo", "Neo"), smith = person("u_smith", "Smith");
};

constexpr const char* kOut =
    R"("type":"unsubscribed","data":{"channel":"zion","reason":"removed"})";

TEST_F(BansTest, EverySessionLeavesAndIsTold) {
  auto& phone = world.enter(0, neo);
  auto& desk = world.enter(1, neo);
  auto& other = world.enter(1, smith);
  for (auto* client : {&phone, &desk, &other}) world.subscribe(*client, "zion");
  world.run();
  ASSERT_TRUE(banned("zion", "u_neo", "rude"));
  for (auto* client : {&phone, &desk}) {
    EXPECT_TRUE(client->link.got(kOut));
    EXPECT_FALSE(world.channels.subscribed(*client->session, "zion"));
  }
  EXPECT_TRUE(world.channels.subscribed(*other.session, "zion"));
  world.say(other, "zion", "they are gone");
  world.run();
  EXPECT_THAT(phone.link.offsets("zion"), IsEmpty());
  EXPECT_THAT(other.link.offsets("zion"), ElementsAre(1));
}

TEST_F(BansTest, NothingIsReadOrWrittenThere) {
  auto& client = world.enter(0, neo);
  ASSERT_TRUE(banned("zion", "u_neo", "rude"));
  const std::string sentence =
      "You are banned from #zion until a moderator lets you in again. Reason: rude";
  world.subscribe(client, "zion");
  world.run();
  EXPECT_EQ(client.link.frames.back(), "refused " + sentence);
  EXPECT_EQ(history(neo, "zion"), sentence);
  EXPECT_EQ(world.channels.allowed(*neo, "zion", ChannelAccess::kWrite).message(), sentence);
  Status marked = Status::ok();
  world.on(client, [&](Session& session) {
    EXPECT_EQ(world.channels.presence(session, "zion").status().code(), ErrorCode::kForbidden);
    world.channels.mark_read(session, "zion", 1,
                             [&](Result<Unread> unread) { marked = unread.status(); });
  });
  EXPECT_EQ(marked.code(), ErrorCode::kForbidden);
  EXPECT_EQ(history(neo, "elsewhere"), "read");
  EXPECT_EQ(history(smith, "zion"), "read");
}

TEST_F(BansTest, EndWhenTheirTimeIsOver) {
  const std::int64_t soon = world.clock.wall_ms() + 90'000;
  ASSERT_TRUE(banned("zion", "u_neo", {}, soon));
  EXPECT_EQ(history(neo, "zion"), "You are banned from #zion until 2025-10-09 08:55 UTC.");
  world.clock.advance(Millis(89'999));
  EXPECT_NE(history(neo, "zion"), "read");
  world.clock.advance(Millis(1));
  EXPECT_EQ(history(neo, "zion"), "read");
  auto& client = world.enter(0, neo);
  world.subscribe(client, "zion");
  world.run();
  EXPECT_TRUE(world.channels.subscribed(*client.session, "zion"));
}

TEST_F(BansTest, AJoinUnderWayIsRefusedWithTheSameSentence) {
  auto& client = world.enter(0, neo);
  world.subscribe(client, "zion", {.history = 10, .keep = true});
  const auto outcome = ban("zion", "u_neo", "rude");
  world.store.commit();  // before what the join reads
  ASSERT_TRUE(outcome->status);
  world.run();
  EXPECT_TRUE(client.link.got("refused You are banned from #zion"));
  EXPECT_FALSE(client.link.got("subscribed {"));
  EXPECT_FALSE(world.channels.subscribed(*client.session, "zion"));
  EXPECT_EQ(world.channels.present("zion").total, 0u);
}

TEST_F(BansTest, ASessionThatIsBeingOpenedIsNotInTheChannel) {
  auto& client = world.connect(0, neo);
  const auto outcome = ban("global", "u_neo");
  world.store.commit();
  ASSERT_TRUE(outcome->status);
  world.run();
  ASSERT_TRUE(client.welcomed);
  EXPECT_FALSE(is_in(client, "global"));
  EXPECT_FALSE(client.link.got("unsubscribed"));
  EXPECT_FALSE(is_in(world.enter(1, neo), "global"));
  ASSERT_TRUE(unbanned("global", "u_neo"));
  EXPECT_TRUE(is_in(world.enter(1, neo), "global"));
}

TEST_F(BansTest, WhatAnAccountHasJoinedIsNotJoinedByItself) {
  auto& phone = world.enter(0, neo);
  world.subscribe(phone, "zion", {.keep = true});
  world.run();
  world.close(phone);
  world.run();
  ASSERT_TRUE(banned("zion", "u_neo"));
  EXPECT_FALSE(is_in(world.enter(1, neo), "zion"));
}

TEST_F(BansTest, LiftedBeforeItCameThroughNobodyIsSentOut) {
  auto& client = world.enter(0, neo);
  world.subscribe(client, "zion");
  world.run();
  const auto outcome = ban("zion", "u_neo");
  world.channels.unban("zion", "u_neo", [](const Status&) {});
  world.store.commit();
  world.run();
  ASSERT_TRUE(outcome->status);
  EXPECT_TRUE(world.channels.subscribed(*client.session, "zion"));
}

TEST_F(BansTest, HoldAfterARestart) {
  ASSERT_TRUE(banned("zion", "u_neo", "rude"));
  SessionRegistry registry(world.set, world.clock, world.config);
  Channels next(registry, world.store, world.rights, world.clock, world.config);
  ASSERT_TRUE(next.load_bans());
  EXPECT_EQ(next.allowed(*neo, "zion", ChannelAccess::kRead).code(), ErrorCode::kForbidden);
  EXPECT_TRUE(next.allowed(*smith, "zion", ChannelAccess::kRead));
}

TEST_F(BansTest, AreNotInForceWhenTheyCouldNotBeStored) {
  world.store.fail = true;
  EXPECT_FALSE(banned("zion", "u_neo"));
  EXPECT_EQ(history(neo, "zion"), "read");
  world.store.fail = false;
  ASSERT_TRUE(banned("zion", "u_neo"));
  world.store.fail = true;
  EXPECT_FALSE(unbanned("zion", "u_neo"));
  EXPECT_NE(history(neo, "zion"), "read");
}

TEST_F(BansTest, AreForPeopleAndChannelsOfMany) {
  EXPECT_EQ(banned("zion", "u_nobody").code(), ErrorCode::kNotFound);
  EXPECT_EQ(banned("dm:u_neo:u_smith", "u_neo").code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(banned("@u_neo", "u_neo").code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(banned("No Channel", "u_neo").code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(banned("zion", "u_neo", std::string(2000, 'x')).code(), ErrorCode::kTooLarge);
  EXPECT_EQ(unbanned("zion", "u_neo").code(), ErrorCode::kNotFound);
}

TEST_F(BansTest, AreForgottenWithTheUserAndSweptWhenOver) {
  ASSERT_TRUE(banned("zion", "u_neo"));
  ASSERT_TRUE(banned("zion", "u_smith", {}, world.clock.wall_ms() + 1000));
  world.channels.forget_bans("u_neo");
  EXPECT_TRUE(world.channels.allowed(*neo, "zion", ChannelAccess::kRead));
  EXPECT_FALSE(world.channels.allowed(*smith, "zion", ChannelAccess::kRead));
  world.clock.advance(Millis(1000));
  world.channels.drop_expired_bans();
  EXPECT_TRUE(world.channels.allowed(*smith, "zion", ChannelAccess::kRead));
}

class FewBansTest : public BansTest {
 protected:
  FewBansTest() : BansTest(few()) {}
  static config::Config few() {
    auto config = World::defaults();
    config.limits.bans = 1;
    return config;
  }
};

TEST_F(FewBansTest, ThereIsALimitAndAChangeIsNoneMore) {
  ASSERT_TRUE(banned("zion", "u_neo"));
  EXPECT_EQ(banned("zion", "u_smith").code(), ErrorCode::kTooLarge);
  EXPECT_TRUE(banned("zion", "u_neo", "ruder"));
}

}  // namespace
}  // namespace parley::session
