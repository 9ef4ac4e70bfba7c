// SPDX-License-Identifier: Apache-2.0
#include "server/shard_watch.h"

#include <gtest/gtest.h>

namespace parley::server {
namespace {

using Beats = std::vector<net::Shard::Beat>;

constexpr Millis kLimit{1000};
const Clock::TimePoint kStart{std::chrono::hours(1)};

TEST(ShardWatch, NamesTheShardThatStaysInOneTurn) {
  ShardWatch watch(kLimit);
  const Beats beats{{.turns = 7, .busy = false}, {.turns = 3, .busy = true}};
  EXPECT_EQ(watch.look(beats, kStart), std::nullopt);
  EXPECT_EQ(watch.look(beats, kStart + kLimit - Millis(1)), std::nullopt);
  EXPECT_EQ(watch.look(beats, kStart + kLimit), 1);
}

TEST(ShardWatch, LeavesAShardAloneThatGetsOn) {
  ShardWatch watch(kLimit);
  for (std::uint64_t turn = 1; turn < 10; ++turn)
    EXPECT_EQ(watch.look({{.turns = turn, .busy = true}}, kStart + turn * kLimit), std::nullopt);
}

TEST(ShardWatch, LeavesAShardAloneThatWaitsForWork) {
  ShardWatch watch(kLimit);
  const Beats idle{{.turns = 5, .busy = false}};
  EXPECT_EQ(watch.look(idle, kStart), std::nullopt);
  EXPECT_EQ(watch.look(idle, kStart + 100 * kLimit), std::nullopt);
}

TEST(ShardWatch, CountsATurnFromTheLookThatFirstSawIt) {
  ShardWatch watch(kLimit);
  EXPECT_EQ(watch.look({{.turns = 5, .busy = false}}, kStart), std::nullopt);
  const Beats busy{{.turns = 6, .busy = true}};
  EXPECT_EQ(watch.look(busy, kStart + 10 * kLimit), std::nullopt);
  EXPECT_EQ(watch.look(busy, kStart + 11 * kLimit - Millis(1)), std::nullopt);
  EXPECT_EQ(watch.look(busy, kStart + 11 * kLimit), 0);
}

}  // namespace
}  // namespace parley::server
