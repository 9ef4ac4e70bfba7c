// SPDX-License-Identifier: Apache-2.0
#include "command/pending_calls.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "command/command_target.h"
#include "users/accounts.h"

namespace parley::command {
namespace {

EntryPtr entry(Millis deferred_budget = Millis(60'000)) {
  CommandEntry made;
  made.spec.name = "roll";
  made.spec.deferred_budget = deferred_budget;
  return std::make_shared<const CommandEntry>(std::move(made));
}

Caller caller(std::uint64_t session, EntryPtr of = entry()) {
  return {.session_key = session,
          .request = *protocol::RequestId::from(std::int64_t{7}),
          .entry = std::move(of),
          .in_lane = true};
}

class PendingCallsTest : public testing::Test {
 protected:
  CallId open(std::uint64_t session = 1, EntryPtr of = entry()) {
    return calls_.open(caller(session, std::move(of))).value();
  }
  std::vector<CallId> late() {
    std::vector<CallId> list;
    calls_.expire(clock_.now(), list);
    return list;
  }
  ManualClock clock_;
  PendingCalls calls_{3};
};

TEST_F(PendingCallsTest, AnIdNamesItsShard) {
  const auto id = open();
  EXPECT_EQ(id.shard(), 3u);
  EXPECT_TRUE(id);
  EXPECT_FALSE(CallId{});
}

TEST_F(PendingCallsTest, IsAnsweredOnceAndThenStale) {
  const auto id = open(42);
  EXPECT_TRUE(calls_.is_open(id));
  EXPECT_EQ(calls_.peek(id)->session_key, 42u);
  EXPECT_TRUE(calls_.claim(id));
  EXPECT_FALSE(calls_.claim(id));
  EXPECT_FALSE(calls_.is_open(id));
  EXPECT_FALSE(calls_.peek(id).has_value());
  EXPECT_EQ(calls_.caller(id)->session_key, 42u);
  calls_.answered(id);
  EXPECT_EQ(calls_.caller(id), nullptr);
  EXPECT_EQ(calls_.size(), 1u);
  EXPECT_TRUE(calls_.returned(id).has_value());
  EXPECT_EQ(calls_.size(), 0u);
}

TEST_F(PendingCallsTest, ReturnsOnceAndSaysWhoseLaneGoesOn) {
  const auto id = open(42);
  const auto whom = calls_.returned(id);
  ASSERT_TRUE(whom.has_value());
  EXPECT_EQ(whom->session_key, 42u);
  EXPECT_TRUE(whom->in_lane);
  EXPECT_FALSE(calls_.returned(id).has_value());
  EXPECT_TRUE(calls_.is_open(id));
  EXPECT_TRUE(calls_.claim(id));
  calls_.answered(id);
  EXPECT_EQ(calls_.size(), 0u);
}

TEST_F(PendingCallsTest, AStaleIdNeverReachesTheSlotsNextCall) {
  const auto first = open(1);
  calls_.claim(first);
  calls_.answered(first);
  calls_.returned(first);
  const auto second = open(2);
  EXPECT_EQ(second.index(), first.index());
  EXPECT_NE(second, first);
  EXPECT_FALSE(calls_.claim(first));
  EXPECT_FALSE(calls_.defer(first));
  EXPECT_FALSE(calls_.peek(first).has_value());
  EXPECT_EQ(calls_.caller(first), nullptr);
  EXPECT_FALSE(calls_.returned(first).has_value());
  EXPECT_TRUE(calls_.claim(second));
}

TEST_F(PendingCallsTest, IdsThatNeverWereAreStale) {
  EXPECT_FALSE(calls_.claim({}));
  EXPECT_FALSE(calls_.claim(CallId::make(3, 0xff'ffff, 1)));
  EXPECT_FALSE(calls_.claim(CallId::make(3, 5, 1)));
  const auto id = open();
  EXPECT_FALSE(calls_.claim(CallId::make(2, id.index(), id.generation())));
  EXPECT_FALSE(calls_.claim(CallId::make(3, id.index(), id.generation() + 1)));
}

TEST_F(PendingCallsTest, AnsweringWithoutTheRightDoesNothing) {
  const auto id = open();
  calls_.answered(id);
  EXPECT_TRUE(calls_.is_open(id));
}

TEST_F(PendingCallsTest, SlotsNeverMoveWhileTheTableGrows) {
  const auto first = open(77);
  const auto* before = calls_.caller(first);
  std::vector<CallId> ids;
  for (int i = 0; i < 2000; ++i) ids.push_back(open());
  EXPECT_EQ(calls_.caller(first), before);
  EXPECT_EQ(calls_.caller(first)->session_key, 77u);
  EXPECT_EQ(calls_.size(), 2001u);
}

TEST_F(PendingCallsTest, FreeingLetsGoOfTheEntry) {
  auto of = entry();
  std::weak_ptr<const CommandEntry> watched = of;
  const auto id = open(1, std::move(of));
  calls_.claim(id);
  calls_.answered(id);
  EXPECT_FALSE(watched.expired());
  calls_.returned(id);
  EXPECT_TRUE(watched.expired());
}

TEST_F(PendingCallsTest, ALateCallIsClaimedForTheTimeout) {
  const auto id = open();
  calls_.watch(id, clock_.now(), Millis(2000));
  clock_.advance(Millis(1999));
  EXPECT_TRUE(late().empty());
  clock_.advance(Millis(1));
  EXPECT_EQ(late(), std::vector<CallId>{id});
  EXPECT_FALSE(calls_.claim(id));
  EXPECT_TRUE(late().empty());
}

TEST_F(PendingCallsTest, ADeferredCallHasItsOwnBudget) {
  const auto id = open(1, entry(Millis(10'000)));
  calls_.watch(id, clock_.now(), Millis(2000));
  EXPECT_TRUE(calls_.defer(id));
  clock_.advance(Millis(2000));
  EXPECT_TRUE(late().empty());
  clock_.advance(Millis(7999));
  EXPECT_TRUE(late().empty());
  clock_.advance(Millis(1));
  EXPECT_EQ(late().size(), 1u);
}

TEST_F(PendingCallsTest, ADeferredCallMayHaveNoDeadline) {
  const auto id = open(1, entry(Millis(0)));
  calls_.watch(id, clock_.now(), Millis(2000));
  calls_.defer(id);
  clock_.advance(Millis(10'000'000));
  EXPECT_TRUE(late().empty());
  EXPECT_TRUE(calls_.claim(id));
}

TEST_F(PendingCallsTest, AnAnsweredCallIsNeverLate) {
  const auto id = open();
  calls_.watch(id, clock_.now(), Millis(10));
  calls_.claim(id);
  calls_.answered(id);
  calls_.returned(id);
  const auto next = open();
  clock_.advance(Millis(100));
  EXPECT_TRUE(late().empty());
  EXPECT_TRUE(calls_.is_open(next));
}

// Four threads want to answer every call while a fifth looks at it; the shard's thread frees and
// reuses the slots.
TEST_F(PendingCallsTest, FourThreadsRaceAndExactlyOneAnswers) {
  constexpr int kThreads = 4, kRounds = 20'000;
  std::atomic<std::uint64_t> current{0};
  std::atomic<int> arrived{0}, winners{0}, peeked{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      std::uint64_t seen = 0;
      for (int round = 0; round < kRounds; ++round) {
        std::uint64_t id;
        while ((id = current.load(std::memory_order_acquire)) == seen) std::this_thread::yield();
        seen = id;
        if (auto copy = calls_.peek({id}); copy && copy->session_key == 9) ++peeked;
        if (calls_.claim({id})) ++winners;
        ++arrived;
      }
    });
  }
  for (int round = 0; round < kRounds; ++round) {
    const auto id = open(9);
    arrived = 0;
    current.store(id.value, std::memory_order_release);
    while (arrived.load() < kThreads) std::this_thread::yield();
    ASSERT_EQ(winners.load(), round + 1);
    calls_.answered(id);
    calls_.returned(id);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(winners.load(), kRounds);
  EXPECT_EQ(calls_.size(), 0u);
}

TEST(InvocationPoolTest, WhatComesBackFromAnotherThreadIsUsedAgainAndClean) {
  InvocationPool pool(8);
  auto first = pool.acquire();
  auto* address = first.get();
  first->args.reset(1);
  first->args[0].text = "secret";
  first->raw_json = "{}";
  first->entry = entry();
  std::weak_ptr<const CommandEntry> watched = first->entry;
  std::thread([moved = std::move(first)]() mutable { moved.reset(); }).join();
  EXPECT_TRUE(watched.expired());
  auto second = pool.acquire();
  EXPECT_EQ(second.get(), address);
  EXPECT_EQ(second->raw_json, "");
  EXPECT_EQ(second->args[0].text, "");
}

TEST(InvocationPoolTest, KeepsNoMoreThanItShould) {
  InvocationPool pool(2);
  std::vector<InvocationPtr> many;
  for (int i = 0; i < 10; ++i) many.push_back(pool.acquire());
  many.clear();
  for (int i = 0; i < 10; ++i) many.push_back(pool.acquire());
  EXPECT_EQ(many.size(), 10u);
  InvocationPtr loose(new Invocation);
}

}  // namespace
}  // namespace parley::command
