// SPDX-License-Identifier: Apache-2.0
// Plugins in child processes: what only they can do, and what they must not do to the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kWithoutLandlock = PARLEY_FIXTURES "/host_without_landlock";

config::Config with(std::function<void(config::PluginIsolation&)> change) {
  auto config = World::quick();
  change(config.plugins.isolation);
  return config;
}

pid_t pid_of(World& world, const std::string& id) {
  return static_cast<pid_t>(world.manager().info(id)->pid);
}

// Its callers know of a crash a moment before the manager does; it is started again when the test's
// clock says so.
bool comes_back(World& world, const std::string& id) {
  if (!eventually([&] { return world.state(id) == PluginState::kCrashed; })) return false;
  return eventually([&] {
    world.clock().advance(Millis(100));
    return world.state(id) == PluginState::kActive;
  });
}

TEST(ChildTest, AnIsolatedPluginIsSeenToBeOne) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  const auto info = *world.manager().info("steady");
  EXPECT_EQ(info.isolation, "process");
  EXPECT_EQ(info.execution, "worker");
  EXPECT_EQ(info.restarts, 0u);
  ASSERT_GT(info.pid, 0);
  EXPECT_NE(info.pid, ::getpid());
  EXPECT_TRUE(is_mapped_in(std::to_string(info.pid), "staged/steady-1.so"));
  EXPECT_FALSE(is_mapped_in("self", "staged/steady-1.so"));
  ASSERT_TRUE(world.unload("steady").status);
  EXPECT_NE(::kill(static_cast<pid_t>(info.pid), 0), 0) << "its process is gone";
}

TEST(ChildTest, InlineIsNotForWhatWaitsForAnotherProcess) {
  World world;
  world.grant("steady", "permissions: [commands, metrics, 'filter:*']\nexecution: inline\n");
  ASSERT_EQ(world.bring("steady"), "");
  EXPECT_EQ(world.manager().info("steady")->execution, "worker");
}

TEST(ChildTest, ACrashCostsItsPendingCommandsAndNothingElse) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  ASSERT_EQ(world.bring("crashes-in-call"), "");
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity");
  const int elsewhere = trinity.begin("steadyLater");
  const int deferred = neo.begin("crashLater");
  const auto before = pid_of(world, "crashes-in-call");

  EXPECT_THAT(world.enter("Smith").call("crashNow"), HasSubstr("plugin_crashed"));
  EXPECT_THAT(neo.answer(deferred), HasSubstr("plugin_crashed"));
  ASSERT_TRUE(eventually([&] { return world.state("crashes-in-call") == PluginState::kCrashed; }));
  EXPECT_THAT(world.manager().info("crashes-in-call")->reason,
              HasSubstr("signal 11 (Segmentation fault); it is started again in 1 s"));
  EXPECT_THAT(neo.call("crashNot"),
              AllOf(HasSubstr("plugin_unavailable"), HasSubstr("started again")));
  EXPECT_THAT(trinity.call("steadyVersion"), HasSubstr("steady"));
  EXPECT_FALSE(trinity.link.has(R"("id":)" + std::to_string(elsewhere) + ","));

  world.clock().advance(Millis(1'000));
  ASSERT_TRUE(eventually([&] { return world.state("crashes-in-call") == PluginState::kActive; }));
  EXPECT_THAT(neo.call("crashNot"), HasSubstr("answered"));
  EXPECT_EQ(world.manager().info("crashes-in-call")->restarts, 1u);
  EXPECT_NE(pid_of(world, "crashes-in-call"), before);
  EXPECT_EQ(world.manager().info("crashes-in-call")->faults, 0u) << "a crash is no fault";
}

TEST(ChildTest, ACrashLeavesTheOutcomeOfWhatHadAnEffectUnknown) {
  World world;
  ASSERT_EQ(world.bring("writer"), "");
  auto& neo = world.enter("Neo");
  const int written = neo.begin("writerPutAndHold", "k1");
  const int outside = neo.begin("writerHoldOutside", "k2");
  EXPECT_THAT(neo.call("writerPut"), HasSubstr("written")) << "the others have begun";
  const int nothing = neo.begin("writerHold", "k3");
  EXPECT_THAT(world.enter("Smith").call("writerCrash"), HasSubstr("plugin_crashed"));
  EXPECT_THAT(neo.answer(written), HasSubstr("outcome_unknown"));
  EXPECT_THAT(neo.answer(outside), HasSubstr("outcome_unknown"));
  EXPECT_THAT(neo.answer(nothing), AllOf(HasSubstr("plugin_crashed"), HasSubstr("\"retry\":true")));

  ASSERT_TRUE(eventually([&] { return world.state("writer") == PluginState::kCrashed; }));
  world.clock().advance(Millis(1'000));  // not so far that keys are forgotten
  ASSERT_TRUE(eventually([&] { return world.state("writer") == PluginState::kActive; }));
  EXPECT_THAT(neo.answer(neo.begin("writerPutAndHold", "k1")), HasSubstr("outcome_unknown"));
  EXPECT_THAT(neo.answer(neo.begin("writerHoldOutside", "k2")), HasSubstr("outcome_unknown"));
  const int again = neo.begin("writerHold", "k3");
  EXPECT_THAT(neo.call("writerRelease"), HasSubstr("ok"));
  EXPECT_THAT(neo.answer(again), AllOf(HasSubstr("released"), Not(HasSubstr("duplicate"))));
}

TEST(ChildTest, KilledUnderTrafficEveryCommandIsAnsweredOnceAndItComesBack) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  constexpr int kClients = 8, kCalls = 60;
  std::vector<World::Client*> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(&world.enter("Neo" + std::to_string(i)));
  std::vector<std::vector<int>> calls(kClients);
  for (int call = 0; call < kCalls; ++call) {
    for (int i = 0; i < kClients; ++i) calls[i].push_back(clients[i]->begin("steadyVersion"));
    if (call == kCalls / 2) {
      ASSERT_TRUE(eventually([&] { return clients[0]->link.has(R"("version":"1")"); }));
      ASSERT_EQ(::kill(pid_of(world, "steady"), SIGKILL), 0);
    }
  }
  int served = 0;
  for (int i = 0; i < kClients; ++i) {
    for (const int call : calls[i]) {
      const auto answer = clients[i]->answer(call);
      EXPECT_THAT(answer, AnyOf(HasSubstr(R"("version":"1")"), HasSubstr("plugin_crashed"),
                                HasSubstr("plugin_unavailable")));
      served += answer.find(R"("version":"1")") != answer.npos;
      EXPECT_FALSE(clients[i]->link.has(R"("id":)" + std::to_string(call) + ","))
          << "answered twice";
    }
  }
  EXPECT_GT(served, 0);
  ASSERT_TRUE(eventually([&] { return world.state("steady") != PluginState::kActive; }));
  ASSERT_TRUE(comes_back(world, "steady"));
  EXPECT_THAT(clients[0]->call("steadyPut"), HasSubstr(R"("value":"value")"));
  EXPECT_THAT(clients[0]->call("steadyTimer"), HasSubstr("ticked"));
}

TEST(ChildTest, ThreeCrashesSoonAfterEachOtherMeanRest) {
  World world;
  ASSERT_EQ(world.bring("crashes-in-call"), "");
  auto& neo = world.enter("Neo");
  for (int crash = 1; crash <= 3; ++crash) {
    ASSERT_EQ(world.state("crashes-in-call"), PluginState::kActive) << crash;
    EXPECT_THAT(neo.call("crashNow"), HasSubstr("plugin_crashed")) << crash;
    ASSERT_TRUE(eventually([&] { return world.state("crashes-in-call") != PluginState::kActive; }));
    if (crash < 3) {
      world.clock().advance(Millis(crash * 1'000));
      ASSERT_TRUE(
          eventually([&] { return world.state("crashes-in-call") == PluginState::kActive; }));
    }
  }
  EXPECT_EQ(world.state("crashes-in-call"), PluginState::kQuarantined);
  EXPECT_THAT(world.manager().info("crashes-in-call")->reason,
              AllOf(HasSubstr("it rests for 300 s"), HasSubstr("plugin reload crashes-in-call")));
  EXPECT_TRUE(world.reload("crashes-in-call").status) << "an operator need not wait";
  EXPECT_THAT(neo.call("crashNot"), HasSubstr("answered"));
}

TEST(ChildTest, UnloadedWhileItWaitsItDoesNotComeBack) {
  World world;
  ASSERT_EQ(world.bring("crashes-in-call"), "");
  auto& neo = world.enter("Neo");
  neo.call("crashNow");
  ASSERT_TRUE(eventually([&] { return world.state("crashes-in-call") == PluginState::kCrashed; }));
  EXPECT_TRUE(world.unload("crashes-in-call").status);
  EXPECT_THAT(neo.call("crashNot"), HasSubstr("unknown_action"));
  world.clock().advance(Millis(60'000));
  ASSERT_EQ(world.bring_steady(), "") << "its lane has been round";
  EXPECT_EQ(world.state("crashes-in-call"), PluginState::kUnloaded);
}

TEST(ChildTest, ACrashWhileItStartsIsARefusedLoad) {
  World world;
  EXPECT_THAT(world.bring("crashes-in-start"), HasSubstr("its process is gone: signal 6"));
  EXPECT_EQ(world.state("crashes-in-start"), PluginState::kFailed);
}

TEST(ChildTest, APluginThatDoesNotReturnIsEndedAndStartedAgain) {
  World world(with([](auto& limits) { limits.unresponsive = Millis(300); }));
  ASSERT_EQ(world.bring("hangs-in-call"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("hangsNow"), HasSubstr("plugin_crashed"));
  ASSERT_TRUE(eventually([&] { return world.state("hangs-in-call") == PluginState::kCrashed; }));
  EXPECT_THAT(world.manager().info("hangs-in-call")->reason,
              HasSubstr("call did not return within 300 ms"));
  ASSERT_TRUE(comes_back(world, "hangs-in-call"));
  EXPECT_THAT(neo.call("hangsNot"), HasSubstr("answered"));
}

TEST(ChildTest, AnIdleProcessThatStandsStillIsNoticed) {
  World world(with([](auto& limits) {
    limits.ping = Millis(100);
    limits.unresponsive = Millis(300);
    limits.terminate = Millis(100);
  }));
  ASSERT_EQ(world.bring_steady(), "");
  ASSERT_EQ(::kill(pid_of(world, "steady"), SIGSTOP), 0);
  ASSERT_TRUE(eventually([&] { return world.state("steady") == PluginState::kCrashed; }));
  EXPECT_THAT(world.manager().info("steady")->reason,
              HasSubstr("ping did not return within 300 ms"))
      << "SIGTERM waits in a stopped process, SIGKILL does not";
}

TEST(ChildTest, MemoryItDoesNotGetIsItsOwnTrouble) {
#ifdef PARLEY_SANITIZED
  GTEST_SKIP() << "the sanitizers' shadow memory leaves no room for a limit";
#endif
  World world(with([](auto& limits) { limits.memory = 256 * 1024 * 1024; }));
  ASSERT_EQ(world.bring_steady(), "");
  ASSERT_EQ(world.bring("eats-memory"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("eatAndThrow"), HasSubstr("plugin_error")) << "std::bad_alloc, let out";
  EXPECT_EQ(world.state("eats-memory"), PluginState::kActive);
  EXPECT_THAT(neo.call("eatAndAbort"), HasSubstr("plugin_crashed"));
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr("steady"));
  ASSERT_TRUE(comes_back(world, "eats-memory"));
  EXPECT_THAT(neo.call("eatNothing"), HasSubstr("answered"));
}

TEST(ChildTest, HowItEndedIsStillKnownWhenItServesAgain) {
  World world;
  ASSERT_EQ(world.bring("crashes-in-call"), "");
  EXPECT_EQ(world.manager().info("crashes-in-call")->last_exit, "");
  (void)world.enter("Neo").call("crashNow");
  ASSERT_TRUE(eventually([&] { return world.state("crashes-in-call") == PluginState::kCrashed; }));
  ASSERT_TRUE(comes_back(world, "crashes-in-call"));
  EXPECT_EQ(world.manager().info("crashes-in-call")->last_exit, "signal 11 (Segmentation fault)");
}

// --- reload, where there is a process to lose ---

class ChildReloadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.grant("keeper", "permissions: [commands, metrics]\nisolation: process\nsandbox: off\n");
    ASSERT_EQ(world_.bring("keeper"), "");
  }
  World world_;
};

TEST_F(ChildReloadTest, TheNewProcessStartsBesideTheOldOneAndGetsItsState) {
  auto& neo = world_.enter("Neo");
  neo.call("keeperAdd");
  const auto before = pid_of(world_, "keeper");
  const auto done = world_.reload("keeper", world_.place("keeper-2"));
  ASSERT_TRUE(done.status) << done.status.message();
  EXPECT_NE(pid_of(world_, "keeper"), before);
  EXPECT_NE(::kill(before, 0), 0) << "the old one has ended";
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"2")"));
  EXPECT_EQ(world_.manager().info("keeper")->restarts, 0u);
}

TEST_F(ChildReloadTest, StateGoesBetweenAProcessAndTheServer) {
  auto& neo = world_.enter("Neo");
  neo.call("keeperAdd");
  world_.grant("keeper", "permissions: [commands, metrics]\nisolation: in-process\n");
  ASSERT_TRUE(world_.reload("keeper", world_.place("keeper-2")).status);
  EXPECT_EQ(pid_of(world_, "keeper"), 0);
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"2")"));
  world_.grant("keeper", "permissions: [commands, metrics]\nisolation: process\n");
  ASSERT_TRUE(world_.reload("keeper", world_.place("keeper")).status);
  EXPECT_NE(pid_of(world_, "keeper"), 0);
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":3,"version":"1")"));
}

TEST_F(ChildReloadTest, ACrashOnProbationBringsTheVersionBeforeBackWithWhatItHandedOver) {
  auto& neo = world_.enter("Neo");
  neo.call("keeperAdd");
  ASSERT_TRUE(world_.reload("keeper", world_.place("keeper-2")).status);
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"2")"));
  ASSERT_EQ(::kill(pid_of(world_, "keeper"), SIGKILL), 0);
  ASSERT_TRUE(eventually([&] { return world_.state("keeper") == PluginState::kActive; }));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":2,"version":"1")"))
      << "what version 2 counted went with its process";
  EXPECT_THAT(world_.manager().info("keeper")->reason,
              AllOf(HasSubstr("a crash on probation"), HasSubstr("signal 9")));
}

TEST_F(ChildReloadTest, AfterTheProbationACrashMeansTheSameVersionAgain) {
  auto& neo = world_.enter("Neo");
  ASSERT_TRUE(world_.reload("keeper", world_.place("keeper-2")).status);
  world_.clock().advance(Millis(30'001));
  ASSERT_TRUE(eventually([&] { return world_.state("keeper") == PluginState::kActive; }));
  ASSERT_EQ(::kill(pid_of(world_, "keeper"), SIGKILL), 0);
  ASSERT_TRUE(eventually([&] { return world_.state("keeper") == PluginState::kCrashed; }));
  ASSERT_TRUE(comes_back(world_, "keeper"));
  EXPECT_THAT(neo.call("keeperAdd"), HasSubstr(R"("count":1,"version":"2")"));
}

// --- hostile ---

class HostileTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(HostileTest, HarmsOnlyItself) {
  const auto [command, reason] = GetParam();
  World world(with([](auto& limits) { limits.unresponsive = Millis(1'000); }));
  ASSERT_EQ(world.bring_steady(), "");
  ASSERT_EQ(world.bring("hostile"), "");
  auto& neo = world.enter("Neo");
  const int call = neo.begin(command);
  EXPECT_THAT(world.enter("Trinity").call("steadyVersion"), HasSubstr("steady")) << "meanwhile";
  EXPECT_THAT(neo.answer(call), HasSubstr("plugin_crashed"));
  ASSERT_TRUE(eventually([&] { return world.state("hostile") == PluginState::kCrashed; }));
  EXPECT_THAT(world.manager().info("hostile")->reason, HasSubstr(reason));
  ASSERT_TRUE(comes_back(world, "hostile"));
  EXPECT_THAT(neo.call("callsTables"), HasSubstr("answered"));
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr("steady"));
}

INSTANTIATE_TEST_SUITE_P(
    Every, HostileTest,
    ::testing::Values(std::pair{"garbage", "a frame that is none"}, std::pair{"huge", "frame_max"},
                      std::pair{"unknownOp", "op 500"}, std::pair{"wrongReturn", "(call)"},
                      std::pair{"shortBody", "commands.add"},
                      std::pair{"endlessCount", "storage.write"},
                      std::pair{"closesLane", "closed its connection"},
                      std::pair{"ownGarbage", "a frame that is none"},
                      std::pair{"ownHuge", "frame_max"},
                      std::pair{"ownFloodsUnread", "a message that is none"},
                      std::pair{"floodsLog", "call did not return within 1000 ms"},
                      std::pair{"exits", "it ended by itself with exit code 0"}),
    [](const auto& mode) { return std::string(mode.param.first); });

// --- sandbox ---

constexpr const char* kGrant =
    "permissions: [commands, 'files:%s']\nisolation: process\nsandbox: %s\n";

std::string granting(World& world, const char* sandbox) {
  std::ofstream(world.folder() / "granted") << "yes\n";
  std::array<char, 1024> text;
  std::snprintf(text.data(), text.size(), kGrant, (world.folder() / "granted").c_str(), sandbox);
  return text.data();
}

TEST(SandboxTest, NothingOfTheServersIsWithinReach) {
  World world;
  world.grant("breaks-out", granting(world, "require"));
  ASSERT_EQ(world.bring("breaks-out"), "");
  EXPECT_THAT(world.manager().info("breaks-out")->protection,
              AllOf(HasSubstr("landlock"), HasSubstr("seccomp"), Not(HasSubstr("without"))));
  const auto told = world.enter("Neo").call("breakOut");
  for (const char* what : {"unix", "network", "ptrace", "memory", "signal", "fork", "ring"})
    EXPECT_THAT(told, HasSubstr("\"" + std::string(what) + R"(":"EPERM")")) << what;
  for (const char* what : {"database", "state", "writes", "passwords"})
    EXPECT_THAT(told, HasSubstr("\"" + std::string(what) + R"(":"EACCES")")) << what;
  EXPECT_THAT(told, AllOf(HasSubstr(R"("zones":"done")"), HasSubstr(R"("granted":"done")")));
  EXPECT_THAT(told, AllOf(HasSubstr(R"("inherited":"")"), HasSubstr(R"("environment":"")")));
}

TEST(SandboxTest, RequiredAndNotThereThePluginDoesNotStart) {
  World world(World::quick(), kWithoutLandlock);
  world.grant("breaks-out", granting(world, "require"));
  EXPECT_THAT(world.bring("breaks-out"),
              AllOf(HasSubstr("its sandbox is required, and this machine lacks Landlock"),
                    HasSubstr("set sandbox: prefer in plugins.d/breaks-out.yaml")));
  EXPECT_EQ(world.state("breaks-out"), PluginState::kFailed);
}

TEST(SandboxTest, PreferredAndHalfThereTheOtherHalfHolds) {
  World world(World::quick(), kWithoutLandlock);
  world.grant("breaks-out", granting(world, "prefer"));
  ASSERT_EQ(world.bring("breaks-out"), "");
  EXPECT_THAT(world.manager().info("breaks-out")->protection,
              AllOf(HasSubstr("seccomp"), HasSubstr("without Landlock")));
  EXPECT_THAT(world.enter("Neo").call("breakOut"),
              AllOf(HasSubstr(R"("unix":"EPERM")"), HasSubstr(R"("state":"done")")));
}

TEST(SandboxTest, OffItIsOff) {
  World world;
  world.grant("breaks-out", granting(world, "off"));
  ASSERT_EQ(world.bring("breaks-out"), "");
  EXPECT_EQ(world.manager().info("breaks-out")->protection, "");
  EXPECT_THAT(world.enter("Neo").call("breakOut"),
              AllOf(HasSubstr(R"("unix":"ENOENT")"), HasSubstr(R"("fork":"done")"),
                    HasSubstr(R"("inherited":"")"), HasSubstr(R"("environment":"")")));
}

TEST(SandboxTest, ARequiredOneServesLikeAnyOther) {
  World world;
  world.grant("steady", "permissions: [commands, metrics, 'filter:*']\nisolation: process\n");
  ASSERT_EQ(world.bring("steady"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("steadyJob"), HasSubstr(R"("made":42)")) << "threads may be made";
  EXPECT_THAT(neo.call("steadyTimer"), HasSubstr("ticked"));
  EXPECT_THAT(neo.call("steadyPut"), HasSubstr(R"("value":"value")"));
}

}  // namespace
}  // namespace parley::plugin
