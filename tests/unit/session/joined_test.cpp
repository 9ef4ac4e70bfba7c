// SPDX-License-Identifier: Apache-2.0
// Channels that an account has joined, in its next session and on its other devices; and what is said
// to whom somebody else takes out of one.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class JoinedTest : public ::testing::Test {
 protected:
  JoinedTest() : world(with_random()) { insert("u_neo"); }
  static config::Config with_random() {
    auto config = World::defaults();
    config.channels.defaults = {"global", "random"};
    return config;
  }
  void insert(const std::string& id) {
    const storage::UserRecord user{.id = id, .name = id, .skeleton = id};
    ASSERT_TRUE(world.disk.store->write_blocking(
        [user](storage::Writer& writer) { return writer.insert_user(user); }));
  }
  void join(World::Client& client, const std::string& channel) {
    world.subscribe(client, channel, {.keep = true});
    world.run();
  }
  void leave(World::Client& client, const std::string& channel) {
    world.on(client, [&](Session& session) {
      EXPECT_TRUE(world.channels.leave(session, channel).is_ok());
    });
    world.run();
  }
  void expel(World::Client& client, const std::string& channel) {
    world.on(client,
             [&](Session& session) { static_cast<void>(world.channels.expel(session, channel)); });
    world.run();
  }
  // Without the user's own.
  static std::vector<std::string> channels_of(const World::Client& client) {
    std::vector<std::string> names;
    for (const auto& position : client.positions) {
      if (position.channel[0] != '@') names.push_back(position.channel);
    }
    return names;
  }

  World world;
  UserPtr neo = person("u_neo", "Neo");
};

TEST_F(JoinedTest, AnotherDeviceIsInTheSameChannels) {
  auto& phone = world.enter(0, neo);
  EXPECT_THAT(channels_of(phone), ElementsAre("global", "random"));
  join(phone, "zion");
  EXPECT_THAT(channels_of(world.enter(1, neo)), UnorderedElementsAre("global", "random", "zion"));
  leave(phone, "zion");
  EXPECT_THAT(channels_of(world.enter(0, neo)), UnorderedElementsAre("global", "random"));
}

TEST_F(JoinedTest, WhatEverybodyJoinsCanBeLeft) {
  auto& phone = world.enter(0, neo);
  leave(phone, "random");
  EXPECT_THAT(channels_of(world.enter(1, neo)), ElementsAre("global"));
  join(phone, "random");
  EXPECT_THAT(channels_of(world.enter(0, neo)), ElementsAre("global", "random"));
}

TEST_F(JoinedTest, WhoIsStillInItTakesItBackByJoiningAgain) {
  auto& phone = world.enter(0, neo);
  auto& desk = world.enter(1, neo);
  leave(phone, "random");
  join(desk, "random");
  EXPECT_THAT(channels_of(world.enter(0, neo)), ElementsAre("global", "random"));
}

TEST_F(JoinedTest, WhatThePluginsJoinForPeopleIsTheirs) {
  auto& phone = world.enter(0, neo);
  world.subscribe(phone, "zion");
  world.run();
  EXPECT_THAT(channels_of(world.enter(1, neo)), ElementsAre("global", "random"));
}

TEST_F(JoinedTest, AGuestsChannelsGoWithTheSessionUnlessTheGuestRegisters) {
  const auto guest = std::make_shared<users::User>(users::User{"g_1", "Smith", "guest", {}});
  auto& smith = world.enter(0, guest);
  join(smith, "zion");
  leave(smith, "random");
  EXPECT_THAT(channels_of(world.enter(1, guest)), ElementsAre("global", "random"));
  insert("g_1");
  const auto account = person("g_1", "Smith");
  world.on(smith, [&](Session& session) { world.channels.take_along(session, *account); });
  world.run();
  EXPECT_THAT(channels_of(world.enter(1, account)), UnorderedElementsAre("global", "zion"));
}

TEST_F(JoinedTest, TakesAsManyAsASessionMayHave) {
  config::Config config = with_random();
  config.limits.channels = 5;
  auto& phone = world.enter(0, neo);
  for (const char* name : {"a", "b", "c", "d"}) join(phone, name);
  world.channels.configure(config);
  EXPECT_EQ(world.enter(1, neo).positions.size(), 5u);
}

TEST_F(JoinedTest, NothingIsLeftOfWhoIsGone) {
  auto& phone = world.enter(0, neo);
  join(phone, "zion");
  ASSERT_TRUE(world.disk.store->write_blocking([](storage::Writer& writer) {
    const Status erased = writer.kv_erase_naming("u_neo");
    return erased.is_ok() ? writer.delete_user("u_neo") : erased;
  }));
  join(phone, "late");
  const auto left = world.disk.store->read_blocking(
      [](storage::Reader& reader) { return reader.kv_naming("u_neo"); });
  EXPECT_TRUE(left->empty());
}

TEST_F(JoinedTest, WhoIsSentOutIsTold) {
  auto& phone = world.enter(0, neo);
  join(phone, "zion");
  expel(phone, "zion");
  EXPECT_THAT(phone.link.frames.back(),
              HasSubstr(R"("type":"unsubscribed","data":{"channel":"zion","reason":"removed"})"));
  EXPECT_FALSE(world.channels.subscribed(*phone.session, "zion"));
  EXPECT_THAT(channels_of(world.enter(1, neo)), ElementsAre("global", "random"));
  const auto frames = phone.link.frames.size();
  expel(phone, "zion");
  EXPECT_EQ(phone.link.frames.size(), frames) << "was not in it";
  expel(phone, "random");
  EXPECT_THAT(channels_of(world.enter(0, neo)), ElementsAre("global", "random"))
      << "who may come in again is in by themselves";
}

// A plugin that runs on the connection's own thread may send them out at once.
TEST_F(JoinedTest, WhoHearsOfAJoinMayHaveThemLeaveAgain) {
  auto& phone = world.enter(0, neo);
  world.channels.observe([&](const users::User&, std::string_view channel, bool joined) {
    if (joined && channel == "zion")
      static_cast<void>(world.channels.expel(*phone.session, channel));
  });
  join(phone, "zion");
  EXPECT_FALSE(world.channels.subscribed(*phone.session, "zion"));
  EXPECT_TRUE(phone.link.got("refused The channel was left before this was answered"));
  world.channels.observe({});
}

}  // namespace
}  // namespace parley::session
