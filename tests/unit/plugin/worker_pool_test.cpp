// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_pool.h"

#include <atomic>

#include <gtest/gtest.h>

#include "waiting.h"

namespace parley::plugin {
namespace {

class WorkerPoolTest : public ::testing::Test {
 protected:
  void hang(WorkerPool& pool, int count) {
    for (int i = 0; i < count; ++i) pool.post([gate = gate_] { gate->wait(); });
  }
  // How many of the workers are free to run something.
  static bool runs(WorkerPool& pool) {
    auto ran = std::make_shared<std::atomic<bool>>(false);
    pool.post([ran] { *ran = true; });
    return eventually([&] { return ran->load(); });
  }

  ManualClock clock_;
  std::shared_ptr<Gate> gate_ =
      std::make_shared<Gate>();  // shared with tasks that outlive the pool
};

TEST_F(WorkerPoolTest, RunsWhatIsPostedAndDrainsBeforeItStops) {
  std::atomic<int> ran{0};
  {
    WorkerPool pool({.threads = 2}, clock_);
    for (int i = 0; i < 100; ++i) pool.post([&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST_F(WorkerPoolTest, AStuckWorkerIsReplacedOnlyAfterItsBudget) {
  WorkerPool pool({.threads = 1, .max_stuck = 2, .stuck_after = Millis(2'000)}, clock_);
  hang(pool, 1);
  ASSERT_TRUE(gate_->wait_inside());
  clock_.advance(Millis(1'999));
  pool.sweep();
  EXPECT_EQ(pool.stats().stuck, 0);
  EXPECT_EQ(pool.stats().busy, 1);
  clock_.advance(Millis(1));
  pool.sweep();
  EXPECT_EQ(pool.stats().stuck, 1);
  EXPECT_TRUE(runs(pool));
}

TEST_F(WorkerPoolTest, ReplacementsEndAtTheLimit) {
  WorkerPool pool({.threads = 1, .max_stuck = 2, .stuck_after = Millis(2'000)}, clock_);
  for (int i = 1; i <= 3; ++i) {
    hang(pool, 1);
    ASSERT_TRUE(gate_->wait_inside(i));
    clock_.advance(Millis(2'000));
    pool.sweep();
  }
  EXPECT_EQ(pool.stats().stuck, 2);
  EXPECT_EQ(pool.stats().busy, 1) << "the third hangs without a replacement";
  gate_->open();
  EXPECT_TRUE(runs(pool));
}

TEST_F(WorkerPoolTest, ALateReturnEndsTheWrittenOffWorker) {
  WorkerPool pool({.threads = 1, .max_stuck = 1, .stuck_after = Millis(2'000)}, clock_);
  hang(pool, 1);
  ASSERT_TRUE(gate_->wait_inside());
  clock_.advance(Millis(2'000));
  pool.sweep();
  gate_->open();
  EXPECT_TRUE(eventually([&] { return pool.stats().stuck == 0; }));
  EXPECT_TRUE(runs(pool));
  // One place is free again for the next that hangs.
  auto second = std::make_shared<Gate>();
  pool.post([second] { second->wait(); });
  ASSERT_TRUE(second->wait_inside());
  clock_.advance(Millis(2'000));
  pool.sweep();
  EXPECT_EQ(pool.stats().stuck, 1);
  EXPECT_TRUE(runs(pool));
}

TEST_F(WorkerPoolTest, StoppingDoesNotWaitForTheStuck) {
  auto pool = std::make_unique<WorkerPool>(
      WorkerPool::Options{.threads = 1, .max_stuck = 1, .stuck_after = Millis(2'000)}, clock_);
  hang(*pool, 1);
  ASSERT_TRUE(gate_->wait_inside());
  clock_.advance(Millis(2'000));
  pool->sweep();
  pool.reset();  // returns, although the task has not
}

TEST_F(WorkerPoolTest, StoppingDoesNotWaitForOnesBeyondTheLimitEither) {
  auto pool = std::make_unique<WorkerPool>(
      WorkerPool::Options{.threads = 2, .max_stuck = 1, .stuck_after = Millis(100)}, clock_);
  hang(*pool, 2);
  ASSERT_TRUE(gate_->wait_inside(2));
  std::atomic<bool> stopped{false};
  std::jthread stopper([&] {
    pool->stop();
    stopped = true;
  });
  EXPECT_TRUE(eventually([&] { return stopped.load(); }))
      << "nobody looked for stuck workers before the end";
  gate_->open();
}

}  // namespace
}  // namespace parley::plugin
