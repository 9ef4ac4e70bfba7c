// SPDX-License-Identifier: Apache-2.0
// The loop itself: posting, timers, turns.
#include "net/shard.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "net/timing_wheel.h"

namespace parley::net {
namespace {

class ShardTest : public ::testing::Test {
 protected:
  ShardTest() { pool_.start(); }
  Shard& shard() { return pool_.at(0); }
  // Runs on the shard, in a turn of its own, and waits.
  template <typename F>
  void run(F f) {
    std::promise<void> done;
    shard().post([&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }
  void advance(Millis by) {
    time_.advance(by);
    run([] {});  // a turn that sees the new time ...
    run([] {});  // ... and has ended
  }

  ManualClock time_;
  ShardPool pool_{{.count = 2, .clock = &time_}};
};

TEST_F(ShardTest, RunsPostedTasksInOrderOnItsThread) {
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) shard().post([&, i] { order.push_back(i); });
  run([&] {
    EXPECT_TRUE(shard().is_current());
    EXPECT_EQ(Shard::current(), &shard());
    EXPECT_FALSE(pool_.at(1).is_current());
  });
  ASSERT_EQ(order.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(Shard::current(), nullptr);
}

TEST_F(ShardTest, TakesPostsFromManyThreads) {
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) shard().post([&] { ++ran; });
    });
  }
  for (auto& thread : threads) thread.join();
  run([] {});
  EXPECT_EQ(ran, 20000);
}

TEST_F(ShardTest, HandsWorkBackAndForth) {
  std::promise<int> done;
  std::function<void(int)> bounce = [&](int left) {
    if (left == 0) return done.set_value(1);
    pool_.at(left % 2).post([&, left] { bounce(left - 1); });
  };
  bounce(1000);
  EXPECT_EQ(done.get_future().get(), 1);
}

TEST_F(ShardTest, FiresTimersWhenTheirTimeHasCome) {
  std::vector<int> fired;
  run([&] {
    shard().call_after(Millis{100}, [&] { fired.push_back(100); });
    shard().call_after(Millis{50}, [&] { fired.push_back(50); });
    const TimerId never = shard().call_after(Millis{60}, [&] { fired.push_back(60); });
    shard().cancel(never);
    shard().cancel(TimerId{});
  });
  advance(Millis{49});
  EXPECT_TRUE(fired.empty());
  advance(Millis{10});
  EXPECT_EQ(fired, std::vector<int>{50});
  advance(Millis{3'600'000});
  EXPECT_EQ(fired, (std::vector<int>{50, 100}));
}

TEST_F(ShardTest, RepeatsUntilCancelledEvenByItself) {
  int count = 0;
  TimerId id;
  run([&] {
    id = shard().call_every(Millis{10}, [&] {
      if (++count == 3) shard().cancel(id);
    });
  });
  for (int i = 0; i < 10; ++i) advance(Millis{20});
  EXPECT_EQ(count, 3);
}

TEST(ShardWithRealTime, WakesByItselfForATimer) {
  SystemClock clock;
  ShardPool pool({.count = 1, .clock = &clock});
  pool.start();
  std::promise<void> fired;
  const auto begin = clock.now();
  pool.at(0).post([&] { pool.at(0).call_after(Millis{30}, [&] { fired.set_value(); }); });
  fired.get_future().wait();
  EXPECT_GE(clock.now() - begin, Millis{30}) << "never early";
}

TEST_F(ShardTest, DefersToTheEndOfTheTurn) {
  std::vector<int> order;
  std::promise<void> done;
  shard().post([&] {
    shard().defer_to_turn_end([&] {
      order.push_back(3);
      shard().defer_to_turn_end([&] { done.set_value(); });
    });
    shard().post([&] { order.push_back(order.empty() ? 2 : 4); });
    order.push_back(1);
  });
  done.get_future().wait();
  run([] {});
  EXPECT_EQ(order, (std::vector<int>{1, 3, 4}));
}

TEST_F(ShardTest, ShowsATurnThatHangs) {
  std::promise<void> entered, leave;
  shard().post([&] {
    entered.set_value();
    leave.get_future().wait();
  });
  entered.get_future().wait();
  const auto first = shard().beat(), second = shard().beat();
  EXPECT_TRUE(first.busy);
  EXPECT_TRUE(second.busy);
  EXPECT_EQ(first.turns, second.turns);
  leave.set_value();
  run([] {});
  EXPECT_GT(shard().beat().turns, first.turns);
}

TEST_F(ShardTest, DestroysWhatIsPostedAfterTheEnd) {
  auto token = std::make_shared<int>(1);
  pool_.stop();
  pool_.join();
  shard().post([token] { FAIL() << "ran after stop"; });
  EXPECT_EQ(token.use_count(), 2);
}

class CountingTimer final : public TimerNode {
 public:
  int fired = 0;
  Clock::TimePoint at{};
  const ManualClock* clock = nullptr;

 private:
  void on_timer() override {
    ++fired;
    at = clock->now();
  }
};

TEST(TimingWheel, FiresEachTimerOnceAndNotEarlyOverAllLevels) {
  ManualClock clock;
  TimingWheel wheel(clock.now());
  const auto begin = clock.now();
  std::vector<std::pair<Millis, std::unique_ptr<CountingTimer>>> timers;
  for (std::int64_t delay = 0; delay < 40'000'000; delay = delay * 3 / 2 + 1) {
    auto timer = std::make_unique<CountingTimer>();
    timer->clock = &clock;
    wheel.arm(*timer, clock.now(), Millis{delay});
    timers.emplace_back(Millis{delay}, std::move(timer));
  }
  while (const auto wake = wheel.next_wake()) {
    clock.advance(std::chrono::duration_cast<Millis>(*wake - clock.now()));
    wheel.advance(clock.now());
  }
  for (const auto& [delay, timer] : timers) {
    EXPECT_EQ(timer->fired, 1) << delay.count();
    EXPECT_GE(timer->at - begin, delay);
    EXPECT_LE(timer->at - begin, delay + Millis{8});
  }
}

TEST(TimingWheel, ForgetsStoppedAndDestroyedTimers) {
  ManualClock clock;
  TimingWheel wheel(clock.now());
  CountingTimer stopped;
  stopped.clock = &clock;
  wheel.arm(stopped, clock.now(), Millis{10});
  {
    CountingTimer destroyed;
    wheel.arm(destroyed, clock.now(), Millis{10});
  }
  stopped.stop();
  clock.advance(Millis{100});
  wheel.advance(clock.now());
  EXPECT_EQ(stopped.fired, 0);
  EXPECT_FALSE(wheel.next_wake());
}

}  // namespace
}  // namespace parley::net
