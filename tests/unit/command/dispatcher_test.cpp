// SPDX-License-Identifier: Apache-2.0
#include "command/dispatcher.h"

#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

TEST(DispatcherTest, ACommandIsAnsweredWithItsIdAndASeq) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_EQ(world.say(neo, R"({"action":"echo","id":7,"text":"hi"})"),
            R"({"id":7,"seq":1,"type":"echoed","data":{"text":"hi","id":7}})");
  EXPECT_EQ(world.say(neo, R"({"action":"echo","text":"hi"})"),
            R"({"seq":2,"type":"echoed","data":{"text":"hi"}})");
  EXPECT_EQ(world.say(neo, R"({"action":"echoRead","id":8})"),
            R"({"id":8,"type":"echoed","data":{}})");
}

TEST(DispatcherTest, TheInvocationSaysWhoCalled) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":7,"text":"x"})");
  const auto& call = *world.target->held.at(0);
  EXPECT_EQ(call.user->name, "Neo");
  EXPECT_EQ(call.session_key, world.session_of(neo)->key());
  EXPECT_EQ(call.session_id, world.session_of(neo)->id());
  EXPECT_EQ(call.peer_address, "192.0.2.7");
  EXPECT_EQ(call.request.to_json(), "7");
  EXPECT_EQ(call.args[0].text, "x");
  EXPECT_EQ(call.deadline, world.clock.now() + world.config.plugins.limits.hard_budget);
  EXPECT_EQ(world.dispatcher.replies().peek(call.call)->user, call.user);
}

TEST(DispatcherTest, MalformedFramesAreAnsweredAndThenEndTheConnection) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, "{oops"), error("bad_json"));
  EXPECT_THAT(world.say(neo, R"({"id":5})"), AllOf(error("bad_request"), HasSubstr("\"id\":5")));
  EXPECT_EQ(neo.link.close_code, 0);
  world.on(neo, [&] { world.dispatcher.on_binary(*neo.peer); });
  EXPECT_THAT(neo.last(), error("bad_frame"));
  EXPECT_EQ(neo.link.close_code, 4510);
  EXPECT_EQ(world.dispatcher.stats().malformed, 3u);
}

TEST(DispatcherTest, NoiseIsForgottenAfterAMinute) {
  World world;
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 10; ++i) {
    world.say(neo, "[]");
    world.clock.advance(Millis(31'000));
  }
  EXPECT_EQ(neo.link.close_code, 0);
}

TEST(DispatcherTest, WrongArgumentsAreNoNoise) {
  World world;
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 10; ++i)
    EXPECT_THAT(world.say(neo, R"({"action":"echoMove","id":1,"direction":"up","steps":10})"),
                AllOf(error("invalid_args"), HasSubstr("\"direction\":\"must be one of"),
                      HasSubstr("\"steps\":\"must be at most 9\"")));
  EXPECT_EQ(neo.link.close_code, 0);
}

TEST(DispatcherTest, TheRateIsPerConnectionAndSaysWhenToComeBack) {
  config::Config config;
  config.limits.rate = 10;
  config.limits.burst = 3;
  World world(config);
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  for (int i = 0; i < 2; ++i)
    EXPECT_THAT(world.say(neo, R"({"action":"echo"})"), HasSubstr("echoed"));
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":9})"),
              AllOf(error("rate_limited"), HasSubstr("\"id\":9"), HasSubstr("\"retryAfterMs\":1")));
  EXPECT_THAT(world.say(trinity, R"({"action":"echo"})"), HasSubstr("echoed"));
  world.clock.advance(Millis(101));
  EXPECT_THAT(world.say(neo, R"({"action":"echo"})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, WhoeverNeverPausesIsClosed) {
  config::Config config;
  config.limits.rate = 1;
  config.limits.burst = 2;
  World world(config);
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 45; ++i) world.say(neo, R"({"action":"echo"})");
  EXPECT_EQ(neo.link.close_code, 4506);
}

TEST(DispatcherTest, HowLongAFloodIsAnsweredIsTheOperatorsToSay) {
  config::Config config;
  config.limits.rate = 1;
  config.limits.burst = 2;
  config.limits.abuse = 2;
  World strict(config);
  auto& neo = strict.enter("Neo");  // the first command of the burst
  for (int i = 0; i < 1 + 4; ++i) strict.say(neo, R"({"action":"echo"})");
  EXPECT_EQ(neo.link.close_code, 0);
  strict.say(neo, R"({"action":"echo"})");
  EXPECT_EQ(neo.link.close_code, 4506);
  config.limits.abuse = 0;
  World patient(config);
  auto& trinity = patient.enter("Trinity");
  for (int i = 0; i < 500; ++i) patient.say(trinity, R"({"action":"echo"})");
  EXPECT_EQ(trinity.link.close_code, 0);
}

TEST(DispatcherTest, AnIdInFlightCannotBeUsedTwice) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":7})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":7})"), error("duplicate_id"));
  const auto call = world.target->held.at(0)->call;
  world.on(neo, [&] { world.dispatcher.replies().ok(call); });
  EXPECT_EQ(neo.last(), R"({"id":7,"seq":2,"type":"ok"})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":7})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, SoManyInFlightAndNoMore) {
  config::Config config;
  config.limits.inflight = 3;
  World world(config);
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 3; ++i) world.say(neo, R"({"action":"hold"})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":1})"), error("too_many_inflight"));
  const auto call = world.target->held.at(0)->call;
  world.on(neo, [&] { world.dispatcher.replies().ok(call); });
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":1})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, TheNextCommandStartsWhenTheHandlerHasReturned) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.say(neo, R"({"action":"echo","id":2})");
  world.say(neo, R"({"action":"echoRead","id":3})");
  EXPECT_THAT(world.target->order, ElementsAre("hold"));
  auto held = std::move(world.target->held.at(0));
  world.dispatcher.replies().reply(held->call, "late");
  world.run();
  EXPECT_THAT(world.target->order, ElementsAre("hold"));
  neo.frames().clear();
  world.dispatcher.returned(held->call);
  world.run();
  EXPECT_THAT(world.target->order, ElementsAre("hold", "echo", "echoRead"));
  EXPECT_THAT(neo.frames(), ElementsAre(HasSubstr("\"id\":2"), HasSubstr("\"id\":3")));
}

TEST(DispatcherTest, AReturnedHandlerMayAnswerLater) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  auto held = std::move(world.target->held.at(0));
  world.dispatcher.replies().defer(held->call);
  world.dispatcher.returned(held->call);
  world.run();
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":2})"), HasSubstr("\"id\":2"));
  world.dispatcher.replies().reply(held->call, "late");
  world.run();
  EXPECT_THAT(neo.last(), AllOf(HasSubstr("\"id\":1"), HasSubstr("late")));
}

TEST(DispatcherTest, ConcurrentCommandsAndPingOvertake) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.say(neo, R"({"action":"echo","id":2})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":3})"), HasSubstr("\"id\":3"));
  EXPECT_THAT(world.say(neo, R"({"action":"ping","id":4,"t":1})"),
              AllOf(StartsWith(R"({"id":4,"type":"pong","data":{"t":1,"now":)")));
}

TEST(DispatcherTest, ASlowCommandHoldsUpNobodyElse) {
  World world;
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  world.say(neo, R"({"action":"hold","id":1})");
  EXPECT_THAT(world.say(trinity, R"({"action":"echo","id":1})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, AnswersFromOtherThreadsArriveOnceAndInOrder) {
  World world;
  auto& neo = world.enter("Neo", 1);
  world.say(neo, R"({"action":"hold","id":1})");
  const auto call = world.target->held.at(0)->call;
  auto& replies = world.dispatcher.replies();
  neo.frames().clear();
  std::thread([&] {
    EXPECT_EQ(replies.progress(call, R"({"append":"a"})"), ReplyResult::kSent);
    EXPECT_EQ(replies.progress(call, R"({"append":"b"})"), ReplyResult::kSent);
    EXPECT_EQ(replies.reply(call, "done"), ReplyResult::kSent);
    EXPECT_EQ(replies.reply(call, "again"), ReplyResult::kStale);
    EXPECT_EQ(replies.fail(call, Status::internal("again")), ReplyResult::kStale);
    EXPECT_EQ(replies.progress(call, "{}"), ReplyResult::kStale);
  }).join();
  EXPECT_THAT(neo.frames(), IsEmpty());
  world.run();
  EXPECT_THAT(neo.frames(), ElementsAre(R"({"for":1,"type":"progress","data":{"append":"a"}})",
                                        R"({"for":1,"type":"progress","data":{"append":"b"}})",
                                        R"({"id":1,"seq":1,"type":"done"})"));
  EXPECT_EQ(world.dispatcher.stats().stale, 2u);
}

TEST(DispatcherTest, FailuresNameTheCommandAndMayBeThePluginsOwn) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.on(neo, [&] {
    world.dispatcher.replies().fail(world.target->last, "test.too_dark", "light a torch",
                                    R"({"room":"cave"})");
  });
  EXPECT_EQ(neo.last(),
            R"({"id":1,"seq":1,"type":"error","data":{"code":"test.too_dark",)"
            R"("message":"light a torch","action":"hold","retry":false,"room":"cave"}})");
}

TEST(DispatcherTest, ALateCommandIsAnsweredAndCancelled) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  const auto call = world.target->last;
  world.clock.advance(world.config.plugins.limits.hard_budget - Millis(1));
  world.tick(neo);
  EXPECT_THAT(world.target->cancels, IsEmpty());
  neo.frames().clear();
  world.clock.advance(Millis(1));
  world.tick(neo);
  EXPECT_THAT(neo.last(),
              AllOf(error("plugin_timeout"), HasSubstr("\"id\":1"), HasSubstr("\"retry\":true")));
  EXPECT_THAT(world.target->cancels, ElementsAre(call));
  EXPECT_EQ(world.dispatcher.replies().ok(call), ReplyResult::kStale);
  EXPECT_EQ(world.dispatcher.stats().timeouts, 1u);
}

TEST(DispatcherTest, UnknownCommandsSayWhoHadThem) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"fly","id":1})"),
              AllOf(error("unknown_action"), HasSubstr("there is no command fly")));
  world.commands.withdraw("test");
  world.run();
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":1})"),
              AllOf(error("unknown_action"), HasSubstr("plugin test, which is not loaded")));
  EXPECT_THAT(world.say(neo, R"({"action":"no good","id":1})"), error("unknown_action"));
}

TEST(DispatcherTest, ClientsHearThatCommandsChanged) {
  World world;
  auto& neo = world.enter("Neo");
  world.commands.withdraw("test");
  world.run();
  EXPECT_THAT(neo.last(), AllOf(StartsWith(R"({"type":"commandsChanged","data":{"rev":3,)"),
                                HasSubstr(R"("added":[],"removed":["echo",)")));
}

TEST(DispatcherTest, RolesAreToday) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"echoAdmin","id":1})"),
              AllOf(error("forbidden"), HasSubstr("admin, moderator")));
  auto promoted = *world.session_of(neo)->user();
  promoted.roles = {"moderator"};
  world.session_of(neo)->set_user(std::make_shared<const users::User>(promoted));
  EXPECT_THAT(world.say(neo, R"({"action":"echoAdmin","id":1})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, ACooldownIsTheUsersNotTheConnections) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"echoCooled","id":1})"), HasSubstr("echoed"));
  world.clock.advance(Millis(400));
  EXPECT_THAT(world.say(neo, R"({"action":"echoCooled","id":1})"),
              AllOf(error("rate_limited"), HasSubstr("\"retryAfterMs\":600")));
  world.clock.advance(Millis(600));
  EXPECT_THAT(world.say(neo, R"({"action":"echoCooled","id":1})"), HasSubstr("echoed"));
}

TEST(DispatcherTest, ActingForOthersIsRefusedPlainly) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":1,"as":"u_1"})"), error("forbidden"));
}

TEST(DispatcherTest, ATextThatBeginsWithASlashRunsThatCommand) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(
      world.say(neo, R"({"action":"echoChat","id":5,"message":" /echoMove north --steps=2"})"),
      R"({"id":5,"seq":1,"type":"echoed","data":{"direction":"north","steps":2}})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"/fly","channel":"global"})"),
              AllOf(error("unknown_action"), HasSubstr("\"action\":\"fly\"")));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"/echoMove up"})"),
              AllOf(error("invalid_args"), HasSubstr("\"action\":\"echoMove\"")));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"/login trinity"})"),
              AllOf(error("invalid_args"), Not(HasSubstr("\"action\":\"echoChat\""))));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"/echoAdmin"})"),
              error("forbidden"));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"/echoChat \"/echo x\""})"),
              error("invalid_args"));
}

TEST(DispatcherTest, TwoSlashesAreText) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"//usr/bin"})"),
              HasSubstr(R"("data":{"message":"/usr/bin"})"));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":5,"message":"a /b"})"),
              HasSubstr(R"("data":{"message":"a /b"})"));
}

TEST(DispatcherTest, ACommandLineKnowsWhereItWasTyped) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"echoChat","message":"/hold x","channel":"lobby"})");
  EXPECT_EQ(world.target->held.at(0)->channel, "lobby");
  EXPECT_TRUE(world.target->held.at(0)->from_command_line);
}

TEST(DispatcherTest, ARuleRunsACommandAsItsSpeaker) {
  World world;
  auto& neo = world.enter("Neo");
  world.dispatcher.run_as(world.session_of(neo)->key(), R"({"action":"hold","text":"x","id":1})");
  world.run();
  const auto& call = *world.target->held.at(0);
  EXPECT_NE(call.rule, nullptr);
  EXPECT_TRUE(call.request.is_none());
  EXPECT_EQ(call.user->name, "Neo");
  world.dispatcher.run_as(12345, R"({"action":"echo"})");
  world.run();
}

TEST(DispatcherTest, WhoAsksIsToldWhoAnswered) {
  World world;
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  const std::string meta = R"("meta":{"plugin":"test","version":"","generation":0})";
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":7})"), Not(HasSubstr("meta")));
  world.say(neo, R"({"action":"meta","id":8})");
  EXPECT_THAT(neo.last(), HasSubstr(R"("type":"ok")"));
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":9})"), HasSubstr(meta));
  EXPECT_THAT(world.say(trinity, R"({"action":"echo","id":1})"), Not(HasSubstr("meta")));
  world.say(neo, R"({"action":"hold","id":10})");
  const auto call = world.target->held.at(0)->call;
  world.dispatcher.replies().reply(call, "held", "{}", R"({"event":"quake"})");
  world.dispatcher.returned(call);
  world.run();
  EXPECT_THAT(neo.last(), AllOf(HasSubstr(meta), HasSubstr(R"("event":"quake")")));
  world.say(neo, R"({"action":"hold","id":11})");
  world.dispatcher.replies().fail(world.target->held.at(1)->call, Status::not_found("no"));
  world.run();
  EXPECT_THAT(neo.last(), AllOf(HasSubstr(meta), error("not_found")));
  world.dispatcher.returned(world.target->held.at(1)->call);
  world.run();
  world.say(neo, R"({"action":"meta","on":false})");
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":12})"), Not(HasSubstr("meta")));
}

TEST(DispatcherTest, ACallThatAnotherVersionTookOverIsItsOwn) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"meta"})");
  world.say(neo, R"({"action":"hold","id":7})");
  const auto& held = *world.target->held.at(0);
  auto next = std::make_shared<CommandEntry>(*held.entry);
  next->spec.version = "2.0.0";
  next->spec.generation = 5;
  world.dispatcher.replies().taken_over(held.call, next);
  world.dispatcher.replies().ok(held.call);
  world.run();
  EXPECT_THAT(neo.last(), HasSubstr(R"("version":"2.0.0","generation":5)"));
  world.dispatcher.returned(held.call);
  world.dispatcher.replies().taken_over(held.call, next);  // over: nothing happens
}

// A plugin hands a call of its own on to another command.
class HandedOnTest : public ::testing::Test {
 protected:
  HandedOnTest() {
    world_.say(neo_, R"({"action":"hold","id":7,"text":"outer"})");
    outer_ = std::move(world_.target->held.at(0));
    world_.target->held.clear();
    EXPECT_EQ(world_.dispatcher.replies().defer(outer_->call), ReplyResult::kSent);
    world_.dispatcher.returned(outer_->call);
  }
  void run(const std::string& message) {
    world_.dispatcher.run_as(
        world_.session_of(neo_)->key(), message,
        {.plugin = "rules", .answers = outer_->call, .ended = [this](RuleEnd end, auto code) {
           ended_.emplace_back(end, std::string(code));
         }});
    world_.run();
  }
  using Ends = std::vector<std::pair<RuleEnd, std::string>>;

  World world_;
  World::Client& neo_ = world_.enter("Neo");
  InvocationPtr outer_;
  Ends ended_;
};

TEST_F(HandedOnTest, TheInnerCommandsEndAnswersTheOuterCall) {
  const auto before = neo_.frames().size();
  run(R"({"action":"echo","text":"inner"})");
  ASSERT_EQ(neo_.frames().size(), before + 1) << "one frame, not two";
  EXPECT_THAT(neo_.last(), AllOf(HasSubstr(R"("id":7,)"), HasSubstr("inner")));
  EXPECT_EQ(ended_, (Ends{{RuleEnd::kDone, ""}}));
  EXPECT_EQ(world_.dispatcher.replies().ok(outer_->call), ReplyResult::kStale);
}

TEST_F(HandedOnTest, SoDoesItsRefusalBeforeItRan) {
  run(R"({"action":"echoAdmin"})");
  EXPECT_THAT(neo_.last(), AllOf(HasSubstr(R"("id":7,)"), error("forbidden")));
  EXPECT_EQ(ended_, (Ends{{RuleEnd::kFailed, "forbidden"}}));
}

TEST_F(HandedOnTest, AnAnswerMeanwhileIsTheOnlyOne) {
  run(R"({"action":"hold","text":"inner"})");
  EXPECT_EQ(world_.dispatcher.replies().ok(outer_->call), ReplyResult::kSent);
  world_.run();
  const auto sent = neo_.frames().size();
  EXPECT_EQ(world_.dispatcher.replies().ok(world_.target->held.at(0)->call), ReplyResult::kSent);
  world_.run();
  EXPECT_EQ(neo_.frames().size(), sent);
  EXPECT_EQ(ended_, (Ends{{RuleEnd::kDone, ""}}));
}

TEST_F(HandedOnTest, WithoutASpeakerItEndsToo) {
  world_.close(neo_);
  world_.dispatcher.run_as(1, R"({"action":"echo"})",
                           {.plugin = "rules", .ended = [this](RuleEnd end, auto code) {
                              ended_.emplace_back(end, std::string(code));
                            }});
  world_.run();
  EXPECT_EQ(ended_, (Ends{{RuleEnd::kNobodyThere, ""}}));
}

TEST(DispatcherTest, CommandsGoOnWhileTheConnectionIsAway) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.feed(neo, R"({"action":"echo","id":2})");
  auto held = std::move(world.target->held.at(0));
  world.close(neo);
  EXPECT_EQ(world.sessions.count(), 1u);
  EXPECT_EQ(world.sessions.detached(), 1u);
  EXPECT_EQ(world.dispatcher.replies().ok(held->call), ReplyResult::kSent);
  world.dispatcher.returned(held->call);
  world.run();
  EXPECT_THAT(world.target->order, ElementsAre("hold", "echo"));
}

TEST(DispatcherTest, AnEndedSessionTakesItsCommandsAndLateAnswersFallAway) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.feed(neo, R"({"action":"echo","id":2})");
  auto held = std::move(world.target->held.at(0));
  world.on(neo, [&] { world.sessions.kick(*world.session_of(neo), 4504, "out"); });
  EXPECT_EQ(world.sessions.count(), 0u);
  EXPECT_EQ(world.dispatcher.replies().ok(held->call), ReplyResult::kSent);
  world.dispatcher.returned(held->call);
  world.run();
  EXPECT_THAT(world.target->order, ElementsAre("hold"));
  auto& trinity = world.enter("Trinity");
  world.tick(trinity);
  EXPECT_EQ(world.dispatcher.stats().inflight, 0u);
}

TEST(DispatcherTest, ReloadedLimitsHoldForOpenConnections) {
  World world;
  auto& neo = world.enter("Neo");
  auto config = world.config;
  config.limits.rate = 1;
  config.limits.burst = 1;
  config.limits.json_depth = 2;
  world.dispatcher.configure(config);
  world.run();
  EXPECT_THAT(world.say(neo, R"({"action":"echo","x":[[1]]})"), error("bad_json"));
  EXPECT_THAT(world.say(neo, R"({"action":"echo"})"), error("rate_limited"));
}

}  // namespace
}  // namespace parley::command
