// SPDX-License-Identifier: Apache-2.0
// Idempotency keys: what is sent twice runs once, also across connections and restarts.
#include "command/keyed_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/ids.h"
#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Property;

constexpr Millis kKeys = config::Session{}.keys;

auto duplicate() {
  return HasSubstr("\"duplicate\":true");
}
auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

class KeyedCallsTest : public testing::Test {
 protected:
  static std::string move(int id, const char* key, const char* direction = "north") {
    return R"({"action":"echoMove","id":)" + std::to_string(id) + R"(,"key":")" + key +
           R"(","direction":")" + direction + "\"}";
  }
  static std::string hold(int id, const char* key) {
    return R"({"action":"hold","id":)" + std::to_string(id) + R"(,"key":")" + key + "\"}";
  }
  static std::string external(int id, const char* key) {
    return R"({"action":"holdOutside","id":)" + std::to_string(id) + R"(,"key":")" + key + "\"}";
  }
  std::size_t runs() const { return world_.target->order.size(); }
  // The oldest command that a test holds ends.
  void answer(const std::string& type) {
    auto held = take();
    world_.dispatcher.replies().reply(held->call, type, "{}");
    end(std::move(held));
  }
  void fail(ErrorCode code) {
    auto held = take();
    world_.dispatcher.replies().fail(held->call, {code, "no"});
    end(std::move(held));
  }
  void expire() {
    world_.clock.advance(config::PluginLimits{}.hard_budget + Millis(1));
    world_.tick(neo_);
  }
  InvocationPtr take() {
    auto held = std::move(world_.target->held.front());
    world_.target->held.pop_front();
    return held;
  }
  void end(InvocationPtr held) {
    const auto call = held->call;
    held.reset();
    world_.dispatcher.returned(call);
    world_.run();
  }
  void give_roles(std::vector<std::string> roles) {
    world_.on(neo_, [&] {
      auto* session = world_.session_of(neo_);
      auto user = *session->user();
      user.roles = std::move(roles);
      session->set_user(std::make_shared<const users::User>(std::move(user)));
    });
  }
  // What the next run of the server would find.
  std::unique_ptr<KeyLedger> after_restart() {
    auto ledger = std::make_unique<KeyLedger>(world_.store, world_.clock, world_.config);
    EXPECT_TRUE(ledger->load());
    return ledger;
  }
  KeyLedger::Verdict verdict_after_restart(const std::string& key, const std::string& command,
                                           const std::string& arguments) {
    return after_restart()
        ->begin({.user = world_.session_of(neo_)->user()->id,
                 .key = key,
                 .fingerprint = sha256(command + '\n' + arguments)},
                {})
        .verdict;
  }

  World world_;
  World::Client& neo_ = world_.enter("neo");
};

TEST_F(KeyedCallsTest, TheSameCommandTwiceRunsOnce) {
  EXPECT_THAT(world_.say(neo_, move(1, "k1")), AllOf(HasSubstr("echoed"), Not(duplicate())));
  EXPECT_THAT(world_.say(neo_, move(2, "k1")),
              AllOf(HasSubstr("\"id\":2"), HasSubstr("echoed"), HasSubstr("north"), duplicate()));
  EXPECT_EQ(runs(), 1u);
}

TEST_F(KeyedCallsTest, TheKeyStandsForOneCommandWithItsArguments) {
  world_.say(neo_, move(1, "k1"));
  EXPECT_THAT(world_.say(neo_, move(2, "k1", "south")), error("conflict"));
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoNow","id":3,"key":"k1"})"), error("conflict"));
  EXPECT_THAT(
      world_.say(neo_, R"({"action":"echoMove","id":4,"key":"k1","data":{"direction":"north"}})"),
      duplicate())
      << "written another way it is the same command";
  EXPECT_EQ(runs(), 1u);
}

TEST_F(KeyedCallsTest, ItIsTheUsersOwn) {
  auto& trinity = world_.enter("trinity");
  world_.say(neo_, move(1, "k1"));
  EXPECT_THAT(world_.say(trinity, move(1, "k1")), Not(duplicate()));
  EXPECT_EQ(runs(), 2u);
}

TEST_F(KeyedCallsTest, TheSecondWaitsForTheFirst) {
  world_.say(neo_, hold(1, "k1"));
  const auto call = world_.target->last;
  world_.dispatcher.replies().defer(call);
  end(take());
  EXPECT_EQ(world_.say(neo_, hold(7, "k1")), "") << "it waits";
  EXPECT_EQ(runs(), 1u);
  world_.dispatcher.replies().reply(call, "done", "{}");
  world_.run();
  EXPECT_THAT(neo_.frames(), ElementsAre(AllOf(HasSubstr("\"id\":1"), Not(duplicate())),
                                         AllOf(HasSubstr("\"id\":7"), duplicate())));
}

TEST_F(KeyedCallsTest, TheAnswerIsStoredBeforeItIsSent) {
  world_.say(neo_, hold(1, "k1"));
  neo_.frames().clear();
  auto held = take();
  world_.on(neo_, [&] { world_.dispatcher.replies().reply(held->call, "done", "{}"); });
  EXPECT_THAT(neo_.frames(), IsEmpty()) << "the store has not committed";
  end(std::move(held));
  EXPECT_THAT(neo_.frames(), ElementsAre(HasSubstr("done")));
}

TEST_F(KeyedCallsTest, AnErrorIsAnAnswerToo) {
  world_.say(neo_, hold(1, "k1"));
  fail(ErrorCode::kNotFound);
  EXPECT_THAT(world_.say(neo_, hold(2, "k1")), AllOf(error("not_found"), duplicate()));
  EXPECT_EQ(runs(), 1u);
}

TEST_F(KeyedCallsTest, WhatMayBeTriedAgainRunsAgain) {
  world_.say(neo_, hold(1, "k1"));
  fail(ErrorCode::kPluginUnavailable);
  world_.say(neo_, hold(2, "k1"));
  EXPECT_EQ(runs(), 2u);
  answer("done");
}

TEST_F(KeyedCallsTest, NobodyKnowsHowOneEndsThatTookTooLong) {
  world_.say(neo_, hold(1, "k1"));
  expire();
  EXPECT_THAT(neo_.frames().back(), AllOf(error("plugin_timeout"), Not(HasSubstr("retry\":true"))));
  end(take());
  EXPECT_THAT(world_.say(neo_, hold(2, "k1")), error("outcome_unknown"));
  EXPECT_EQ(runs(), 1u);
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kUnknown);
}

TEST_F(KeyedCallsTest, OneThatDidNotEvenBeginInTimeMayRun) {
  world_.target->enters = false;
  world_.say(neo_, hold(1, "k1"));
  expire();
  EXPECT_THAT(neo_.frames().back(), AllOf(error("plugin_timeout"), HasSubstr("retry\":true")));
  end(take());
  world_.say(neo_, hold(2, "k1"));
  EXPECT_EQ(runs(), 2u);
  answer("done");
}

TEST_F(KeyedCallsTest, ARestartKeepsTheAnswer) {
  world_.say(neo_, move(1, "k1"));
  EXPECT_EQ(verdict_after_restart("k1", "echoMove", R"({"direction":"north"})"),
            KeyLedger::Verdict::kReplay);
}

TEST_F(KeyedCallsTest, WhatHadNoEffectBeforeACrashMayRunAgain) {
  world_.say(neo_, hold(1, "k1"));
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kRun);
  answer("done");
}

TEST_F(KeyedCallsTest, ACommandWithEffectsOutsideIsNotedBeforeItRuns) {
  world_.say(neo_, external(1, "k1"));
  ASSERT_EQ(world_.target->held.size(), 1u);
  EXPECT_EQ(verdict_after_restart("k1", "holdOutside", "{}"), KeyLedger::Verdict::kUnknown);
  answer("done");
  EXPECT_THAT(world_.say(neo_, external(2, "k1")), duplicate());
}

TEST_F(KeyedCallsTest, OneWithEffectsOutsideThatNeverBeganMayRun) {
  world_.target->enters = false;
  world_.say(neo_, external(1, "k1"));
  fail(ErrorCode::kPluginUnavailable);
  EXPECT_EQ(verdict_after_restart("k1", "holdOutside", "{}"), KeyLedger::Verdict::kRun);
  world_.say(neo_, external(2, "k1"));
  EXPECT_EQ(runs(), 2u);
  answer("done");
}

TEST_F(KeyedCallsTest, ACrashAfterItBeganLeavesItsOutcomeUnknown) {
  for (const auto code : {ErrorCode::kPluginCrashed, ErrorCode::kPluginUnavailable}) {
    const std::string key = std::to_string(static_cast<int>(code));
    world_.say(neo_, external(1, key.c_str()));
    fail(code);
    EXPECT_THAT(neo_.frames().back(),
                AllOf(error("outcome_unknown"), Not(HasSubstr("retry\":true"))));
    EXPECT_THAT(world_.say(neo_, external(2, key.c_str())), error("outcome_unknown"));
    EXPECT_EQ(verdict_after_restart(key, "holdOutside", "{}"), KeyLedger::Verdict::kUnknown);
  }
  EXPECT_EQ(runs(), 2u);
}

TEST_F(KeyedCallsTest, ItsOwnWordThatItMayBeTriedAgainIsBelieved) {
  world_.say(neo_, external(1, "k1"));
  fail(ErrorCode::kOverloaded);
  EXPECT_EQ(verdict_after_restart("k1", "holdOutside", "{}"), KeyLedger::Verdict::kRun);
  world_.say(neo_, external(2, "k1"));
  EXPECT_EQ(runs(), 2u);
  answer("done");
}

TEST_F(KeyedCallsTest, AMarkOfAnEffectOutlivesACrash) {
  world_.say(neo_, hold(1, "k1"));
  const auto keyed = world_.target->held.front()->keyed;
  world_.dispatcher.mark_running("other");
  world_.run();
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kRun)
      << "it is another plugin that writes";
  world_.dispatcher.mark_running("test");
  world_.run();
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kUnknown);
  answer("done");
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kReplay);
  Keyed::mark(keyed, world_.store, [](const Status& status) { EXPECT_TRUE(status); });
  world_.run();
  EXPECT_EQ(verdict_after_restart("k1", "hold", "{}"), KeyLedger::Verdict::kReplay)
      << "what comes after the answer does not undo it";
}

TEST_F(KeyedCallsTest, AfterAnEffectAnAnswerIsFinalEvenIfItSaysTryAgain) {
  world_.say(neo_, hold(1, "k1"));
  world_.dispatcher.mark_running("test");
  fail(ErrorCode::kOverloaded);
  EXPECT_THAT(neo_.frames().back(), AllOf(error("overloaded"), Not(HasSubstr("retry\":true"))));
  EXPECT_THAT(world_.say(neo_, hold(2, "k1")), AllOf(error("overloaded"), duplicate()));
  EXPECT_EQ(runs(), 1u);
}

TEST_F(KeyedCallsTest, ItIsForgottenAWhileAfterItEnded) {
  world_.say(neo_, hold(1, "k1"));
  world_.dispatcher.replies().defer(world_.target->last);
  world_.clock.advance(kKeys);
  EXPECT_EQ(world_.say(neo_, hold(2, "k1")), "") << "it still runs";
  answer("done");
  world_.clock.advance(kKeys - Millis(1));
  EXPECT_THAT(world_.say(neo_, hold(3, "k1")), duplicate());
  world_.clock.advance(Millis(1));
  EXPECT_THAT(world_.say(neo_, move(4, "k1", "south")), HasSubstr("echoed"));
}

TEST_F(KeyedCallsTest, NewOnesSweepOutWhatHasExpired) {
  for (int i = 0; i < 20; ++i) world_.say(neo_, move(1, ("k" + std::to_string(i)).c_str()));
  EXPECT_EQ(world_.dispatcher.stats().keys, 20u);
  world_.clock.advance(kKeys);
  for (int i = 0; i < 6; ++i) world_.say(neo_, move(1, ("n" + std::to_string(i)).c_str()));
  EXPECT_EQ(world_.dispatcher.stats().keys, 6u);
}

TEST_F(KeyedCallsTest, AllUsersTogetherHaveALimitToo) {
  config::Config config;
  config.session.keys_total = 3;
  World world(config);
  auto& neo = world.enter("neo");
  auto& trinity = world.enter("trinity");
  world.say(neo, move(1, "a"));
  for (const char* key : {"b", "c", "d", "e"}) world.say(trinity, move(1, key));
  EXPECT_EQ(world.dispatcher.stats().keys, 3u);
  EXPECT_THAT(world.say(neo, move(2, "a")), duplicate()) << "she pushes out her own";
  EXPECT_THAT(world.say(trinity, move(2, "e")), duplicate());
  EXPECT_THAT(world.say(trinity, move(2, "b")), Not(duplicate()));
}

TEST_F(KeyedCallsTest, WhoHasMostGivesWayToANewcomer) {
  config::Config config;
  config.session.keys_total = 3;
  World world(config);
  auto& neo = world.enter("neo");
  auto& trinity = world.enter("trinity");
  for (const char* key : {"a", "b", "c"}) world.say(trinity, move(1, key));
  world.say(neo, move(1, "n"));
  EXPECT_EQ(world.dispatcher.stats().keys, 3u);
  EXPECT_THAT(world.say(neo, move(2, "n")), duplicate());
  EXPECT_THAT(world.say(trinity, move(2, "c")), duplicate());
  EXPECT_THAT(world.say(trinity, move(2, "a")), Not(duplicate())) << "her oldest made room";
}

TEST_F(KeyedCallsTest, OfEqualsWhoseKeyIsOldestGivesWay) {
  config::Config config;
  config.session.keys_total = 2;
  World world(config);
  auto& neo = world.enter("neo");
  auto& trinity = world.enter("trinity");
  auto& smith = world.enter("smith");
  world.say(trinity, move(1, "t"));
  world.say(neo, move(1, "n"));
  world.say(smith, move(1, "s"));
  EXPECT_THAT(world.say(neo, move(2, "n")), duplicate());
  EXPECT_THAT(world.say(trinity, move(2, "t")), Not(duplicate()));
}

TEST_F(KeyedCallsTest, KeysOfRunningCommandsMakeRoomForNobody) {
  config::Config config;
  config.session.keys_total = 1;
  World world(config);
  auto& neo = world.enter("neo");
  auto& trinity = world.enter("trinity");
  world.say(neo, R"({"action":"hold","id":3,"key":"d"})");
  EXPECT_THAT(world.say(trinity, R"({"action":"echoNow","id":4,"key":"e"})"),
              error("too_many_inflight"));
  EXPECT_EQ(world.dispatcher.stats().keys, 1u);
}

TEST_F(KeyedCallsTest, TheOldestMakesRoom) {
  config::Config config;
  config.session.keys_per_user = 2;
  World world(config);
  auto& neo = world.enter("neo");
  for (const char* key : {"a", "b", "c"}) world.say(neo, move(1, key));
  EXPECT_THAT(world.say(neo, move(2, "c")), duplicate());
  EXPECT_THAT(world.say(neo, move(2, "a")), Not(duplicate()));
  EXPECT_EQ(world.dispatcher.stats().keys, 2u);
}

TEST_F(KeyedCallsTest, KeysOfRunningCommandsDoNotMakeRoom) {
  config::Config config;
  config.session.keys_per_user = 1;
  World world(config);
  auto& neo = world.enter("neo");
  world.say(neo, R"({"action":"hold","id":1,"key":"a"})");
  EXPECT_THAT(world.say(neo, R"({"action":"echoNow","id":2,"key":"b"})"),
              error("too_many_inflight"));
}

TEST_F(KeyedCallsTest, WhatOnlyReadsRunsAgain) {
  for (int id : {1, 2})
    EXPECT_THAT(
        world_.say(neo_, R"({"action":"echoRead","key":"k1","id":)" + std::to_string(id) + "}"),
        Not(duplicate()));
  EXPECT_EQ(runs(), 2u);
}

TEST_F(KeyedCallsTest, WhatChangesOnlyItsOwnSessionRunsAgain) {
  for (int id : {1, 2})
    EXPECT_THAT(
        world_.say(neo_, R"({"action":"echoOwn","key":"k1","id":)" + std::to_string(id) + "}"),
        AllOf(HasSubstr("echoed"), Not(duplicate())));
  EXPECT_EQ(runs(), 2u);
}

TEST_F(KeyedCallsTest, WhoSubscribesAgainIsSubscribed) {
  const auto subscribe = R"({"action":"subscribe","id":1,"key":"k1","channel":"tea"})";
  EXPECT_THAT(world_.say(neo_, subscribe), HasSubstr("subscribed"));
  world_.say(neo_, R"({"action":"unsubscribe","id":2,"channel":"tea"})");
  EXPECT_THAT(world_.say(neo_, subscribe), AllOf(HasSubstr("subscribed"), Not(duplicate())));
  EXPECT_THAT(world_.session_of(neo_)->subscriptions(),
              Contains(Property(&session::Subscription::name, "tea")));
}

TEST_F(KeyedCallsTest, AnAnswerWithASecretIsNotRemembered) {
  for (int id : {1, 2})
    EXPECT_THAT(
        world_.say(neo_, R"({"action":"echoSecret","key":"k1","id":)" + std::to_string(id) + "}"),
        AllOf(HasSubstr("echoed"), Not(duplicate())));
  EXPECT_EQ(verdict_after_restart("k1", "echoSecret", "{}"), KeyLedger::Verdict::kRun);
}

TEST_F(KeyedCallsTest, ARepetitionDoesNotWaitForTheCooldown) {
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoCooled","id":1,"key":"k1"})"),
              HasSubstr("echoed"));
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoCooled","id":2,"key":"k1"})"), duplicate());
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoCooled","id":3,"key":"k2"})"),
              AllOf(error("rate_limited"), HasSubstr("retryAfterMs")));
  world_.clock.advance(Millis(1000));
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoCooled","id":4,"key":"k2"})"),
              AllOf(HasSubstr("echoed"), Not(duplicate())));
}

TEST_F(KeyedCallsTest, TodaysRightsAreAsked) {
  give_roles({"admin"});
  world_.say(neo_, R"({"action":"echoAdmin","id":1,"key":"k1"})");
  give_roles({"user"});
  EXPECT_THAT(world_.say(neo_, R"({"action":"echoAdmin","id":2,"key":"k1"})"), error("forbidden"));
}

TEST_F(KeyedCallsTest, ACommandWithASecretIsNotRemembered) {
  world_.say(neo_, R"({"action":"login","id":1,"key":"k1","password":"hush"})");
  ASSERT_EQ(world_.target->held.size(), 1u);
  fail(ErrorCode::kUnauthorized);
  world_.say(neo_, R"({"action":"login","id":2,"key":"k1","password":"hush"})");
  EXPECT_EQ(runs(), 2u);
}

TEST_F(KeyedCallsTest, BeforeAuthenticationThereIsNobodyToRememberItFor) {
  auto& stranger = world_.connect();
  EXPECT_THAT(world_.say(stranger, R"({"action":"echoAnonymous","id":1,"key":"k1"})"),
              error("bad_request"));
}

TEST_F(KeyedCallsTest, AStoreThatCannotTakeTheAnswerLeavesTheOutcomeUnknown) {
  world_.say(neo_, hold(1, "k1"));
  world_.store.fail = true;
  answer("done");
  world_.store.fail = false;
  EXPECT_THAT(neo_.frames().back(), HasSubstr("done")) << "it did happen";
  EXPECT_THAT(world_.say(neo_, hold(2, "k1")), error("outcome_unknown"));
}

}  // namespace
}  // namespace parley::command
