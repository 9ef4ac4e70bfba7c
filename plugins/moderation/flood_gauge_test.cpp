// SPDX-License-Identifier: Apache-2.0
#include "flood_gauge.h"

#include <gtest/gtest.h>

namespace moderation {
namespace {

TEST(FloodGauge, LetsSoManyPassInAnySpan) {
  FloodGauge gauge;
  EXPECT_TRUE(gauge.let_pass("neo", 0, 2, 1000));
  EXPECT_TRUE(gauge.let_pass("neo", 900, 2, 1000));
  EXPECT_FALSE(gauge.let_pass("neo", 999, 2, 1000));
  EXPECT_EQ(gauge.free_at("neo", 1000), 1000);
  EXPECT_TRUE(gauge.let_pass("neo", 1000, 2, 1000));
  EXPECT_FALSE(gauge.let_pass("neo", 1899, 2, 1000)) << "the one of 900 still counts";
  EXPECT_TRUE(gauge.let_pass("neo", 1900, 2, 1000));
}

TEST(FloodGauge, MeasuresEveryoneAlone) {
  FloodGauge gauge;
  EXPECT_TRUE(gauge.let_pass("neo", 0, 1, 1000));
  EXPECT_TRUE(gauge.let_pass("ann", 0, 1, 1000));
  EXPECT_FALSE(gauge.let_pass("neo", 1, 1, 1000));
}

TEST(FloodGauge, IsOffAtZero) {
  FloodGauge gauge;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(gauge.let_pass("neo", 0, 0, 1000));
}

TEST(FloodGauge, ForgetsTheSilent) {
  FloodGauge gauge;
  for (int i = 0; i < 1000; ++i) gauge.let_pass("u" + std::to_string(i), 0, 5, 1000);
  EXPECT_EQ(gauge.size(), 1000u);
  gauge.let_pass("neo", 2000, 5, 1000);
  EXPECT_EQ(gauge.size(), 1u);
}

}  // namespace
}  // namespace moderation
