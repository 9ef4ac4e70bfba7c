// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_gate.h"

#include <atomic>
#include <deque>
#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "plugin/worker_pool.h"
#include "waiting.h"

namespace parley::plugin {
namespace {

using Outcome = CallGate::Outcome;
using Where = CallGate::Where;
using Limit = CallGate::Limit;

// Runs what it was given when the test says so.
struct Held : Executor {
  void post(Task task) override { tasks.push_back(std::move(task)); }
  void run() {
    while (!tasks.empty()) {
      Task task = std::move(tasks.front());
      tasks.pop_front();
      std::move(task)();
    }
  }
  std::deque<Task> tasks;
};

TEST(CallGateTest, InlineWorkRunsOnTheCallerWhenTheGateIsFree) {
  Held workers;
  CallGate gate(workers, 4);
  std::thread::id ran_on;
  EXPECT_EQ(gate.offer([&] { ran_on = std::this_thread::get_id(); }, Where::kHere, Limit::kQueue),
            Outcome::kRan);
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(workers.tasks.empty());
}

TEST(CallGateTest, WorkForAWorkerIsNeverRunByTheCaller) {
  Held workers;
  CallGate gate(workers, 4);
  int ran = 0;
  EXPECT_EQ(gate.offer([&] { ++ran; }, Where::kWorker, Limit::kQueue), Outcome::kQueued);
  EXPECT_EQ(ran, 0);
  EXPECT_EQ(gate.queued(), 1u);
  workers.run();
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(gate.queued(), 0u);
}

TEST(CallGateTest, WhatIsOfferedFromInsideComesAfterwardsInOrder) {
  Held workers;
  CallGate gate(workers, 4);
  std::vector<int> order;
  gate.offer(
      [&] {
        EXPECT_EQ(gate.offer([&] { order.push_back(2); }, Where::kHere, Limit::kQueue),
                  Outcome::kQueued);
        EXPECT_EQ(gate.offer([&] { order.push_back(3); }, Where::kWorker, Limit::kQueue),
                  Outcome::kQueued);
        order.push_back(1);
      },
      Where::kHere, Limit::kQueue);
  workers.run();
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST(CallGateTest, AFullQueueRefusesCallsButNotCompletions) {
  Held workers;
  CallGate gate(workers, 2);
  int ran = 0;
  const auto offer = [&](Limit limit) { return gate.offer([&] { ++ran; }, Where::kWorker, limit); };
  EXPECT_EQ(offer(Limit::kQueue), Outcome::kQueued);
  EXPECT_EQ(offer(Limit::kQueue), Outcome::kQueued);
  EXPECT_EQ(offer(Limit::kQueue), Outcome::kRefused);
  EXPECT_EQ(offer(Limit::kNone), Outcome::kQueued);
  workers.run();
  EXPECT_EQ(ran, 3);
}

TEST(CallGateTest, NobodyIsCapturedByALongQueue) {
  Held workers;
  CallGate gate(workers, 1000);
  int ran = 0;
  gate.offer(
      [&] {
        for (int i = 0; i < 500; ++i) gate.offer([&] { ++ran; }, Where::kHere, Limit::kQueue);
      },
      Where::kHere, Limit::kQueue);
  EXPECT_GT(ran, 0);
  EXPECT_LT(ran, 100) << "the caller goes back to its own work";
  workers.run();
  EXPECT_EQ(ran, 500);
}

TEST(CallGateTest, OneAtATimeUnderFourThreadsAndEachThreadInOrder) {
  const SystemClock clock;
  WorkerPool workers({.threads = 2, .max_stuck = 0, .stuck_after = Millis(600'000)}, clock);
  CallGate gate(workers, 1'000'000);
  constexpr int kThreads = 4, kEach = 3'000;
  std::atomic<int> inside{0}, overlaps{0};
  std::vector<std::vector<int>> seen(kThreads);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          gate.offer(
              [&, t, i] {
                if (++inside != 1) ++overlaps;
                seen[static_cast<std::size_t>(t)].push_back(i);  // unguarded: the gate is the guard
                --inside;
              },
              i % 2 == 0 ? Where::kHere : Where::kWorker, Limit::kQueue);
        }
      });
    }
  }
  ASSERT_TRUE(gate.wait_idle(Millis(20'000)));
  EXPECT_EQ(overlaps, 0);
  std::vector<int> expected(kEach);
  std::iota(expected.begin(), expected.end(), 0);
  for (const auto& one : seen) EXPECT_EQ(one, expected);
}

TEST(CallGateTest, ClosedItRefusesAndDestroysWithoutRunning) {
  Held workers;
  CallGate gate(workers, 4);
  const auto token = std::make_shared<int>();
  bool ran = false;
  gate.offer([&ran, token] { ran = true; }, Where::kWorker, Limit::kQueue);
  EXPECT_FALSE(gate.close(Millis(0))) << "a worker was asked to come and has not been there";
  EXPECT_EQ(token.use_count(), 1) << "what waited is dropped";
  EXPECT_EQ(gate.offer([&ran, token] { ran = true; }, Where::kHere, Limit::kNone),
            Outcome::kRefused);
  EXPECT_EQ(token.use_count(), 1);
  workers.run();
  EXPECT_TRUE(gate.close(Millis(0)));
  EXPECT_FALSE(ran);
}

TEST(CallGateTest, ACallThatDoesNotReturnIsToldAtClosing) {
  const SystemClock clock;
  Held workers;
  CallGate gate(workers, 4);
  Gate inside;
  std::jthread caller([&] { gate.offer([&] { inside.wait(); }, Where::kHere, Limit::kQueue); });
  ASSERT_TRUE(inside.wait_inside());
  EXPECT_FALSE(gate.wait_idle(Millis(5)));
  EXPECT_FALSE(gate.close(Millis(5)));
  inside.open();
  EXPECT_TRUE(gate.close(Millis(20'000)));
}

}  // namespace
}  // namespace parley::plugin
