// SPDX-License-Identifier: Apache-2.0
// A next version on trial for some, while the one before serves the rest.
#include "plugin/canary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CanaryTest : public ::testing::Test {
 protected:
  CanaryTest() { EXPECT_EQ(world_.bring_steady(), ""); }
  Operation try_out(const std::string& version, CanaryShare share = {.users = {"Neo"}}) {
    return world_.canary("steady", world_.place(version), std::move(share));
  }
  std::string canary() { return world_.manager().info("steady")->canary; }

  World world_;
  World::Client& neo_ = world_.enter("Neo");
  World::Client& trinity_ = world_.enter("Trinity");
};

TEST_F(CanaryTest, ServesThoseItIsFor) {
  const auto begun = try_out("steady-2");
  ASSERT_TRUE(begun.status) << begun.status.message();
  EXPECT_EQ(canary(), "2.0.0 (generation 2) for the user Neo");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"2")"));
    EXPECT_THAT(trinity_.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  }
  EXPECT_THAT(neo_.call("steadyTimer"), HasSubstr("ticked")) << "its own timers run";
  EXPECT_EQ(world_.images_of("steady"), 2);
}

TEST_F(CanaryTest, AShareOfTheSessionsStaysTheSame) {
  ASSERT_TRUE(try_out("steady-2", {.percent = 50}).status);
  int with_two = 0;
  for (int i = 0; i < 40; ++i) {
    auto& client = world_.enter("Guest" + std::to_string(i));
    const bool two = client.call("steadyVersion").find(R"("version":"2")") != std::string::npos;
    with_two += two;
    EXPECT_THAT(client.call("steadyVersion"),
                HasSubstr(two ? R"("version":"2")" : R"("version":"1")"));
  }
  EXPECT_GT(with_two, 0);
  EXPECT_LT(with_two, 40);
}

TEST_F(CanaryTest, EventsGoTheSameWay) {
  ASSERT_TRUE(try_out("steady-2").status);
  world_.enter("Neo2");
  EXPECT_THAT(trinity_.call("steadyEvents"), HasSubstr(R"("count":1)"));
  EXPECT_THAT(neo_.call("steadyEvents"), HasSubstr(R"("count":0)"));
}

TEST_F(CanaryTest, CommandsThatDifferStayWithTheOldVersion) {
  const auto begun = try_out("steady-changed");
  ASSERT_TRUE(begun.status) << begun.status.message();
  EXPECT_EQ(begun.steps.back().detail, "the old version keeps steadyGreeting");
  EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"2")"));
  EXPECT_THAT(neo_.call("steadyGreeting"), HasSubstr("hello"));
  EXPECT_THAT(neo_.call("steadyNew"), HasSubstr("unknown_action"));
  ASSERT_TRUE(world_.promote("steady").status);
  EXPECT_THAT(trinity_.call("steadyNew"), HasSubstr(R"("type":"new")"));
}

TEST_F(CanaryTest, PromotedItServesEverybodyAndIsOnProbation) {
  ASSERT_TRUE(try_out("steady-2").status);
  const auto done = world_.promote("steady");
  ASSERT_TRUE(done.status) << done.status.message();
  EXPECT_THAT(trinity_.call("steadyVersion"), HasSubstr(R"("version":"2")"));
  EXPECT_EQ(world_.state("steady"), PluginState::kProbation);
  EXPECT_EQ(canary(), "");
  EXPECT_EQ(world_.images_of("steady"), 1);
  ASSERT_TRUE(world_.rollback("steady").status) << "the one before is kept";
  EXPECT_THAT(trinity_.call("steadyVersion"), HasSubstr(R"("version":"1")"));
}

TEST_F(CanaryTest, RolledBackItIsGone) {
  ASSERT_TRUE(try_out("steady-2").status);
  const int waiting = neo_.begin("steadyLater");
  ASSERT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"2")"));
  ASSERT_TRUE(world_.rollback("steady").status);
  EXPECT_THAT(neo_.answer(waiting),
              AllOf(HasSubstr("outcome_unknown"), HasSubstr("Look what came of your command"),
                    HasSubstr(R"("retry":false)")));
  EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  EXPECT_EQ(world_.images_of("steady"), 1);
  ASSERT_EQ(world_.metrics().collect().size(), 1u) << "the metrics are the old version's again";
  EXPECT_THAT(world_.rollback("steady").status.message(), HasSubstr("no version of steady"));
}

TEST_F(CanaryTest, OnlyOneAtATimeAndNoReloadMeanwhile) {
  ASSERT_TRUE(try_out("steady-2").status);
  EXPECT_THAT(try_out("steady-2").status.message(),
              AllOf(HasSubstr("version 2.0.0 of plugin steady is on trial for the user Neo"),
                    HasSubstr("promote")));
  EXPECT_THAT(world_.reload("steady").status.message(), HasSubstr("is on trial"));
}

TEST_F(CanaryTest, UnloadingEndsItToo) {
  ASSERT_TRUE(try_out("steady-2").status);
  ASSERT_TRUE(world_.unload("steady").status);
  EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr("unknown_action"));
  EXPECT_EQ(world_.images_of("steady"), 0);
}

TEST_F(CanaryTest, BadSharesAreRefused) {
  for (const int percent : {0, -1, 100})
    EXPECT_THAT(try_out("steady-2", {.percent = percent}).status.message(),
                HasSubstr("1 to 99 per cent"))
        << percent;
  EXPECT_THAT(world_.canary("nobody", "", {.percent = 10}).status.message(),
              HasSubstr("does not serve"));
  EXPECT_THAT(world_.promote("steady").status.message(), HasSubstr("is on trial"));
  EXPECT_THAT(try_out("steady-refuses-start").status.message(),
              AllOf(HasSubstr("the moon is in the wrong phase"), HasSubstr("serves on")));
  EXPECT_THAT(neo_.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  EXPECT_EQ(canary(), "");
}

// Commits wait meanwhile, so the command cannot be answered before its version is on its way out.
void answered_though_it_ends(const char* who, Operation (World::*end)(const std::string&)) {
  auto config = World::quick();
  config.plugins.limits.drain = Millis(20'000);
  World world(std::move(config));
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  ASSERT_TRUE(world.canary("steady", world.place("steady-2"), {.users = {"Neo"}}).status);
  auto& caller = who == std::string("Neo") ? neo : trinity;
  Gate commits;
  world.store().write(
      [&](storage::Writer&) {
        commits.wait();
        return Status::ok();
      },
      [](const Status&) {});
  ASSERT_TRUE(commits.wait_inside());
  const int writing = caller.begin("steadyPut");
  ASSERT_THAT(caller.call("steadyVersion"), HasSubstr("steady")) << "the one before has returned";
  auto ended = std::async(std::launch::async, [&] { return (world.*end)("steady"); });
  EXPECT_TRUE(eventually([&] { return world.manager().info("steady")->canary.empty(); }));
  EXPECT_EQ(ended.wait_for(Millis(200)), std::future_status::timeout) << "it waits for the commit";
  commits.open();
  EXPECT_THAT(caller.answer(writing), HasSubstr(R"("value":"value")"));
  EXPECT_TRUE(ended.get().status);
}

TEST(CanaryAnswersTest, WhatTheOldVersionBeganIsAnsweredAtAPromotion) {
  answered_though_it_ends("Trinity", &World::promote);
}

TEST(CanaryAnswersTest, WhatTheOneOnTrialBeganIsAnsweredAtARollback) {
  answered_though_it_ends("Neo", &World::rollback);
}

TEST(CanaryStateTest, APluginWithStateIsRefused) {
  World world;
  world.grant("keeper", "permissions: [commands, metrics, 'filter:*']\n");
  ASSERT_EQ(world.bring("keeper"), "");
  EXPECT_THAT(world.canary("keeper", world.place("keeper-2"), {.percent = 10}).status.message(),
              HasSubstr("keeps state"));
}

TEST(CanaryFaultsTest, TooManyFaultsEndTheTrial) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  ASSERT_TRUE(world.canary("throws-in-call", "", {.users = {"Neo"}}).status);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(neo.call("throwsNow"), HasSubstr("plugin_error"));
  EXPECT_TRUE(eventually([&] { return world.manager().info("throws-in-call")->canary.empty(); }));
  EXPECT_EQ(world.plugin("throws-in-call")->faults().count(), 0u) << "they were the canary's";
}

}  // namespace
}  // namespace parley::plugin
