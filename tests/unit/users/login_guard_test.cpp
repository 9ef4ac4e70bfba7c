// SPDX-License-Identifier: Apache-2.0
#include "users/login_guard.h"

#include <gtest/gtest.h>

namespace parley::users {
namespace {

class LoginGuardTest : public testing::Test {
 protected:
  ManualClock clock_;
  LoginGuard guard_{LoginGuardOptions{.tries = 3, .window = Millis{60'000}, .max_entries = 50},
                    clock_};

  bool may(const std::string& account, const std::string& address) {
    return guard_.begin(account, address).is_ok();
  }
};

TEST_F(LoginGuardTest, ThreeTriesThenNoneUntilTheWindowIsOver) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(may("neo", "10.0.0.1"));
  EXPECT_EQ(guard_.begin("neo", "10.0.0.1").code(), ErrorCode::kRateLimited);
  EXPECT_EQ(guard_.retry_after("neo", "10.0.0.1"), Millis{60'000});
  clock_.advance(Millis{59'999});
  EXPECT_FALSE(may("neo", "10.0.0.1")) << "refused tries do not make it longer, nor shorter";
  clock_.advance(Millis{1});
  EXPECT_TRUE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, ReloadedNumbersHoldAtOnce) {
  (void)may("neo", "10.0.0.1");
  guard_.configure({.tries = 1, .window = Millis{10'000}});
  EXPECT_FALSE(may("neo", "10.0.0.1"));
  EXPECT_EQ(guard_.retry_after("neo", "10.0.0.1"), Millis{10'000});
  guard_.configure({.tries = 2, .window = Millis{10'000}});
  EXPECT_TRUE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, NobodyIsLockedOutByAnother) {
  for (int i = 0; i < 20; ++i) (void)may("neo", "10.0.0.1");
  EXPECT_TRUE(may("neo", "10.0.0.2")) << "the owner, from elsewhere";
  EXPECT_TRUE(may("trinity", "10.0.0.1")) << "a neighbour behind the same address";
}

TEST_F(LoginGuardTest, AnAccountUnderAttackAnswersLater) {
  EXPECT_EQ(guard_.delay("neo"), Millis{0});
  for (int i = 0; i < 4; ++i) (void)may("neo", "10.0.0." + std::to_string(i));
  const Millis some = guard_.delay("neo");
  EXPECT_GT(some, Millis{0});
  for (int i = 0; i < 40; ++i) (void)may("neo", "10.0.1." + std::to_string(i));
  EXPECT_GT(guard_.delay("neo"), some);
  EXPECT_LE(guard_.delay("neo"), Millis{4'000});
  clock_.advance(Millis{60'000});
  EXPECT_EQ(guard_.delay("neo"), Millis{0});
}

TEST_F(LoginGuardTest, SuccessAndCancellationTakeTriesBack) {
  (void)may("neo", "10.0.0.1");
  (void)may("neo", "10.0.0.1");
  ASSERT_TRUE(may("neo", "10.0.0.1"));
  guard_.cancelled("neo", "10.0.0.1");
  ASSERT_TRUE(may("neo", "10.0.0.1"));
  EXPECT_FALSE(may("neo", "10.0.0.1"));
  guard_.succeeded("neo", "10.0.0.1");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, AnIpv6NetworkCountsAsOneAddress) {
  for (int i = 0; i < 3; ++i) (void)may("neo", "2001:db8::" + std::to_string(i + 1));
  EXPECT_FALSE(may("neo", "2001:db8::ffff"));
  EXPECT_TRUE(may("neo", "2001:db8:0:1::1"));
  EXPECT_EQ(address_group("2001:db8::1:2"), "2001:db8::/64");
  EXPECT_EQ(address_group("::ffff:10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(address_group("fe80::1%eth0"), "fe80::/64");
  EXPECT_EQ(address_group("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(address_group("unix"), "unix");
}

TEST_F(LoginGuardTest, MemoryIsBounded) {
  for (int i = 0; i < 10'000; ++i) (void)may("name" + std::to_string(i), "10.0.0.1");
  EXPECT_LE(guard_.entries(), 100u);
}

}  // namespace
}  // namespace parley::users
