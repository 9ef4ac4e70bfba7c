// SPDX-License-Identifier: Apache-2.0
// Sessions that lose their connection and come back: what follows the welcome, who may come back,
// and what is said about what is lost.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

// The text between `before` and the next quote.
std::string taken(const std::string& frame, const std::string& before) {
  const auto at = frame.find(before);
  if (at == std::string::npos) return {};
  return frame.substr(at + before.size(), frame.find('"', at + before.size()) - at - before.size());
}

struct Ticket {
  explicit Ticket(const std::string& welcome)
      : session(taken(welcome, R"("session":")")), secret(taken(welcome, R"("resume":")")) {}
  std::string session, secret;

  std::string resume(int seq, const std::string& more = "") const {
    return R"({"action":"resume","id":"r","session":")" + session + R"(","resume":")" + secret +
           R"(","seq":)" + std::to_string(seq) + more + "}";
  }
};

struct Person {
  World::Client* client;
  Ticket ticket;
};

Person enter(World& world, const std::string& name, int shard = 0) {
  auto& client = world.connect(shard);
  const auto welcome = world.say(client, R"({"action":"auth","id":1,"guest":")" + name + "\"}");
  return {&client, Ticket(welcome)};
}

void chat(World& world, const std::string& text) {
  world.channels.publish({.channel = "global", .data_json = "{\"text\":\"" + text + "\"}"},
                         [](Result<std::int64_t>) {});
  world.run();
}

TEST(ResumeTest, AnswersOfTheLostConnectionFollowTheWelcome) {
  World world;
  auto neo = enter(world, "Neo");
  world.say(*neo.client, R"({"action":"echo","id":7,"text":"heard"})");
  world.say(*neo.client, R"({"action":"hold","id":8})");
  world.say(*neo.client, R"({"action":"hold","id":9})");
  world.close(*neo.client);
  const auto call = world.target->held.at(0)->call;
  world.dispatcher.replies().ok(call);
  world.dispatcher.returned(call);
  world.run();
  auto& again = world.connect();
  world.say(again, neo.ticket.resume(1));
  ASSERT_EQ(again.frames().size(), 2u);
  EXPECT_THAT(again.frames()[0],
              AllOf(StartsWith(R"({"id":"r","type":"welcome")"), HasSubstr(R"("resumed":true)"),
                    HasSubstr(R"("seq":2)"), HasSubstr(R"("replayed":1)"),
                    HasSubstr(R"("pending":[9])"), HasSubstr(neo.ticket.session)));
  EXPECT_EQ(again.frames()[1], R"({"id":8,"seq":2,"type":"ok"})");
  EXPECT_EQ(world.sessions.count(), 1u);
  EXPECT_EQ(world.sessions.detached(), 0u);
}

TEST(ResumeTest, ChannelFramesFollowAfterTheOffsetOfTheClient) {
  World world;
  auto neo = enter(world, "Neo");
  for (const char* text : {"one", "two"}) chat(world, text);
  world.close(*neo.client);
  for (const char* text : {"three", "four"}) chat(world, text);
  auto& again = world.connect();
  world.say(again, neo.ticket.resume(0, R"(,"channels":{"global":1})"));
  ASSERT_EQ(again.frames().size(), 4u);
  EXPECT_THAT(again.frames()[0], AllOf(HasSubstr(R"("recovered":{"global":true)"),
                                       HasSubstr(R"("channels":{"global":1)")));
  EXPECT_THAT(again.frames()[1], HasSubstr("two"));
  EXPECT_THAT(again.frames()[2], HasSubstr("three"));
  EXPECT_THAT(again.frames()[3], HasSubstr("four"));
  chat(world, "five");
  EXPECT_THAT(again.last(), HasSubstr("five"));
  EXPECT_EQ(again.frames().size(), 5u);
}

TEST(ResumeTest, ASessionOfAnotherShardTakesTheConnectionThere) {
  World world;
  auto neo = enter(world, "Neo", 0);
  world.close(*neo.client);
  auto& again = world.connect(1);
  world.feed(again, neo.ticket.resume(0));
  EXPECT_EQ(again.link.moved_to, 0);
  world.follow(again);
  EXPECT_THAT(again.last(), HasSubstr(R"("resumed":true)"));
  EXPECT_THAT(world.say(again, R"({"action":"echo","id":2})"), HasSubstr(R"("seq":1)"));
}

TEST(ResumeTest, ANewerResumeReplacesTheOlderConnection) {
  World world;
  auto neo = enter(world, "Neo");
  auto& second = world.connect();
  EXPECT_THAT(world.say(second, neo.ticket.resume(0)), HasSubstr(R"("resumed":true)"));
  EXPECT_EQ(neo.client->link.close_code, 4509);
  EXPECT_THAT(world.say(second, R"({"action":"ping","id":2})"), HasSubstr("pong"));
  world.close(*neo.client);
  EXPECT_EQ(world.sessions.detached(), 0u) << "the end of the old connection is not the session's";
}

TEST(ResumeTest, TheOldSecretHoldsUntilTheNewOneIsUsed) {
  World world;
  auto neo = enter(world, "Neo");
  world.close(*neo.client);
  auto& lost = world.connect();
  world.say(lost, neo.ticket.resume(0));
  world.close(lost);  // its welcome did not arrive
  auto& second = world.connect();
  const Ticket fresh(world.say(second, neo.ticket.resume(0)));
  EXPECT_EQ(fresh.session, neo.ticket.session);
  EXPECT_NE(fresh.secret, neo.ticket.secret);
  world.say(second, R"({"action":"ping","id":2})");
  world.close(second);
  auto& third = world.connect();
  EXPECT_THAT(world.say(third, fresh.resume(0)), HasSubstr(R"("resumed":true)"));
}

TEST(ResumeTest, AReplacedSecretEndsTheSessionAndIsAudited) {
  World world;
  auto neo = enter(world, "Neo");
  auto& mine = world.connect();
  world.say(mine, neo.ticket.resume(0));
  world.say(mine, R"({"action":"ping","id":2})");
  auto& thief = world.connect();
  EXPECT_THAT(world.say(thief, neo.ticket.resume(0)), error("unauthorized"));
  EXPECT_EQ(mine.link.close_code, 4500);
  EXPECT_EQ(world.sessions.count(), 0u);
  const auto audit =
      world.disk.store->read_blocking([](storage::Reader& reader) { return reader.audit({}); });
  ASSERT_FALSE(audit->empty());
  EXPECT_EQ(audit->front().action, "session.resume");
  EXPECT_EQ(audit->front().target, neo.ticket.session);
}

TEST(ResumeTest, AnEndedSessionIsOverBeforeItsRowIsGone) {
  World world;
  auto neo = enter(world, "Neo");
  world.on(*neo.client, [&] {
    world.sessions.kick(*world.session_of(*neo.client), 4510, "You were sent out.");
  });
  auto& again = world.connect();
  world.feed(again, neo.ticket.resume(0));
  for (bool busy = true; busy;) {  // all but the commits
    busy = world.store.read_one();
    for (auto& shard : world.shards) busy |= shard->run_one();
  }
  EXPECT_THAT(again.last(), error("unauthorized"));
  world.run();
  EXPECT_EQ(world.sessions.count(), 0u);
}

TEST(ResumeTest, WhateverIsWrongReadsAlike) {
  World world;
  auto neo = enter(world, "Neo");
  auto& stranger = world.connect();
  Ticket wrong_secret = neo.ticket, unknown = neo.ticket;
  wrong_secret.secret = "r_" + std::string(43, 'x');
  unknown.session = "s_" + std::string(22, 'x');
  const auto first = world.say(stranger, wrong_secret.resume(0));
  EXPECT_THAT(first, error("unauthorized"));
  EXPECT_EQ(world.say(stranger, unknown.resume(0)), first);
  EXPECT_EQ(world.say(stranger, neo.ticket.resume(0, R"(,"token":"nonsense")")), first);
  EXPECT_EQ(stranger.peer->session(), nullptr);
  EXPECT_EQ(neo.client->link.close_code, 0);
}

TEST(ResumeTest, FailuresCountByAddressAndKeepNobodyOut) {
  World world;
  auto neo = enter(world, "Neo");
  auto& stranger = world.connect();
  Ticket wrong = neo.ticket;
  wrong.secret = "r_" + std::string(43, 'x');
  for (int i = 0; i < world.config.auth.login_tries; ++i) {
    wrong.session = "s_" + std::string(21, 'x') + std::to_string(i % 10);
    EXPECT_THAT(world.say(stranger, wrong.resume(0)), error("unauthorized"));
  }
  EXPECT_THAT(world.say(stranger, wrong.resume(0)), error("rate_limited"));
  wrong.session = neo.ticket.session;
  EXPECT_THAT(world.say(stranger, wrong.resume(0)), error("rate_limited"));
  EXPECT_THAT(world.say(stranger, neo.ticket.resume(0)), HasSubstr("welcome"))
      << "from the same address";
}

TEST(ResumeTest, WrongFieldsAreNamed) {
  World world;
  auto& stranger = world.connect();
  for (const char* frame :
       {R"({"action":"resume","id":1})", R"({"action":"resume","id":1,"session":"s_1"})",
        R"({"action":"resume","id":1,"session":"s_1","resume":"r","seq":-1})",
        R"({"action":"resume","id":1,"session":"s_1","resume":"r","seq":"x"})",
        R"({"action":"resume","id":1,"session":"s_1","resume":"r","channels":[1]})",
        R"({"action":"resume","id":1,"session":"s_1","resume":"r","channels":{"global":-5}})"})
    EXPECT_THAT(world.say(stranger, frame), error("invalid_args")) << frame;
  auto neo = enter(world, "Neo");
  EXPECT_THAT(world.say(*neo.client, neo.ticket.resume(0)), error("conflict"));
}

TEST(ResumeTest, AnOverrunRingIsSaidPlainly) {
  config::Config config;
  config.session.guest_ring_frames = 4;
  World world(config);
  auto neo = enter(world, "Neo");
  for (int i = 0; i < 10; ++i) world.say(*neo.client, R"({"action":"echo","id":7})");
  world.close(*neo.client);
  auto& again = world.connect();
  const auto welcome = world.say(again, neo.ticket.resume(2, R"(,"channels":{"global":0})"));
  EXPECT_THAT(welcome, AllOf(HasSubstr(neo.ticket.session), HasSubstr(R"("resumed":false)"),
                             HasSubstr(R"("seq":0)"), HasSubstr(R"("recovered":{"global":true)"),
                             HasSubstr("are lost"), Not(HasSubstr("replayed"))));
  EXPECT_THAT(world.say(again, R"({"action":"echo","id":1})"), HasSubstr(R"("seq":1)"));
}

TEST(ResumeTest, WhoStaysAwayTooLongIsRestoredFromTheStore) {
  World world;
  auto neo = enter(world, "Neo");
  world.say(*neo.client, R"({"action":"subscribe","id":2,"channel":"hall"})");
  world.close(*neo.client);
  world.run();
  world.clock.advance(world.config.session.detached_guest + Millis(1));
  auto& again = world.connect();
  world.tick(again);
  EXPECT_EQ(world.sessions.count(), 0u);
  chat(world, "meanwhile");
  const auto welcome = world.say(again, neo.ticket.resume(2, R"(,"channels":{"global":0})"));
  EXPECT_THAT(
      again.frames().at(0),
      AllOf(HasSubstr(neo.ticket.session), HasSubstr(R"("resumed":false)"),
            HasSubstr(R"("name":"Neo")"), HasSubstr(R"("hall":)"), HasSubstr(R"("global":true)")));
  EXPECT_THAT(again.frames().at(1), HasSubstr("meanwhile"));
  const auto back = world.session_of(again);
  EXPECT_TRUE(world.channels.subscribed(*back, "hall"));
}

TEST(ResumeTest, ALogoutCannotBeResumed) {
  World world;
  auto neo = enter(world, "Neo");
  world.on(*neo.client,
           [&] { world.sessions.close(*world.session_of(*neo.client), "signed out"); });
  world.run();
  auto& again = world.connect();
  EXPECT_THAT(world.say(again, neo.ticket.resume(0)), error("unauthorized"));
}

TEST(ResumeTest, AckTrimsAndSyncReplays) {
  World world;
  auto neo = enter(world, "Neo");
  for (int i = 1; i <= 3; ++i)
    world.say(*neo.client, R"({"action":"echo","id":)" + std::to_string(i) + "}");
  neo.client->frames().clear();
  world.say(*neo.client, R"({"action":"sync","id":"s","seq":1})");
  EXPECT_THAT(neo.client->frames(),
              ElementsAre(HasSubstr(R"({"id":2,"seq":2)"), HasSubstr(R"({"id":3,"seq":3)"),
                          R"({"id":"s","type":"ok"})"));
  EXPECT_EQ(world.say(*neo.client, R"({"action":"ack","seq":2})"), "");
  EXPECT_THAT(world.say(*neo.client, R"({"action":"sync","id":"s","seq":1})"),
              error("position_lost"));
  EXPECT_THAT(world.say(*neo.client, R"({"action":"sync","id":"s","seq":99})"),
              error("position_lost"));
  EXPECT_THAT(world.say(*neo.client, R"({"action":"ack","id":4,"seq":99})"), error("invalid_args"));
  EXPECT_THAT(world.say(*neo.client, R"({"action":"ack","id":4})"), error("invalid_args"));
}

TEST(ResumeTest, TooManyThatWaitAreClosed) {
  config::Config config;
  config.session.detached_max = 2;
  World world(config);
  for (const char* name : {"Neo", "Trinity", "Tank"}) world.close(*enter(world, name).client);
  world.run();
  auto& any = world.connect();
  world.tick(any);
  EXPECT_EQ(world.sessions.detached(), 2u);
}

}  // namespace
}  // namespace parley::command
