// SPDX-License-Identifier: Apache-2.0
#include "plugin/restart_plan.h"

#include <gtest/gtest.h>

namespace parley::plugin {
namespace {

using namespace std::chrono_literals;

class RestartPlanTest : public ::testing::Test {
 protected:
  RestartPlan::Next crash(Millis later) {
    now_ += later;
    return plan_.crashed(limits_, 5min, now_);
  }
  config::PluginIsolation limits_;
  Clock::TimePoint now_{};
  RestartPlan plan_;
};

TEST_F(RestartPlanTest, WaitsDoubleUpToTheLongest) {
  limits_.crashes = 100;
  Millis expected = limits_.restart_first;
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(crash(1ms).wait, expected) << i;
    expected = std::min(expected * 2, limits_.restart_max);
  }
  EXPECT_EQ(expected, limits_.restart_max);
}

TEST_F(RestartPlanTest, TheThirdWithinTenMinutesMeansRest) {
  EXPECT_FALSE(crash(0ms).rests);
  EXPECT_FALSE(crash(5min).rests);
  const auto third = crash(5min);
  EXPECT_TRUE(third.rests);
  EXPECT_EQ(third.wait, 5min);
  EXPECT_EQ(third.crashes, 3);
  EXPECT_EQ(crash(5min).wait, limits_.restart_first) << "rested, it begins anew";
}

TEST_F(RestartPlanTest, CrashesFarApartAreForgiven) {
  for (int i = 0; i < 10; ++i) {
    const auto next = crash(i % 2 == 0 ? 11min : 1min);
    EXPECT_FALSE(next.rests) << i;
    EXPECT_EQ(next.wait, limits_.restart_first * (i % 2 == 0 ? 1 : 2)) << i;
  }
}

}  // namespace
}  // namespace parley::plugin
