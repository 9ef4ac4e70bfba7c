// SPDX-License-Identifier: Apache-2.0
// Loading, unloading and reloading real files in a running composition.
#include "plugin/plugin_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PluginManagerTest, LoadsServesAndUnloads) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  EXPECT_EQ(world.state("steady"), PluginState::kActive);
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  EXPECT_THAT(neo.call("steadyJob"), HasSubstr(R"("made":42)"));
  EXPECT_THAT(neo.call("steadyTimer"), HasSubstr("ticked"));
  EXPECT_THAT(neo.call("steadyPut"), HasSubstr(R"("value":"value")"));
  EXPECT_THAT(neo.call("steadyEvents"), HasSubstr(R"("count":1)"));
  EXPECT_TRUE(is_mapped("staged/steady-1.so"));

  const auto unloaded = world.unload("steady");
  EXPECT_TRUE(unloaded.status) << unloaded.status.message();
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr("unknown_action"));
  EXPECT_TRUE(world.metrics().collect().empty());
#ifndef PARLEY_SANITIZED
  EXPECT_EQ(world.state("steady"), PluginState::kUnloaded);
  EXPECT_FALSE(is_mapped((world.folder() / "state" / "staged").string()));
#endif
}

TEST(PluginManagerTest, OperationsOnWhatIsNotThereSaySo) {
  World world;
  EXPECT_THAT(world.unload("nobody").status.message(), HasSubstr("is not loaded"));
  EXPECT_THAT(world.configure("nobody", "{}").status.message(), HasSubstr("is not loaded"));
  EXPECT_FALSE(world.manager().info("nobody"));
  EXPECT_THAT(world.load("../etc/passwd").status.message(), HasSubstr("is no plugin id"));
  EXPECT_THAT(world.load("nobody").status.message(), HasSubstr("nobody.so: cannot be opened"));
  ASSERT_EQ(world.bring_steady(), "");
  EXPECT_THAT(world.load("steady").status.message(), HasSubstr("is loaded already"));
  EXPECT_EQ(world.state("steady"), PluginState::kActive);
}

TEST(PluginManagerTest, EveryBadFileIsRefusedWithItsReasonAndNeverMapped) {
  World world;
  const auto refused = [&](const std::string& fixture) { return world.bring(fixture); };
  EXPECT_THAT(refused("bad-abi-major"), HasSubstr("needs plugin ABI 2.0, this server speaks 1.0"));
  EXPECT_THAT(refused("newer-minor"), HasSubstr("build newer-minor with SDK 1.0"));
  EXPECT_THAT(refused("no-entry"), HasSubstr("exports no parley_plugin_entry_v1"));
  EXPECT_THAT(refused("other-id"), HasSubstr("is plugin somebody-else, not other-id"));
  EXPECT_THAT(refused("crashes-when-opened"), HasSubstr("while it was opened"));
  EXPECT_THAT(refused("wants-permissions"), AllOf(HasSubstr("accounts.write, dm"),
                                                  HasSubstr("plugins.d/wants-permissions.yaml")));
  const auto file = world.place("steady", "text");
  std::ofstream(file) << std::string(200, '?');
  EXPECT_THAT(world.load("text").status.message(), HasSubstr("text.so: is a text file"));
  for (const auto& info : world.manager().list()) {
    EXPECT_EQ(info.state, PluginState::kFailed) << info.id;
    EXPECT_NE(info.reason, "") << info.id;
  }
  EXPECT_FALSE(is_mapped((world.folder() / "state" / "staged").string()));
  EXPECT_TRUE(fs::is_empty(world.folder() / "state" / "staged"));
}

TEST(PluginManagerTest, ARefusedStartLeavesNoTrace) {
  World world;
  EXPECT_THAT(world.bring("refuses-start"),
              HasSubstr("refused to start: the moon is in the wrong phase"));
  EXPECT_EQ(world.state("refuses-start"), PluginState::kFailed);
  EXPECT_EQ(world.commands().table()->find("refusedCommand"), nullptr);
  EXPECT_EQ(world.trace(), "create\nstart\ndestroy\n") << "stop belongs to what has started";
  EXPECT_THAT(world.bring("throws-in-start"), HasSubstr("threw in start"));
  EXPECT_EQ(world.commands().table()->find("throwsNever"), nullptr);
#ifndef PARLEY_SANITIZED
  EXPECT_FALSE(is_mapped((world.folder() / "state" / "staged").string()));
#endif
}

TEST(PluginManagerTest, ACommandOfAnotherPluginIsNotTaken) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  EXPECT_THAT(world.bring("takes-others-command"), HasSubstr("steadyVersion"));
  EXPECT_EQ(world.commands().table()->find("takesOwn"), nullptr) << "all or nothing";
  EXPECT_THAT(world.enter("Neo").call("steadyVersion"), HasSubstr(R"("version":"1")"));
}

TEST(PluginManagerTest, FiftyTimesUpAndDownLeavesNothingMapped) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  for (int i = 1; i <= 50; ++i) {
    ASSERT_THAT(neo.call("steadyJob"), HasSubstr(R"("made":42)")) << i;
    const auto unloaded = world.unload("steady");
    ASSERT_TRUE(unloaded.status) << unloaded.status.message();
#ifndef PARLEY_SANITIZED
    ASSERT_EQ(world.state("steady"), PluginState::kUnloaded) << i;
    ASSERT_FALSE(is_mapped((world.folder() / "state" / "staged").string())) << i;
#endif
    const auto loaded = world.load("steady");
    ASSERT_TRUE(loaded.status) << loaded.status.message();
  }
}

TEST(PluginManagerTest, AReloadBringsTheNewVersionAndItsMetrics) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  world.place("steady-2", "steady");
  const auto reloaded = world.reload("steady");
  ASSERT_TRUE(reloaded.status) << reloaded.status.message();
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"2")"));
  EXPECT_EQ(world.manager().info("steady")->generation, 2u);
  EXPECT_TRUE(eventually([&] {
    return !world.metrics().collect().empty() && world.metrics().collect()[0].value == 1;
  })) << "what the new version defined in its constructor is not dropped with the old one's";
#ifndef PARLEY_SANITIZED
  EXPECT_FALSE(is_mapped("staged/steady-1.so"));
#endif
}

TEST(PluginManagerTest, AReloadThatRefusesToStartBringsTheOldVersionBack) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  const auto reloaded = world.reload("steady", world.place("steady-refuses-start"));
  EXPECT_THAT(reloaded.status.message(),
              AllOf(HasSubstr("the moon is in the wrong phase"),
                    HasSubstr("version 1.0.0 (generation 1) serves on")));
  EXPECT_EQ(world.state("steady"), PluginState::kActive);
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  EXPECT_EQ(world.commands().table()->find("refusedCommand"), nullptr);
}

TEST(PluginManagerTest, AReloadThatFailsBeforeItStartsIsNotNoticed) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  const int waiting = neo.begin("steadyLater");
  EXPECT_THAT(world.reload("steady", world.place("other-id")).status.message(),
              HasSubstr("not steady"));
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr(R"("version":"1")"));
  EXPECT_EQ(world.manager().info("steady")->generation, 1u);
  EXPECT_FALSE(neo.link.has(R"("id":)" + std::to_string(waiting) + ","))
      << "what it deferred still waits";
}

TEST(PluginManagerTest, WhatIsDeferredIsAnsweredAtUnload) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  const int waiting = neo.begin("steadyLater");
  ASSERT_THAT(neo.call("steadyVersion"), HasSubstr("steady"));  // the one before has returned
  ASSERT_TRUE(world.unload("steady").status);
  EXPECT_THAT(neo.answer(waiting), HasSubstr("outcome_unknown"));
}

TEST(PluginManagerTest, WhileOnePluginHangsInCreateTheOthersAreSeen) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  world.place("hangs-in-create");
  world.grant("hangs-in-create", "permissions: [commands]\n");
  std::promise<Operation> promise;
  world.manager().load("hangs-in-create", {},
                       [&](Operation done) { promise.set_value(std::move(done)); });
  ASSERT_TRUE(eventually([&] { return world.trace().find("create") != std::string::npos; }));
  auto looked = std::async(std::launch::async, [&] { return world.manager().list().size(); });
  const bool came = looked.wait_for(std::chrono::seconds(5)) == std::future_status::ready;
  world.open_gate();
  EXPECT_TRUE(came) << "the watchdog and the operator look at this list";
  EXPECT_EQ(looked.get(), 2u);
  EXPECT_TRUE(promise.get_future().get().status);
}

class SideBySideTest : public ::testing::Test {
 protected:
  // Its create waits at the gate.
  void begin_hanging_load(const std::string& limits = "") {
    world_.place("hangs-in-create");
    world_.grant("hangs-in-create", "permissions: [commands]\n" + limits);
    world_.manager().load("hangs-in-create", {},
                          [this](Operation done) { hung_.set_value(std::move(done)); });
    ASSERT_TRUE(eventually([&] { return world_.trace().find("create") != std::string::npos; }));
  }

  World world_;
  std::promise<Operation> hung_;
};

TEST_F(SideBySideTest, AHangingOperationHoldsUpNoOtherPlugin) {
  begin_hanging_load();
  auto hung = hung_.get_future();
  ASSERT_EQ(world_.bring_steady(), "");
  EXPECT_TRUE(world_.reload("steady").status);
  EXPECT_TRUE(world_.configure("steady", R"({"greeting":"salut"})").status);
  auto& neo = world_.enter("Neo");
  EXPECT_THAT(neo.call("steadyVersion"), HasSubstr("steady"));
  EXPECT_TRUE(world_.unload("steady").status);
  EXPECT_EQ(hung.wait_for(std::chrono::seconds(0)), std::future_status::timeout)
      << "all that went on beside it";
  world_.open_gate();
  EXPECT_TRUE(hung.get().status);
}

TEST_F(SideBySideTest, OperationsOnOnePluginKeepTheirOrder) {
  begin_hanging_load();
  std::promise<Operation> unloaded;
  world_.manager().unload("hangs-in-create",
                          [&](Operation done) { unloaded.set_value(std::move(done)); });
  world_.open_gate();
  EXPECT_TRUE(hung_.get_future().get().status);
  EXPECT_TRUE(unloaded.get_future().get().status)
      << "it came after the load, so there was a plugin";
}

TEST_F(SideBySideTest, OneThatNeedsAnotherWaitsForItsLoad) {
  world_.grant("steady", "permissions: [commands, metrics, 'filter:*']\n");
  world_.place("steady");
  world_.place("needs-steady");
  world_.grant("needs-steady", "permissions: [commands]\n");
  std::promise<Operation> steady, needs;
  world_.manager().load("steady", {}, [&](Operation done) { steady.set_value(std::move(done)); });
  world_.manager().load("needs-steady", {},
                        [&](Operation done) { needs.set_value(std::move(done)); });
  EXPECT_TRUE(steady.get_future().get().status);
  const auto done = needs.get_future().get();
  EXPECT_TRUE(done.status) << done.status.message();
}

TEST_F(SideBySideTest, OneThatIsNeededWaitsForTheUnloadOfWhatNeedsIt) {
  ASSERT_EQ(world_.bring_steady(), "");
  ASSERT_EQ(world_.bring("needs-steady"), "");
  std::promise<Operation> needs, steady;
  world_.manager().unload("needs-steady",
                          [&](Operation done) { needs.set_value(std::move(done)); });
  world_.manager().unload("steady", [&](Operation done) { steady.set_value(std::move(done)); });
  EXPECT_TRUE(needs.get_future().get().status);
  const auto done = steady.get_future().get();
  EXPECT_TRUE(done.status) << done.status.message();
}

TEST_F(SideBySideTest, StoppingRefusesWhatHasNotBegun) {
  begin_hanging_load();
  std::promise<Operation> waiting;
  world_.manager().reload("hangs-in-create", {},
                          [&](Operation done) { waiting.set_value(std::move(done)); });
  auto stopped = std::async(std::launch::async, [&] { world_.manager().stop(); });
  EXPECT_EQ(stopped.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout)
      << "it waits for what has begun";
  world_.open_gate();
  stopped.get();
  EXPECT_TRUE(hung_.get_future().get().status);
  EXPECT_THAT(waiting.get_future().get().status.message(), HasSubstr("is stopping"));
  EXPECT_TRUE(world_.manager().active().empty());
}

TEST_F(SideBySideTest, AConfigurationThatHangsIsGivenUp) {
  world_.grant("hangs-in-config", "permissions: [commands]\nlimits: {start: 3s}\n");
  ASSERT_EQ(world_.bring("hangs-in-config"), "");
  const auto done = world_.configure("hangs-in-config", "{}");
  EXPECT_THAT(done.status.message(), HasSubstr("did not take the configuration within 3000 ms"));
  EXPECT_THAT(world_.trace(), HasSubstr("on_config"));
}

TEST(PluginManagerTest, AFailedLoadIsListedWhileItsFileIsThere) {
  World world;
  const auto listed = [&] { return world.manager().list().size(); };
  EXPECT_NE(world.load("nobody").status.message(), "");
  EXPECT_EQ(listed(), 0u) << "there never was such a file";
  ASSERT_NE(world.bring("throws-in-start"), "");
  ASSERT_EQ(listed(), 1u);
  EXPECT_THAT(world.manager().info("throws-in-start")->source, HasSubstr("throws-in-start.so"));
  fs::remove(world.folder() / "plugins" / "throws-in-start.so");
  EXPECT_EQ(listed(), 0u);
  EXPECT_FALSE(world.manager().info("throws-in-start"));
}

TEST(PluginManagerTest, UnloadingWhatFailedToLoadTakesItOffTheList) {
  World world;
  ASSERT_NE(world.bring("throws-in-start"), "");
  EXPECT_TRUE(world.unload("throws-in-start").status);
  EXPECT_TRUE(world.manager().list().empty());
  EXPECT_THAT(world.unload("throws-in-start").status.message(), HasSubstr("is not loaded"));
  EXPECT_NE(world.load("throws-in-start").status.message(), "");
  EXPECT_EQ(world.manager().list().size(), 1u) << "it failed again";
}

TEST(PluginManagerTest, CompletionsOfCreateWaitUntilItHasStarted) {
  World world;
  ASSERT_EQ(world.bring("busy-in-create"), "");
  auto& neo = world.enter("Neo");
  std::string counted;
  EXPECT_TRUE(eventually([&] {
    return (counted = neo.call("busyCount")).find(R"("all":20)") != std::string::npos;
  })) << counted;
  EXPECT_THAT(counted, HasSubstr(R"("early":0)"));
}

TEST(PluginManagerTest, AnImageThatStaysIsSaidToStay) {
  World world;
  ASSERT_EQ(world.bring("pinned"), "");
  EXPECT_TRUE(world.unload("pinned").status);
  if (kInChild) {
    EXPECT_EQ(world.state("pinned"), PluginState::kUnloaded) << "its process has taken it along";
  } else {
    EXPECT_EQ(world.state("pinned"), PluginState::kRetiredButMapped);
    EXPECT_THAT(world.manager().info("pinned")->reason, HasSubstr("stayed mapped"));
  }
  EXPECT_THAT(world.enter("Neo").call("pinned"), HasSubstr("unknown_action"));
}

// --- configuration ---

TEST(PluginManagerTest, AnAcceptedChangeIsInForceAndKept) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("hello"));
  const auto changed = world.configure("steady", R"({"greeting":"salut"})");
  EXPECT_TRUE(changed.status) << changed.status.message();
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("salut"));
  ASSERT_TRUE(world.unload("steady").status);
  ASSERT_TRUE(world.load("steady").status);
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("salut")) << "kept in the state folder";
  ASSERT_TRUE(world.configure("steady", R"({"greeting":null})").status);
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("hello"));
}

TEST(PluginManagerTest, ARefusedChangeLeavesTheOldInForceAndIsNotKept) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.configure("steady", R"({"greeting":"rude"})").status.message(),
              HasSubstr("be polite"));
  EXPECT_FALSE(world.configure("steady", R"({"greeting":5})").status) << "against the schema";
  EXPECT_FALSE(world.configure("steady", R"({"farewell":"x"})").status);
  EXPECT_FALSE(world.configure("steady", "no json").status);
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("hello"));
  ASSERT_TRUE(world.reload("steady").status);
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("hello"));
}

TEST(PluginManagerTest, ChangedFilesReachTheRunningPlugin) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  auto& neo = world.enter("Neo");
  world.grant("steady",
              "permissions: [commands, metrics, 'filter:*']\nconfig: {greeting: bonjour}\n");
  EXPECT_TRUE(world.reread().status);
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("bonjour"));
  world.grant("steady", "permissions: [commands]\nconfig: {greeting: rude}\n");
  EXPECT_THAT(world.reread().status.message(), HasSubstr("be polite"));
  EXPECT_THAT(neo.call("steadyGreeting"), HasSubstr("bonjour"));
}

}  // namespace
}  // namespace parley::plugin
