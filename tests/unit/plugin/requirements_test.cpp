// SPDX-License-Identifier: Apache-2.0
// Plugins that need others: order, ranges, and refusals that say who depends on whom.
#include "plugin/requirements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kSteadyGrant = "permissions: [commands, metrics, 'filter:*']\n";

config::Config enabling(std::vector<std::string> ids) {
  auto config = World::quick();
  config.plugins.enabled = std::move(ids);
  return config;
}

TEST(RequirementsTest, WhatIsNeededMustServeFirst) {
  World world;
  EXPECT_EQ(world.bring("needs-steady"),
            "plugin needs-steady 1.0.0 needs steady >=1 <2, and steady is not loaded: load it "
            "first");
  EXPECT_EQ(world.state("needs-steady"), PluginState::kFailed);
  ASSERT_EQ(world.bring_steady(), "");
  EXPECT_EQ(world.bring("needs-steady"), "");
}

TEST(RequirementsTest, InAVersionThatFits) {
  World world;
  world.grant("steady", kSteadyGrant);
  ASSERT_EQ(world.bring("steady-2", "steady"), "");
  EXPECT_THAT(world.bring("needs-steady"),
              AllOf(HasSubstr("needs steady >=1 <2"), HasSubstr("steady 2.0.0 serves")));
}

TEST(RequirementsTest, WhatIsNeededDoesNotGoAndSaysWhoNeedsIt) {
  World world;
  ASSERT_EQ(world.bring_steady(), "");
  ASSERT_EQ(world.bring("needs-steady"), "");
  EXPECT_EQ(world.unload("steady").status.message(),
            "plugin steady is needed: needs-steady 1.0.0 needs steady >=1 <2; unload needs-steady "
            "first");
  EXPECT_EQ(world.state("steady"), PluginState::kActive);
  EXPECT_THAT(world.reload("steady", world.place("steady-2")).status.message(),
              AllOf(HasSubstr("steady 2.0.0 does not fit what depends on it"),
                    HasSubstr("needs-steady 1.0.0 needs steady >=1 <2"), HasSubstr("serves on")));
  EXPECT_TRUE(world.reload("steady").status) << "the same version fits";
  ASSERT_TRUE(world.unload("needs-steady").status);
  EXPECT_TRUE(world.unload("steady").status);
}

TEST(RequirementsTest, ARollbackMustFitToo) {
  World world;
  world.grant("steady", kSteadyGrant);
  ASSERT_EQ(world.bring("steady-2", "steady"), "");
  ASSERT_TRUE(world.reload("steady", world.place("steady")).status);
  ASSERT_EQ(world.bring("needs-steady"), "");
  EXPECT_THAT(world.rollback("steady").status.message(),
              AllOf(HasSubstr("steady 2.0.0 does not fit"), HasSubstr("serves on")));
  EXPECT_EQ(world.manager().info("steady")->previous, "2.0.0") << "it is still kept";
  ASSERT_TRUE(world.unload("needs-steady").status);
  EXPECT_TRUE(world.rollback("steady").status);
}

TEST(RequirementsTest, AtTheStartTheOrderIsFoundByItself) {
  World world(enabling({"needs-steady", "steady"}));
  world.grant("steady", kSteadyGrant);
  world.grant("needs-steady", "permissions: [commands]\n");
  world.place("steady");
  world.place("needs-steady");
  world.manager().load_enabled();
  EXPECT_EQ(world.state("steady"), PluginState::kActive);
  EXPECT_EQ(world.state("needs-steady"), PluginState::kActive);
}

TEST(RequirementsTest, AnEnabledPluginWithoutAFileStaysOnTheList) {
  World world(enabling({"nobody"}));
  world.manager().load_enabled();
  EXPECT_EQ(world.state("nobody"), PluginState::kFailed);
  EXPECT_THAT(world.manager().info("nobody")->reason, HasSubstr("nobody.so: cannot be opened"));
}

TEST(RequirementsTest, WithoutWhatItNeedsTheStartSaysSo) {
  World world(enabling({"needs-steady", "steady"}));
  world.grant("needs-steady", "permissions: [commands]\n");
  world.place("needs-steady");
  world.manager().load_enabled();
  EXPECT_EQ(world.state("needs-steady"), PluginState::kFailed);
  EXPECT_THAT(world.manager().info("needs-steady")->reason, HasSubstr("load it first"));
}

}  // namespace
}  // namespace parley::plugin
