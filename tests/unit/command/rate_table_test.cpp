// SPDX-License-Identifier: Apache-2.0
#include "command/rate_table.h"

#include <gtest/gtest.h>

namespace parley::command {
namespace {

constexpr Rate kTwoASecond{2, 3};

TEST(RateTableTest, EachNameHasItsOwnBurstAndRate) {
  ManualClock clock;
  RateTable table;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(table.take("neo", kTwoASecond, clock.now()).count(), 0);
  const auto wait = table.take("neo", kTwoASecond, clock.now());
  EXPECT_GT(wait.count(), 0);
  EXPECT_LE(wait.count(), 501);
  EXPECT_EQ(table.take("trinity", kTwoASecond, clock.now()).count(), 0);
  clock.advance(wait);
  EXPECT_EQ(table.take("neo", kTwoASecond, clock.now()).count(), 0);
}

TEST(RateTableTest, ZeroIsNoLimit) {
  ManualClock clock;
  RateTable table;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(table.take("neo", {}, clock.now()).count(), 0);
  EXPECT_EQ(table.size(), 0u);
}

TEST(RateTableTest, AReloadedRateHoldsAtOnce) {
  ManualClock clock;
  RateTable table;
  EXPECT_EQ(table.take("neo", {1, 100}, clock.now()).count(), 0);
  EXPECT_EQ(table.take("neo", {1, 1}, clock.now()).count(), 0);
  EXPECT_GT(table.take("neo", {1, 1}, clock.now()).count(), 0);
}

TEST(RateTableTest, NamesThatAreFullAreForgotten) {
  ManualClock clock;
  RateTable table;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20'000; ++i)
      table.take(std::to_string(round) + " " + std::to_string(i), kTwoASecond, clock.now());
    clock.advance(Millis{10'000});
  }
  EXPECT_LT(table.size(), 60'000u) << "of 100,000 that came";
}

}  // namespace
}  // namespace parley::command
