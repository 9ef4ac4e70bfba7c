// SPDX-License-Identifier: Apache-2.0
#include "api/console_sessions.h"

#include <gtest/gtest.h>

namespace parley::api {
namespace {

constexpr Millis kMinute{60'000};

class ConsoleSessionsTest : public ::testing::Test {
 protected:
  ManualClock clock_;
  config::Console limits_{.idle = 30 * kMinute, .session = 120 * kMinute, .sessions = 2};
  ConsoleSessions sessions_{clock_, [this] { return limits_; }};
};

TEST_F(ConsoleSessionsTest, ACookieFindsItsSessionAndNoOtherDoes) {
  const auto cookie = sessions_.open("u_1");
  const auto found = sessions_.find(cookie, true);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user_id, "u_1");
  EXPECT_GE(found->csrf.size(), 40u);
  EXPECT_FALSE(found->confirmed);
  EXPECT_FALSE(sessions_.find(cookie + "x", true));
  EXPECT_FALSE(sessions_.find("", true));
  EXPECT_NE(sessions_.find(sessions_.open("u_1"), true)->csrf, found->csrf);
}

TEST_F(ConsoleSessionsTest, WhoDoesNothingLogsInAgain) {
  const auto cookie = sessions_.open("u_1");
  for (int i = 0; i < 3; ++i) {
    clock_.advance(29 * kMinute);
    ASSERT_TRUE(sessions_.find(cookie, true)) << i;
  }
  clock_.advance(20 * kMinute);
  ASSERT_TRUE(sessions_.find(cookie, false)) << "a page that looks by itself";
  clock_.advance(10 * kMinute);
  EXPECT_FALSE(sessions_.find(cookie, true));
  EXPECT_EQ(sessions_.count(), 0u);
}

TEST_F(ConsoleSessionsTest, ALoginEndsWhateverIsDoneInIt) {
  const auto cookie = sessions_.open("u_1");
  for (int i = 0; i < 11; ++i) {
    clock_.advance(10 * kMinute);
    ASSERT_TRUE(sessions_.find(cookie, true)) << i;
  }
  clock_.advance(10 * kMinute);
  EXPECT_FALSE(sessions_.find(cookie, true));
}

TEST_F(ConsoleSessionsTest, TheOneLongestIdleMakesRoom) {
  const auto first = sessions_.open("u_1");
  clock_.advance(kMinute);
  const auto second = sessions_.open("u_2");
  clock_.advance(kMinute);
  ASSERT_TRUE(sessions_.find(first, true));
  const auto third = sessions_.open("u_3");
  EXPECT_TRUE(sessions_.find(first, true));
  EXPECT_FALSE(sessions_.find(second, true));
  EXPECT_TRUE(sessions_.find(third, true));
}

TEST_F(ConsoleSessionsTest, APasswordTypedAgainCountsForAWhile) {
  const auto cookie = sessions_.open("u_1");
  sessions_.confirm(cookie);
  EXPECT_TRUE(sessions_.find(cookie, true)->confirmed);
  clock_.advance(limits_.confirm);
  EXPECT_FALSE(sessions_.find(cookie, true)->confirmed);
  sessions_.confirm("nonesuch");
  EXPECT_EQ(sessions_.count(), 1u);
}

TEST_F(ConsoleSessionsTest, EndsOneOrAllOfAPerson) {
  const auto one = sessions_.open("u_1"), other = sessions_.open("u_2");
  sessions_.end(one);
  EXPECT_FALSE(sessions_.find(one, true));
  sessions_.end_all_of("u_1");
  EXPECT_TRUE(sessions_.find(other, true));
  sessions_.end_all_of("u_2");
  EXPECT_FALSE(sessions_.find(other, true));
}

}  // namespace
}  // namespace parley::api
