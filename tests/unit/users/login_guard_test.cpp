// SPDX-License-Identifier: Apache-2.0
#include "users/login_guard.h"

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::users {
namespace {

class LoginGuardTest : public testing::Test {
 protected:
  ManualClock clock_;
  LoginGuard guard_{LoginGuardOptions{.tries = 3, .window = Millis{60'000}, .max_entries = 50},
                    clock_};

  // At once; `overloaded` for who would have to wait.
  Result<LoginGuard::Try> begin(const std::string& account, const std::string& address) {
    const auto answer =
        std::make_shared<Result<LoginGuard::Try>>(Status::overloaded("others are under way"));
    guard_.enter(account, address,
                 [answer](Result<LoginGuard::Try> turn) { *answer = std::move(turn); });
    return std::move(*answer);
  }
  // A wrong password, if it is looked at at all.
  bool may(const std::string& account, const std::string& address) {
    auto attempt = begin(account, address);
    if (attempt) attempt->failed();
    return attempt.is_ok();
  }
  LoginGuard::Try start(const std::string& account, const std::string& address) {
    auto attempt = begin(account, address);
    EXPECT_TRUE(attempt) << attempt.status().message();
    return attempt ? std::move(attempt).value() : LoginGuard::Try();
  }
  // What they are told, in the order in which it is their turn.
  void line_up(const std::string& account, const std::string& address) {
    guard_.enter(account, address, [this](Result<LoginGuard::Try> turn) {
      told_.push_back(turn.status().code());
      if (turn) running_.push_back(std::move(turn).value());
    });
  }
  std::vector<ErrorCode> told_;
  std::deque<LoginGuard::Try> running_;
};

TEST_F(LoginGuardTest, ThreeTriesThenNoneUntilTheWindowIsOver) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(may("neo", "10.0.0.1"));
  EXPECT_EQ(begin("neo", "10.0.0.1").status().code(), ErrorCode::kRateLimited);
  EXPECT_EQ(guard_.retry_after("neo", "10.0.0.1"), Millis{60'000});
  clock_.advance(Millis{59'999});
  EXPECT_FALSE(may("neo", "10.0.0.1")) << "refused tries do not make it longer, nor shorter";
  clock_.advance(Millis{1});
  EXPECT_TRUE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, WrongSecretsAreCountedForThemselves) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(guard_.wrong("resume", "10.0.0.1"));
  EXPECT_EQ(guard_.wrong("resume", "10.0.0.1").code(), ErrorCode::kRateLimited);
  EXPECT_TRUE(guard_.wrong("resume", "10.0.0.2"));
  EXPECT_TRUE(may("neo", "10.0.0.1")) << "logins from there go on";
  clock_.advance(Millis{60'000});
  EXPECT_TRUE(guard_.wrong("resume", "10.0.0.1")) << "refused ones do not make it longer";
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

TEST_F(LoginGuardTest, SuccessAndCancellationAreNoFailures) {
  (void)may("neo", "10.0.0.1");
  (void)may("neo", "10.0.0.1");
  for (int i = 0; i < 10; ++i) start("neo", "10.0.0.1").cancelled();
  start("neo", "10.0.0.1").succeeded();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(may("neo", "10.0.0.1")) << "they are forgotten";
  EXPECT_FALSE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, ATryOfWhichNobodySpeaksHasFailed) {
  for (int i = 0; i < 3; ++i) start("neo", "10.0.0.1");
  EXPECT_EQ(begin("neo", "10.0.0.1").status().code(), ErrorCode::kRateLimited);
}

TEST_F(LoginGuardTest, TriesUnderWayAreNoFailures) {
  guard_.configure({.tries = 3, .window = Millis{60'000}, .waiting = 0});
  const auto first = start("neo", "10.0.0.1"), second = start("neo", "10.0.0.1");
  const auto third = start("neo", "10.0.0.1");
  EXPECT_EQ(begin("neo", "10.0.0.1").status().code(), ErrorCode::kOverloaded)
      << "and not rate_limited";
  EXPECT_EQ(guard_.retry_after("neo", "10.0.0.1"), Millis{0});
  EXPECT_EQ(guard_.delay("neo"), Millis{0});
}

TEST_F(LoginGuardTest, ManyAtOnceTakeTurnsAndNoneIsRefused) {
  for (int i = 0; i < 20; ++i) line_up("invitation", "10.0.0.1");
  EXPECT_EQ(running_.size(), 3u) << "no more than may fail";
  for (int i = 0; i < 20; ++i) {
    ASSERT_FALSE(running_.empty());
    auto done = std::move(running_.front());
    running_.pop_front();
    done.cancelled();
  }
  EXPECT_EQ(told_, std::vector<ErrorCode>(20, ErrorCode::kOk));
}

TEST_F(LoginGuardTest, ManyWrongOnesAtOnceAreNoMoreThanThree) {
  for (int i = 0; i < 20; ++i) line_up("neo", "10.0.0.1");
  int looked_at = 0;
  for (; !running_.empty(); ++looked_at) {
    auto wrong = std::move(running_.front());
    running_.pop_front();
    wrong.failed();
  }
  EXPECT_EQ(looked_at, 3);
  std::vector<ErrorCode> expected(3, ErrorCode::kOk);
  expected.resize(20, ErrorCode::kRateLimited);
  EXPECT_EQ(told_, expected) << "whoever waited is told at once";
  EXPECT_FALSE(may("neo", "10.0.0.1"));
}

TEST_F(LoginGuardTest, TheLineIsBounded) {
  guard_.configure({.tries = 3, .window = Millis{60'000}, .waiting = 2});
  for (int i = 0; i < 6; ++i) line_up("neo", "10.0.0.1");
  EXPECT_EQ(told_, (std::vector<ErrorCode>{ErrorCode::kOk, ErrorCode::kOk, ErrorCode::kOk,
                                           ErrorCode::kOverloaded}));
  line_up("neo", "10.0.0.2");
  EXPECT_EQ(told_.back(), ErrorCode::kOk) << "each pair has its own";
}

TEST_F(LoginGuardTest, WithoutALimitNobodyWaits) {
  guard_.configure({.tries = 0, .window = Millis{60'000}});
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(may("neo", "10.0.0.1"));
  for (int i = 0; i < 50; ++i) line_up("neo", "10.0.0.1");
  EXPECT_EQ(running_.size(), 50u);
}

// Whoever guesses on many connections at once gets no more looks than on one.
TEST_F(LoginGuardTest, ThreadsThatGuessTogetherGetThreeLooks) {
  std::atomic<int> looked_at = 0, refused = 0;
  std::vector<std::thread> guessers;
  for (int i = 0; i < 8; ++i) {
    guessers.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        guard_.enter("neo", "10.0.0.1", [&](Result<LoginGuard::Try> turn) {
          if (!turn) return static_cast<void>(++refused);
          ++looked_at;
          turn->failed();
        });
      }
    });
  }
  for (auto& guesser : guessers) guesser.join();
  EXPECT_EQ(looked_at, 3);
  EXPECT_EQ(refused, 197);
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
