// SPDX-License-Identifier: Apache-2.0
#include "users/passwords.h"

#include <algorithm>
#include <ctime>
#include <future>
#include <mutex>
#include <vector>

#include <gtest/gtest.h>

namespace parley::users {
namespace {

constexpr PasswordOptions kCheap{.memory = 8192, .operations = 1, .queue = 8, .threads = 1};

Result<std::string> hash(PasswordHasher& hasher, std::string password) {
  std::promise<Result<std::string>> promise;
  hasher.hash(std::move(password), "127.0.0.1",
              [&](Result<std::string> r) { promise.set_value(std::move(r)); });
  return promise.get_future().get();
}

PasswordVerdict verify(PasswordHasher& hasher, std::string password, std::string stored) {
  std::promise<Result<PasswordVerdict>> promise;
  hasher.verify(std::move(password), std::move(stored), "127.0.0.1",
                [&](Result<PasswordVerdict> r) { promise.set_value(std::move(r)); });
  auto verdict = promise.get_future().get();
  EXPECT_TRUE(verdict);
  return verdict ? *verdict : PasswordVerdict{};
}

TEST(PasswordsTest, OnlyTheRightOneMatches) {
  PasswordHasher hasher(kCheap);
  const auto stored = hash(hasher, "правильный пароль");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->substr(0, 9), "$argon2id");
  EXPECT_TRUE(verify(hasher, "правильный пароль", *stored).matches);
  EXPECT_FALSE(verify(hasher, "правильный парольь", *stored).matches);
  EXPECT_FALSE(verify(hasher, "", *stored).matches);
  EXPECT_NE(*hash(hasher, "правильный пароль"), *stored) << "salted";
}

TEST(PasswordsTest, NoHashNeverMatches) {
  PasswordHasher hasher(kCheap);
  for (const char* stored : {"", "!", "$argon2id$", "plain", "no one has this password"}) {
    EXPECT_FALSE(verify(hasher, "no one has this password", stored).matches) << stored;
    EXPECT_FALSE(verify(hasher, stored, stored).matches) << stored;
  }
}

TEST(PasswordsTest, AnUnknownNameCostsAsMuchAsAKnownOne) {
  PasswordOptions options = kCheap;
  options.memory = 8 * 1024 * 1024;
  options.operations = 3;
  PasswordHasher hasher(options);
  const auto stored = hash(hasher, "right");
  const auto cpu_time = [&](const std::string& against) {
    const std::clock_t start = std::clock();  // of all threads: the hasher's is the only busy one
    for (int i = 0; i < 5; ++i) (void)verify(hasher, "wrong", against);
    return static_cast<double>(std::clock() - start);
  };
  const double ratio = cpu_time("") / cpu_time(*stored);
  EXPECT_GT(ratio, 0.5);
  EXPECT_LT(ratio, 2.0);
}

TEST(PasswordsTest, OldParametersAskForANewHash) {
  PasswordHasher old_hasher(kCheap);
  const auto stored = hash(old_hasher, "secret");
  EXPECT_FALSE(verify(old_hasher, "secret", *stored).rehash);
  PasswordOptions stronger = kCheap;
  stronger.operations = 2;
  PasswordHasher hasher(stronger);
  EXPECT_TRUE(verify(hasher, "secret", *stored).matches);
  EXPECT_TRUE(verify(hasher, "secret", *stored).rehash);
  EXPECT_FALSE(verify(hasher, "wrong", *stored).rehash);
}

// Keeps the one hasher thread busy until release(), so that lines form behind it.
class Busy {
 public:
  explicit Busy(PasswordHasher& hasher) {
    std::promise<void> running;
    auto started = running.get_future();
    hasher.hash("x", "busy", [this, &running](Result<std::string>) {
      running.set_value();
      gate_.get_future().wait();
    });
    started.wait();
  }
  void release() { gate_.set_value(); }

 private:
  std::promise<void> gate_;
};

TEST(PasswordsTest, AFullQueueRefusesBeforeHashing) {
  PasswordHasher hasher(kCheap);
  Busy busy(hasher);
  std::promise<void> last;
  for (int i = 0; i < 8; ++i) {
    hasher.hash("x", "client" + std::to_string(i), [&, i](Result<std::string> r) {
      EXPECT_TRUE(r);
      if (i == 7) last.set_value();
    });
  }
  EXPECT_EQ(hasher.waiting(), 8u);
  ErrorCode refused = ErrorCode::kOk;
  hasher.hash("x", "late", [&](Result<std::string> r) { refused = r.status().code(); });
  EXPECT_EQ(refused, ErrorCode::kOverloaded) << "at once, on this thread";
  busy.release();
  last.get_future().wait();
}

TEST(PasswordsTest, OneClientsLineNeitherFillsTheQueueNorHoldsUpOthers) {
  PasswordHasher hasher(kCheap);
  Busy busy(hasher);
  std::mutex mutex;
  std::vector<std::string> served;
  int refused = 0;
  std::promise<void> all;
  const auto ask = [&](const std::string& client) {
    hasher.hash("x", client, [&, client](Result<std::string> r) {
      if (!r) return void(++refused);
      std::lock_guard lock(mutex);
      served.push_back(client);
      if (served.size() == 5) all.set_value();
    });
  };
  for (int i = 0; i < 6; ++i) ask("flood");
  EXPECT_EQ(refused, 2) << "half of the queue is the most for one";
  ask("neo");
  busy.release();
  all.get_future().wait();
  const auto place = std::find(served.begin(), served.end(), "neo") - served.begin();
  EXPECT_LE(place, 1) << "not behind the whole flood";
}

TEST(PasswordsTest, WhatWaitsIsAnsweredAtTheEnd) {
  std::vector<ErrorCode> answers;
  std::mutex mutex;
  auto hasher = std::make_unique<PasswordHasher>(kCheap);
  {
    Busy busy(*hasher);
    for (int i = 0; i < 3; ++i) {
      hasher->hash("x", "c", [&](Result<std::string> r) {
        std::lock_guard lock(mutex);
        answers.push_back(r.status().code());
      });
    }
    busy.release();
    hasher.reset();
  }
  EXPECT_EQ(answers.size(), 3u) << "hashed or refused, but answered";
}

TEST(PasswordsTest, WipedTextIsGone) {
  std::string secret = "a password that is long enough to live on the heap";
  wipe(secret);
  EXPECT_TRUE(secret.empty());
}

}  // namespace
}  // namespace parley::users
