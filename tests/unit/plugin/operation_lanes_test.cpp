// SPDX-License-Identifier: Apache-2.0
#include "plugin/operation_lanes.h"

#include <atomic>
#include <future>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "waiting.h"

namespace parley::plugin {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Order {
 public:
  void note(const std::string& what) {
    const std::lock_guard lock(mutex_);
    all_.push_back(what);
  }
  std::vector<std::string> all() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> all_;
};

TEST(OperationLanesTest, OneLaneKeepsItsOrder) {
  Order order;
  OperationLanes lanes(4);
  for (int i = 0; i < 20; ++i) lanes.post("dice", [&order, i] { order.note(std::to_string(i)); });
  lanes.wait_idle();
  const auto all = order.all();
  ASSERT_EQ(all.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(OperationLanesTest, OneThatHangsHoldsUpItsOwnLaneOnly) {
  Gate gate;
  Order order;
  OperationLanes lanes(2);
  lanes.post("hung", [&] {
    gate.wait();
    order.note("hung");
  });
  ASSERT_TRUE(gate.wait_inside());
  lanes.post("hung", [&] { order.note("behind it"); });
  lanes.run_blocking("dice", [&] { order.note("dice"); });
  EXPECT_THAT(order.all(), ElementsAre("dice"));
  EXPECT_TRUE(eventually([&] { return lanes.busy() == std::vector<std::string>{"hung"}; }));
  gate.open();
  lanes.wait_idle();
  EXPECT_THAT(order.all(), ElementsAre("dice", "hung", "behind it"));
}

TEST(OperationLanesTest, TwoPostedAtOnceBothBegin) {
  // The thread that is about to wake for the first must not be counted on for the second.
  for (int round = 0; round < 50; ++round) {
    Gate gate;
    OperationLanes lanes(2);
    lanes.run_blocking("before", [] {});  // a thread waits for work from now on
    lanes.post("one", [&] { gate.wait(); });
    lanes.post("two", [&] { gate.wait(); });
    ASSERT_TRUE(gate.wait_inside(2)) << round;
    gate.open();
    lanes.wait_idle();
  }
}

TEST(OperationLanesTest, NoMoreRunThanThereAreThreads) {
  Gate gate;
  std::atomic<int> began{0};
  OperationLanes lanes(2);
  for (const char* lane : {"a", "b", "c"}) {
    lanes.post(lane, [&] {
      ++began;
      gate.wait();
    });
  }
  ASSERT_TRUE(gate.wait_inside(2));
  EXPECT_EQ(began, 2);
  gate.open();
  lanes.wait_idle();
  EXPECT_EQ(began, 3);
}

TEST(OperationLanesTest, AnOperationWaitsForOlderOnesOnWhatItNeeds) {
  Gate gate;
  Order order;
  OperationLanes lanes(3);
  lanes.post("steady", [&] {
    gate.wait();
    order.note("steady");
  });
  std::promise<void> waits;
  lanes.post("needs-steady", [&] {
    waits.set_value();
    lanes.wait_for_earlier({"steady", "needs-steady"});
    order.note("needs-steady");
  });
  waits.get_future().wait();
  lanes.run_blocking("dice", [&] { order.note("dice"); });
  EXPECT_THAT(order.all(), ElementsAre("dice"));
  gate.open();
  lanes.wait_idle();
  EXPECT_THAT(order.all(), ElementsAre("dice", "steady", "needs-steady"));
}

TEST(OperationLanesTest, NobodyWaitsForWhatCameLater) {
  Gate gate;
  Order order;
  OperationLanes lanes(2);
  lanes.post("first", [&] {
    gate.wait();
    lanes.wait_for_earlier({"second"});
    order.note("first");
  });
  ASSERT_TRUE(gate.wait_inside());
  lanes.post("second", [&] {
    lanes.wait_for_earlier({"first"});
    order.note("second");
  });
  gate.open();
  lanes.wait_idle();
  EXPECT_THAT(order.all(), ElementsAre("first", "second"));
}

TEST(OperationLanesTest, StoppingRunsWhatWaitsAndTakesNothingMore) {
  Gate gate;
  Order order;
  OperationLanes lanes(1);
  lanes.post("a", [&] { gate.wait(); });
  for (const char* lane : {"a", "b"}) lanes.post(lane, [&, lane] { order.note(lane); });
  gate.open();
  lanes.stop();
  EXPECT_THAT(order.all(), UnorderedElementsAre("a", "b"));
  lanes.post("a", [&] { order.note("too late"); });
  EXPECT_EQ(order.all().size(), 2u);
  lanes.run_blocking("a", [&] { order.note("too late"); });
  EXPECT_EQ(order.all().size(), 2u) << "dropped, and nobody waits for it";
}

}  // namespace
}  // namespace parley::plugin
