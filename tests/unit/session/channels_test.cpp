// SPDX-License-Identifier: Apache-2.0
#include "session/channels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/close_codes.h"
#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Channels, ANewSessionIsInTheDefaultChannelsAndItsOwn) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  ASSERT_TRUE(neo.welcomed);
  ASSERT_EQ(neo.positions.size(), 2u);
  EXPECT_EQ(neo.positions[0].channel, "global");
  EXPECT_EQ(neo.positions[1].channel, "@u_neo");
  EXPECT_EQ(neo.session->state(), SessionState::kReady);
}

TEST(Channels, NothingIsFannedOutBeforeTheCommit) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.say(neo, "global", "hi");
  world.run_shards();
  EXPECT_THAT(world.stored, IsEmpty());
  EXPECT_THAT(neo.link.offsets("global"), IsEmpty());
  world.run();
  ASSERT_EQ(world.stored.size(), 1u);
  EXPECT_EQ(*world.stored[0], 1);
  EXPECT_THAT(neo.link.offsets("global"), ElementsAre(1));
  EXPECT_THAT(neo.link.frames.back(), HasSubstr(R"("user":{"id":"u_neo","kind":"user"})"));
  EXPECT_THAT(neo.link.frames.back(), HasSubstr(R"("data":{"text":"hi"})"));
}

TEST(Channels, AFailedCommitReachesNobodyButTheAuthor) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  world.store.fail = true;
  world.say(neo, "global", "lost");
  world.run();
  ASSERT_EQ(world.stored.size(), 1u);
  EXPECT_EQ(world.stored[0].status().message(), "disk full");
  EXPECT_THAT(neo.link.offsets("global"), IsEmpty());
  EXPECT_THAT(trinity.link.offsets("global"), IsEmpty());
  world.store.fail = false;
  world.say(neo, "global", "kept");
  world.run();
  EXPECT_THAT(trinity.link.offsets("global"), ElementsAre(1));
}

TEST(Channels, AFullStoreIsSaidAtOnce) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.store.refuse = true;
  world.say(neo, "global", "hi");
  ASSERT_EQ(world.stored.size(), 1u);
  EXPECT_EQ(world.stored[0].status().code(), ErrorCode::kOverloaded);
}

TEST(Channels, OkComesBeforeTheAuthorsOwnCopy) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.channels.publish({.channel = "global", .user = author_of(*neo.session->user())},
                         [&](Result<std::int64_t> offset) {
                           world.registry.post(neo.session->key(), [offset](Session& session) {
                             session.link()->send("ok " + std::to_string(*offset));
                           });
                         });
  world.run();
  ASSERT_GE(neo.link.frames.size(), 3u);
  EXPECT_EQ(neo.link.frames[1], "ok 1");
  EXPECT_THAT(neo.link.frames[2], HasSubstr("\"offset\":1"));
}

TEST(Channels, EveryMemberGetsEveryMessageInOffsetOrder) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  for (int i = 0; i < 5; ++i) world.say(i % 2 ? neo : trinity, "global", "x");
  world.run();
  EXPECT_THAT(neo.link.offsets("global"), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(trinity.link.offsets("global"), ElementsAre(1, 2, 3, 4, 5));
}

TEST(Channels, SubscribedComesFirstAndThenWhatWasSaidMeanwhile) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  world.subscribe(neo, "news");
  world.run();
  for (int i = 0; i < 3; ++i) world.say(neo, "news", "old");
  world.run();

  world.subscribe(trinity, "news", {.history = 2});  // the read waits
  ASSERT_EQ(world.store.waiting_reads(), 1u);
  world.say(neo, "news", "fresh");
  world.store.commit();
  world.run_shards();
  EXPECT_THAT(trinity.link.offsets("news"), IsEmpty());  // held back
  world.run();

  ASSERT_TRUE(trinity.link.got("subscribed {\"channel\":\"news\",\"offset\":3"));
  EXPECT_TRUE(trinity.link.got("\"members\":2"));
  EXPECT_THAT(trinity.link.offsets("news"), ElementsAre(4));
  const auto& answer = trinity.link.frames[trinity.link.frames.size() - 2];
  EXPECT_THAT(answer, HasSubstr("\"offset\":2"));
  EXPECT_THAT(answer, HasSubstr("\"offset\":3"));
  EXPECT_THAT(answer, ::testing::Not(HasSubstr("fresh")));
}

// The commit, the hand-over to the shard and the subscribe in every order that can happen.
TEST(Channels, NoGapAndNoDoubleInAnyOrder) {
  for (int when = 0; when < 4; ++when) {
    for (const bool loaded : {false, true}) {
      SCOPED_TRACE(std::to_string(when) + (loaded ? " loaded" : " not loaded"));
      World world;
      auto& neo = world.enter(0, person("u_neo", "Neo"));
      auto& trinity = world.enter(1, person("u_tri", "Trinity"));
      world.say(neo, "news", "one");
      world.run();
      if (loaded) {
        world.subscribe(neo, "news");
        world.run();
      }
      const auto subscribe = [&] { world.subscribe(trinity, "news", {.since = 0}); };
      if (when == 0) subscribe();
      world.say(neo, "news", "two");
      if (when == 1) subscribe();
      world.store.commit();
      if (when == 2) subscribe();
      world.shards[1]->run_one();
      if (when == 3) subscribe();
      world.run();
      world.say(neo, "news", "three");
      world.run();

      // What came with the answer and what was pushed after it: each message once, in order.
      std::string all;
      for (const auto& frame : trinity.link.frames) all += frame;
      for (const char* text : {"one", "two", "three"}) {
        const auto at = all.find(text);
        ASSERT_NE(at, std::string::npos) << text;
        EXPECT_EQ(all.find(text, at + 1), std::string::npos) << text;
      }
      EXPECT_LT(all.find("one"), all.find("two"));
      EXPECT_LT(all.find("two"), all.find("three"));
      EXPECT_THAT(all, HasSubstr("\"recovered\":true"));
    }
  }
}

TEST(Channels, SinceSaysWhetherAnythingIsMissing) {
  config::Config config = World::defaults();
  config.channels.history_max = 3;
  World world(config);
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  for (int i = 0; i < 5; ++i) world.say(neo, "news", "m");
  world.run();
  const auto answer = [&](std::int64_t since) {
    world.leave(neo, "news");
    world.subscribe(neo, "news", {.since = since});
    world.run();
    return neo.link.frames.back();
  };
  EXPECT_THAT(answer(5), HasSubstr(R"("recovered":true,"members":1,"messages":[])"));
  EXPECT_THAT(answer(2), HasSubstr("\"recovered\":true"));
  EXPECT_THAT(answer(1), HasSubstr("\"recovered\":false"));  // four are missing, three fit
  EXPECT_THAT(answer(1), HasSubstr("\"offset\":5,\"ts\""));  // the newest ones
  EXPECT_THAT(answer(9), HasSubstr("\"recovered\":false"));  // from another life of this server
  EXPECT_THAT(answer(-1), HasSubstr("refused"));
}

TEST(Channels, SubscribingAgainAnswersWithTheCurrentPosition) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.say(neo, "global", "one");
  world.run();
  world.say(neo, "global", "two");
  world.store.commit();  // committed, not yet handed out
  world.subscribe(neo, "global");
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("\"offset\":1,"));
  world.run();
  EXPECT_THAT(neo.link.offsets("global"), ElementsAre(1, 2));
}

TEST(Channels, TwoSubscribesInFlightAreBothAnswered) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.subscribe(neo, "news");
  world.subscribe(neo, "news", {.history = 5});
  world.run();
  EXPECT_EQ(neo.link.count("subscribed {"), 2);
  world.say(neo, "news", "x");
  world.run();
  EXPECT_THAT(neo.link.offsets("news"), ElementsAre(1));
}

TEST(Channels, LeavingBeforeTheAnswerAnswersWithConflict) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.subscribe(neo, "news");
  world.leave(neo, "news");
  EXPECT_TRUE(neo.link.got("refused The channel was left"));
  world.run();
  EXPECT_FALSE(neo.link.got("subscribed {"));
  EXPECT_FALSE(world.channels.subscribed(*neo.session, "news"));
}

TEST(Channels, AClosedSessionIsForgottenWhateverWasUnderWay) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(0, person("u_tri", "Trinity"));
  world.subscribe(trinity, "news", {.history = 5});
  world.say(neo, "global", "x");
  world.store.commit();  // a frame for Trinity is queued
  world.close(trinity);
  world.run();
  EXPECT_EQ(trinity.link.count("offset"), 0);
  EXPECT_TRUE(trinity.link.got("refused"));
  EXPECT_THAT(neo.link.offsets("global"), ElementsAre(1));
  EXPECT_EQ(world.channels.present("global").total, 1u);
  EXPECT_EQ(world.channels.present("news").total, 0u);
  EXPECT_TRUE(world.channels.is_present("global", "u_neo"));
  EXPECT_FALSE(world.channels.is_present("global", "u_tri"));
  EXPECT_FALSE(world.channels.is_present("news", "u_neo"));
}

TEST(Channels, AClosedOneInTheMiddleLeavesTheOthersTheirPlaces) {
  World world;
  std::vector<World::Client*> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back(&world.enter(i % 2, person("u_p" + std::to_string(i), "P")));
  }
  world.close(*all[0]);
  world.close(*all[3]);
  world.leave(*all[2], "global");
  world.say(*all[5], "global", "x");
  world.run();
  EXPECT_THAT(all[1]->link.offsets("global"), ElementsAre(1));
  EXPECT_THAT(all[2]->link.offsets("global"), IsEmpty());
  EXPECT_THAT(all[4]->link.offsets("global"), ElementsAre(1));
  EXPECT_THAT(all[5]->link.offsets("global"), ElementsAre(1));
  world.leave(*all[4], "global");
  world.say(*all[5], "global", "y");
  world.run();
  EXPECT_THAT(all[4]->link.offsets("global"), ElementsAre(1));
  EXPECT_THAT(all[5]->link.offsets("global"), ElementsAre(1, 2));
}

TEST(Channels, OnlyTheTwoOfADirectChannelMayReadIt) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& smith = world.enter(1, person("u_smith", "Smith"));
  world.enter(1, person("u_tri", "Trinity"));
  world.say(neo, "dm:u_neo:u_tri", "secret");
  world.run();
  world.subscribe(smith, "dm:u_neo:u_tri", {.history = 5});
  EXPECT_THAT(smith.link.frames.back(), HasSubstr("refused There is no channel"));
  std::vector<Status> answers;
  const auto keep = [&](Result<ChannelHistory> history) { answers.push_back(history.status()); };
  world.channels.history(smith.session->user().get(), "dm:u_neo:u_tri", {}, keep);
  world.channels.history(neo.session->user().get(), "dm:u_neo:u_tri", {}, keep);
  world.on(smith, [&](Session& session) {
    answers.push_back(world.channels.presence(session, "dm:u_neo:u_tri").status());
  });
  world.run();
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].code(), ErrorCode::kNotFound);
  EXPECT_EQ(answers[1].code(), ErrorCode::kNotFound);
  EXPECT_TRUE(answers[2].is_ok());
  EXPECT_FALSE(smith.link.got("secret"));
}

TEST(Channels, TheFirstDirectMessageBringsBothIn) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& phone = world.enter(1, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  world.say(neo, "dm:u_neo:u_tri", "one");
  world.say(trinity, "dm:u_neo:u_tri", "two");
  world.store.commit();  // both committed before any shard has run
  world.run();
  for (auto* client : {&neo, &phone, &trinity}) {
    EXPECT_THAT(client->link.offsets("dm:u_neo:u_tri"), ElementsAre(1, 2));
  }
  auto& later = world.enter(0, person("u_tri", "Trinity"));
  ASSERT_EQ(later.positions.size(), 3u);
  EXPECT_EQ(later.positions[2].channel, "dm:u_neo:u_tri");
  EXPECT_EQ(later.positions[2].offset, 2);
}

TEST(Channels, LeavingADirectChannelWhileItsFirstMessageComesLosesNothing) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  world.subscribe(trinity, "dm:u_neo:u_tri");
  world.run();
  world.say(neo, "dm:u_neo:u_tri", "one");
  world.store.commit();
  world.leave(trinity, "dm:u_neo:u_tri");  // the shard would be taken out here
  world.say(neo, "dm:u_neo:u_tri", "two");
  world.store.commit();
  world.run();
  EXPECT_THAT(trinity.link.offsets("dm:u_neo:u_tri"), ElementsAre(1, 2));
}

TEST(Channels, ADirectMessageDuringTheWelcomeIsInItsPositions) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.connect(1, person("u_tri", "Trinity"));
  ASSERT_TRUE(world.store.read_one());  // her direct channels are read: none yet
  world.say(neo, "dm:u_neo:u_tri", "one");
  world.store.commit();
  // The join of the first message reaches the shard after the answer of that read; turn it round.
  world.run();
  ASSERT_TRUE(trinity.welcomed);
  EXPECT_EQ(trinity.link.frames[0], R"({"type":"welcome"})");
  EXPECT_TRUE(world.channels.subscribed(*trinity.session, "dm:u_neo:u_tri"));
  world.say(neo, "dm:u_neo:u_tri", "two");
  world.run();
  EXPECT_EQ(trinity.link.count("\"two\""), 1);
}

TEST(Channels, ADirectMessageBeforeTheReadIsHeldUntilTheWelcome) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.connect(1, person("u_tri", "Trinity"));
  world.say(neo, "dm:u_neo:u_tri", "one");
  world.store.commit();
  world.run_shards();  // joins, but the welcome waits for the read
  EXPECT_THAT(trinity.link.frames, IsEmpty());
  world.run();
  ASSERT_FALSE(trinity.link.frames.empty());
  EXPECT_EQ(trinity.link.frames[0], R"({"type":"welcome"})");
  EXPECT_EQ(trinity.positions.back().channel, "dm:u_neo:u_tri");
  EXPECT_EQ(trinity.positions.back().offset, 1);
  EXPECT_THAT(trinity.link.offsets("dm:u_neo:u_tri"), IsEmpty());
}

TEST(Channels, AUsersOwnChannelIsForThatUserAlone) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& smith = world.enter(1, person("u_smith", "Smith"));
  world.subscribe(smith, "@u_neo");
  EXPECT_THAT(smith.link.frames.back(), HasSubstr("refused"));
  world.channels.publish({.channel = "@u_neo", .type = "mail"}, [](auto) {});
  world.run();
  EXPECT_TRUE(neo.link.got("\"type\":\"mail\",\"channel\":\"@u_neo\",\"offset\":1"));
  EXPECT_FALSE(smith.link.got("mail"));
}

TEST(Channels, PresenceIsForMembersAndPaged) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.enter(0, person("u_neo", "Neo"));
  world.enter(1, person("u_tri", "Trinity"));
  auto& smith = world.enter(1, person("u_smith", "Smith"));
  world.leave(smith, "global");
  world.on(smith, [&](Session& session) {
    EXPECT_EQ(world.channels.presence(session, "global").status().code(), ErrorCode::kNotFound);
  });
  world.on(neo, [&](Session& session) {
    const auto first = world.channels.presence(session, "global", "", 1);
    ASSERT_TRUE(first.is_ok());
    EXPECT_EQ(first->total, 2u);
    ASSERT_EQ(first->users.size(), 1u);
    EXPECT_EQ(first->users[0].id, "u_neo");
    EXPECT_EQ(first->users[0].sessions, 2u);
    const auto second = world.channels.presence(session, "global", first->next, 1);
    ASSERT_TRUE(second.is_ok());
    EXPECT_EQ(second->users[0].id, "u_tri");
    EXPECT_EQ(second->next, "");
  });
}

TEST(Channels, JoinAndLeaveAreToldToThoseWhoAsked) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& quiet = world.enter(1, person("u_quiet", "Quiet"));
  world.subscribe(neo, "global", {.presence = true});
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  auto& second = world.enter(0, person("u_tri", "Trinity"));
  EXPECT_EQ(neo.link.count("\"type\":\"join\""), 1);
  EXPECT_TRUE(neo.link.got(R"("user":{"id":"u_tri","kind":"user"},"data":{"name":"Trinity"})"));
  world.close(trinity);
  world.run();
  EXPECT_EQ(neo.link.count("\"type\":\"leave\""), 0);
  world.close(second);
  world.run();
  EXPECT_EQ(neo.link.count("\"type\":\"leave\""), 1);
  EXPECT_EQ(quiet.link.count("join"), 0);
  EXPECT_EQ(trinity.link.count("join"), 0);
}

TEST(Channels, ALimitOfChannelsPerSession) {
  config::Config config = World::defaults();
  config.limits.channels = 3;
  World world(config);
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.subscribe(neo, "one");
  world.run();
  world.subscribe(neo, "two");
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("refused You are in 3 channels"));
}

TEST(Channels, WhereJoiningMakesNoChannelItHasToBeThere) {
  config::Config config = World::defaults();
  config.channels.create_by_joining = false;
  World world(config);
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  world.subscribe(neo, "news");
  world.run();
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("refused There is no channel news"));
  world.say(neo, "news", "x");
  world.run();
  ASSERT_FALSE(world.stored.empty());
  EXPECT_EQ(world.stored.back().status().code(), ErrorCode::kNotFound);
  world.channels.publish({.channel = "news", .user = {"b_bot", "Bot", "bot"}}, [](auto) {});
  world.run();
  world.subscribe(neo, "news", {.history = 1});
  world.run();
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("subscribed {"));
}

TEST(Channels, APluginsChannelFollowsItsRuleAndRechecking) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo", {"user", "wizard"}));
  world.subscribe(neo, "game:tower");
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("refused"));
  world.rights.set_rule("game", [](const users::User& user, std::string_view, ChannelAccess) {
    return std::count(user.roles.begin(), user.roles.end(), "wizard") > 0;
  });
  world.subscribe(neo, "game:tower");
  world.run();
  EXPECT_THAT(neo.link.frames.back(), HasSubstr("subscribed {"));
  world.on(neo, [&](Session& session) {
    session.set_user(person("u_neo", "Neo"));
    world.channels.recheck(session);
  });
  EXPECT_THAT(neo.link.frames.back(), HasSubstr(R"("type":"unsubscribed")"));
  EXPECT_FALSE(world.channels.subscribed(*neo.session, "game:tower"));
  EXPECT_TRUE(world.channels.subscribed(*neo.session, "global"));
}

TEST(Channels, HistoryShowsMessagesAsTheyWerePushed) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  for (int i = 0; i < 3; ++i) world.say(neo, "global", "m" + std::to_string(i));
  world.run();
  ChannelHistory history;
  world.channels.history(neo.session->user().get(), "global", {.limit = 2},
                         [&](Result<ChannelHistory> found) { history = std::move(*found); });
  world.run();
  const auto& frames = neo.link.frames;
  EXPECT_EQ(history.messages_json, "[" + frames[frames.size() - 2] + "," + frames.back() + "]");
  EXPECT_TRUE(history.more);
  Status refused;
  world.channels.history(nullptr, "global", {.before = 1, .after = 2},
                         [&](Result<ChannelHistory> found) { refused = found.status(); });
  EXPECT_EQ(refused.code(), ErrorCode::kInvalidArgs);
}

TEST(Channels, TheTopicIsStoredPushedAndToldToNewcomers) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  Status done = Status::internal("not called");
  world.channels.set_topic("global", "The Matrix", author_of(*neo.session->user()),
                           [&](Status status) { done = std::move(status); });
  world.run();
  EXPECT_TRUE(done.is_ok());
  EXPECT_TRUE(neo.link.got(R"("type":"topic","channel":"global")"));
  world.subscribe(neo, "global");
  EXPECT_THAT(neo.link.frames.back(), HasSubstr(R"("topic":"The Matrix")"));
  std::string topic;
  world.channels.info("global", [&](Result<ChannelInfo> info) { topic = info->topic; });
  world.run();
  EXPECT_EQ(topic, "The Matrix");
}

TEST(Channels, PushesSpareWhoIsExceptedAndDropVolatileOnesForTheSlow) {
  World world;
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  auto& slow = world.enter(1, person("u_slow", "Slow"));
  slow.link.behind = true;
  ASSERT_TRUE(world.channels
                  .push({.channel = "global", .type = "typing"},
                        {.volatile_ = true, .except_users = {"u_neo"}})
                  .is_ok());
  world.run();
  EXPECT_FALSE(neo.link.got("typing"));
  EXPECT_TRUE(trinity.link.got(R"({"type":"typing","channel":"global"})"));
  EXPECT_FALSE(slow.link.got("typing"));
  EXPECT_EQ(world.registry.totals().volatile_drops, 1u);
  ASSERT_TRUE(world.channels
                  .push({.channel = "global", .type = "worldEvent"},
                        {.except_session = trinity.session->key()})
                  .is_ok());
  world.run();
  EXPECT_TRUE(neo.link.got("worldEvent"));
  EXPECT_FALSE(trinity.link.got("worldEvent"));
  EXPECT_TRUE(slow.link.got("worldEvent"));
  EXPECT_FALSE(world.channels.push({.channel = "No Name", .type = "x"}).is_ok());
}

TEST(Channels, HeldFramesAreBounded) {
  config::Config config = World::defaults();
  config.outbox.hard_cap = 400;
  World world(config);
  auto& neo = world.enter(0, person("u_neo", "Neo"));
  auto& trinity = world.enter(1, person("u_tri", "Trinity"));
  world.say(neo, "news", "x");
  world.run();
  world.subscribe(trinity, "news", {.history = 5});
  for (int i = 0; i < 10; ++i) world.say(neo, "news", "filling");
  world.store.commit();
  world.run_shards();
  EXPECT_EQ(trinity.link.close_code, protocol::close::kSlow);
  EXPECT_EQ(world.registry.totals().overruns > 0, true);
}

TEST(Channels, AStoreThatCannotBeReadSendsTheNewcomerAway) {
  World world;
  world.store.refuse = true;
  auto& neo = world.connect(0, person("u_neo", "Neo"));
  EXPECT_EQ(neo.link.close_code, protocol::close::kOverloaded);
  EXPECT_FALSE(neo.welcomed);
  EXPECT_EQ(world.registry.count(), 0u);
}

TEST(Channels, MembershipIsObservedPerUser) {
  World world;
  std::vector<std::string> seen;
  world.channels.observe([&](const users::User& user, std::string_view channel, bool joined) {
    if (channel == "global") seen.push_back(user.id + (joined ? " in" : " out"));
  });
  auto& one = world.enter(0, person("u_neo", "Neo"));
  auto& two = world.enter(1, person("u_neo", "Neo"));
  world.close(one);
  world.close(two);
  EXPECT_THAT(seen, ElementsAre("u_neo in", "u_neo out"));
}

}  // namespace
}  // namespace parley::session
