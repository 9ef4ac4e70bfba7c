// SPDX-License-Identifier: Apache-2.0
// A reload loses nothing: state, deferred requests, timers and waiting calls go to the next version,
// and a version that is no good never takes the place of one that is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kGrant = "permissions: [commands, metrics, 'filter:*']\n";

class ReloadTest : public ::testing::Test {
 protected:
  // So long a test waits for what hangs. Shorter, and a good version would be late on a busy machine.
  static config::Config hasty() {
    auto config = World::quick();
    config.plugins.limits.start = Millis(3'000);
    config.plugins.limits.freeze = Millis(3'000);
    return config;
  }
  void bring_keeper(World& world) {
    world.grant("keeper", kGrant);
    ASSERT_EQ(world.bring("keeper"), "");
  }
  static std::string fixture(const std::string& name) {
    return (fs::path(PARLEY_FIXTURES) / (name + ".so")).string();
  }
  // A version that lies where a plugin may come from.
  static Operation reload_to(World& world, const std::string& version) {
    return world.reload("keeper", world.place(version));
  }
  static std::vector<std::string> names(const Operation& operation) {
    std::vector<std::string> all;
    for (const auto& step : operation.steps) all.push_back(step.name);
    return all;
  }
};

TEST_F(ReloadTest, StateGoesToTheNextVersion) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":1,"version":"1")"));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"1")"));
  const auto done = reload_to(world, "keeper-2");
  ASSERT_TRUE(done.status) << done.status.message();
  EXPECT_THAT(names(done),
              testing::ElementsAre("find", "settings", "stage", "signature", "describe", "check",
                                   "open", "freeze", "save", "load", "start", "commit", "retire"));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":3,"version":"2")"));
  const auto info = world.manager().info("keeper");
  EXPECT_EQ(info->generation, 2u);
  EXPECT_EQ(info->state, PluginState::kProbation);
  EXPECT_EQ(info->previous, "1.0.0");
  EXPECT_EQ(world.images_of("keeper"), 1) << "the old image is gone";
}

TEST_F(ReloadTest, CallsWaitForTheNextVersion) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  const int slow = neo.begin("keeperSlow");
  ASSERT_TRUE(eventually([&] { return world.trace().find("slow") != std::string::npos; }));
  std::promise<Operation> done;
  world.manager().reload("keeper", world.place("keeper-2"),
                         [&](Operation operation) { done.set_value(std::move(operation)); });
  ASSERT_TRUE(eventually([&] { return world.state("keeper") == PluginState::kFrozen; }));
  const int waiting = trinity.begin("keeperAdd");
  world.open_gate();
  EXPECT_THAT(neo.answer(slow), HasSubstr(R"("version":"1")")) << "it began in the old version";
  EXPECT_THAT(trinity.answer(waiting), HasSubstr(R"("count":1,"version":"2")"));
  const auto operation = done.get_future().get();
  EXPECT_TRUE(operation.status) << operation.status.message();
}

TEST_F(ReloadTest, ACallThatDoesNotEndKeepsTheOldVersion) {
  World world(hasty());
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  const int slow = neo.begin("keeperSlow");
  ASSERT_TRUE(eventually([&] { return world.trace().find("slow") != std::string::npos; }));
  const auto refused = reload_to(world, "keeper-2");
  EXPECT_THAT(refused.status.message(),
              AllOf(HasSubstr("did not come to rest within 3000 ms: keeperSlow still runs"),
                    HasSubstr("version 1.0.0 (generation 1) serves on")));
  world.open_gate();
  EXPECT_THAT(neo.answer(slow), HasSubstr(R"("version":"1")"));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":1,"version":"1")"));
  EXPECT_EQ(world.state("keeper"), PluginState::kActive);
}

TEST_F(ReloadTest, WhoWaitsTooLongIsToldToTryAgain) {
  World world(hasty());
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  neo.call("keeperAdd");
  std::promise<Operation> done;
  world.manager().reload("keeper", world.place("keeper-hangs-in-load"),
                         [&](Operation operation) { done.set_value(std::move(operation)); });
  ASSERT_TRUE(eventually([&] { return world.state("keeper") == PluginState::kFrozen; }));
  const auto answer = trinity.call("keeperAdd");
  // Refused after its time, or answered by the old version that came back just before.
  EXPECT_THAT(answer, AnyOf(AllOf(HasSubstr("plugin_unavailable"), HasSubstr("retry")),
                            HasSubstr(R"("count":2,"version":"1")")));
  EXPECT_THAT(done.get_future().get().status.message(), HasSubstr("did not return from load"));
}

struct BadVersion {
  const char* file;
  const char* reason;
};
void PrintTo(const BadVersion& version, std::ostream* out) {
  *out << version.file;
}

class BadVersionTest : public ReloadTest, public ::testing::WithParamInterface<BadVersion> {};

TEST_P(BadVersionTest, NeverTakesThePlaceOfAGoodOne) {
  World world(hasty());
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  neo.call("keeperAdd");
  const int waiting = neo.begin("keeperWait");
  ASSERT_THAT(neo.call("keeperStored"), HasSubstr(R"("writer":"1")"));
  const auto refused = reload_to(world, GetParam().file);
  EXPECT_FALSE(refused.status);
  EXPECT_THAT(refused.status.message(), AllOf(HasSubstr(GetParam().reason),
                                              HasSubstr("version 1.0.0 (generation 1) serves on")));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"1")"));
  EXPECT_THAT(neo.call("keeperStored"), HasSubstr(R"("writer":"1")")) << "nothing was written";
  EXPECT_EQ(world.state("keeper"), PluginState::kActive);
  EXPECT_EQ(world.manager().info("keeper")->previous, "");
  neo.call("keeperRelease");
  EXPECT_THAT(neo.answer(waiting), HasSubstr(R"("version":"1")"));
  ASSERT_EQ(world.metrics().collect().size(), 1u) << "its metrics are the old version's again";
}

INSTANTIATE_TEST_SUITE_P(
    Versions, BadVersionTest,
    ::testing::Values(BadVersion{"keeper-throws-in-load", "no luck in load"},
                      BadVersion{"keeper-throws-in-start", "no luck in start"},
                      BadVersion{"keeper-reads-nothing", "schema 1 of the state"},
                      BadVersion{"keeper-hangs-in-load", "did not return from load within 3000 ms"},
                      BadVersion{"stateless-keeper", "takes no state"},
                      BadVersion{"other-id", "not keeper"},
                      BadVersion{"crashes-when-opened", "crash"}));

TEST_F(ReloadTest, AVersionThatHangsInSaveIsPutInQuarantine) {
  World world(hasty());
  world.grant("keeper", kGrant);
  ASSERT_EQ(world.bring("keeper-hangs-in-save", "keeper"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("version":"2")"));
  const auto refused = reload_to(world, "keeper-2").status.message();
  EXPECT_THAT(refused, HasSubstr("did not return from save within 3000 ms"));
  if (kInChild) {
    EXPECT_THAT(refused, HasSubstr("is started again, its process is gone"));
    ASSERT_TRUE(eventually([&] {
      world.clock().advance(Millis(100));
      return world.manager().info("keeper")->restarts == 1;
    }));
    EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":1,"version":"2")"));
    EXPECT_THAT(world.manager().info("keeper")->last_exit, HasSubstr("save did not return"));
    return;
  }
  EXPECT_THAT(refused, HasSubstr("is in quarantine: it hangs in save"));
  EXPECT_THAT(world.trace(), Not(HasSubstr("start of 2\nstart of 2"))) << "the next is not started";
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr("plugin_unavailable"));
  EXPECT_THAT(reload_to(world, "keeper-2").status.message(), HasSubstr("unload and load it"));
  EXPECT_TRUE(world.unload("keeper").status);
  EXPECT_EQ(world.state("keeper"), PluginState::kRetiredButMapped);
  EXPECT_EQ(world.load("keeper", world.place("keeper-2")).status.message(), "");
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("version":"2")"));
}

TEST_F(ReloadTest, WhatHangsAtItsEndIsLeftBehindAndSaidSo) {
  for (const char* place : {"stop", "destroy"}) {
    World world;
    world.grant("keeper", kGrant);
    ASSERT_EQ(world.bring("keeper-hangs-in-" + std::string(place), "keeper"), "");
    const auto done = reload_to(world, "keeper-2");
    EXPECT_TRUE(done.status) << done.status.message();
    ASSERT_EQ(done.steps.back().name, "retire");
    EXPECT_THAT(done.steps.back().detail,
                AllOf(HasSubstr(place),
                      HasSubstr(kInChild ? "its process was ended" : "its image stays mapped")));
    if (kInChild) {
      EXPECT_EQ(world.images_of("keeper"), 1) << "and took its image along";
    }
    EXPECT_THAT(world.enter("Neo").call("keeperAdd"), HasSubstr(R"("version":"2")"));
  }
}

TEST_F(ReloadTest, AThreadLeftBehindIsNoticed) {
  World world;
  world.grant("keeper", kGrant);
  ASSERT_EQ(world.bring("keeper-leaves-a-thread", "keeper"), "");
  const auto done = reload_to(world, "keeper");
  EXPECT_TRUE(done.status) << done.status.message();
  if (kInChild) {
    EXPECT_EQ(world.images_of("keeper"), 1) << "its process took the thread along";
    return;
  }
  EXPECT_THAT(done.steps.back().detail,
              AllOf(HasSubstr("left 1 of its threads running"), HasSubstr("stays mapped")));
}

TEST_F(ReloadTest, ADeferredRequestGoesAlongWhenItIsOfferedAndClaimed) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  const int kept = neo.begin("keeperWait");
  const int forgotten = neo.begin("keeperForget");
  ASSERT_THAT(neo.call("keeperAdd"), HasSubstr("counted"));  // the ones before have returned
  ASSERT_TRUE(reload_to(world, "keeper-2").status);
  EXPECT_THAT(neo.answer(forgotten),
              AllOf(HasSubstr("outcome_unknown"), HasSubstr("before you repeat it")));
  EXPECT_THAT(neo.call("keeperRelease"), HasSubstr(R"("count":1)"));
  EXPECT_THAT(neo.answer(kept), HasSubstr(R"("version":"2")"));
}

TEST_F(ReloadTest, ATimerIsFoundAgainByItsName) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  ASSERT_THAT(neo.call("keeperBell"), HasSubstr("ok"));
  ASSERT_TRUE(reload_to(world, "keeper-2").status);
  std::string heard;
  EXPECT_TRUE(eventually([&] {
    return (heard = neo.call("keeperHeard")).find(R"("payload":"ding")") != std::string::npos;
  })) << heard;
  EXPECT_THAT(heard, HasSubstr(R"("version":"2")"));
}

// --- probation and the way back ---

TEST_F(ReloadTest, ThreeFaultsOnProbationBringTheOldVersionBackWithTheCurrentState) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  ASSERT_TRUE(reload_to(world, "keeper-2").status);
  neo.call("keeperAdd");
  neo.call("keeperAdd");
  for (int i = 0; i < 3; ++i) EXPECT_THAT(neo.call("keeperFault"), HasSubstr("plugin_error"));
  ASSERT_TRUE(eventually([&] { return world.state("keeper") == PluginState::kActive; }));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":3,"version":"1")"));
  EXPECT_THAT(world.manager().info("keeper")->reason, HasSubstr("3 faults on probation"));
  EXPECT_FALSE(world.rollback("keeper").status) << "nobody goes back to the bad one";
}

TEST_F(ReloadTest, AnOldVersionThatCannotReadTheCurrentStateGetsTheKeptOne) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  neo.call("keeperAdd");
  const auto forward = world.reload("keeper", world.place("keeper-schema-2"));
  ASSERT_TRUE(forward.status) << forward.status.message();
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"2")"));
  const auto back = world.rollback("keeper");
  ASSERT_TRUE(back.status) << back.status.message();
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"1")"))
      << "of the count of 2 the second is dropped with the state of version 2";
}

TEST_F(ReloadTest, FaultsAfterTheProbationAreFaultsLikeOthers) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  ASSERT_TRUE(reload_to(world, "keeper-2").status);
  world.clock().advance(Millis(30'001));
  ASSERT_TRUE(eventually([&] { return world.state("keeper") == PluginState::kActive; }));
  for (int i = 0; i < 3; ++i) neo.call("keeperFault");
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("version":"2")"));
}

TEST_F(ReloadTest, ByHandOneGoesBackAndForth) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.rollback("keeper").status.message(), HasSubstr("no version of keeper"));
  ASSERT_TRUE(reload_to(world, "keeper-2").status);
  ASSERT_TRUE(world.rollback("keeper").status);
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":1,"version":"1")"));
  ASSERT_TRUE(world.rollback("keeper").status);
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"2")"));
  EXPECT_EQ(world.manager().info("keeper")->generation, 4u);
}

TEST_F(ReloadTest, APluginWithoutStateIsReloadedTheSameWay) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  const auto done = world.reload("steady", world.place("steady-2"));
  ASSERT_TRUE(done.status) << done.status.message();
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"2")"));
  ASSERT_TRUE(world.rollback("steady").status);
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"1")"));
}

TEST_F(ReloadTest, MemoryAndImagesStayFlatOverManyReloads) {
  World world;
  bring_keeper(world);
  auto& neo = world.enter("Neo");
  const auto one = world.place("keeper", "keeper"), two = world.place("keeper-2");
  for (int i = 1; i <= 20; ++i) {
    const auto done = world.reload("keeper", i % 2 == 0 ? one : two);
    ASSERT_TRUE(done.status) << i << ": " << done.status.message();
    ASSERT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":)" + std::to_string(i) + ","));
  }
  EXPECT_EQ(world.images_of("keeper"), 1) << "only the serving version is mapped";
}

}  // namespace
}  // namespace parley::plugin
