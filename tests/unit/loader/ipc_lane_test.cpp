// SPDX-License-Identifier: Apache-2.0
// A real socketpair, both ends here.
#include "loader/ipc_lane.h"

#include <array>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace parley::loader {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Got = IpcLane::Got;

class IpcLaneTest : public ::testing::Test {
 protected:
  static std::array<int, 2> pair() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    return ends;
  }
  static std::string frame_of(const std::string& body) {
    std::string frame;
    begin_frame(frame, FrameKind::kCall, 18, 1);
    frame += body;
    finish_frame(frame);
    return frame;
  }
  static IpcLane::Deadline soon() { return std::chrono::steady_clock::now() + 20s; }

  const std::array<int, 2> ends_ = pair();
  IpcLane here_{ends_[0], {.in = 1 << 20, .out = 1 << 20}};
  IpcLane there_{ends_[1], {.in = 1 << 20, .out = 1 << 20}};
  Frame frame_;
};

TEST_F(IpcLaneTest, AFrameLargerThanTheSocketHoldsComesWhole) {
  const std::string body(1 << 20, 'x');
  std::jthread sender([&] { EXPECT_EQ(here_.send(frame_of(body), soon()), Got::kFrame); });
  ASSERT_EQ(there_.receive(frame_, soon()), Got::kFrame);
  EXPECT_EQ(frame_.body, body);
}

TEST_F(IpcLaneTest, FramesThatCameTogetherAreTakenOneByOne) {
  for (const char* body : {"one", "", "three"})
    ASSERT_EQ(here_.send(frame_of(body), soon()), Got::kFrame);
  for (const char* body : {"one", "", "three"}) {
    ASSERT_EQ(there_.receive(frame_, soon()), Got::kFrame);
    EXPECT_EQ(frame_.body, body);
  }
  EXPECT_EQ(there_.receive(frame_, IpcLane::Deadline::min()), Got::kLate)
      << "and then none is there";
}

TEST_F(IpcLaneTest, WhatIsOverTheLimitIsNotSentAndNotTaken) {
  EXPECT_EQ(here_.send(frame_of(std::string((1 << 20) + 1, 'x')), soon()), Got::kBroken);
  EXPECT_THAT(here_.why_broken(), HasSubstr("frame_max"));
  ASSERT_EQ(here_.send(frame_of("fits"), soon()), Got::kFrame) << "the lane is as good as before";
  ASSERT_EQ(there_.receive(frame_, soon()), Got::kFrame);

  const std::string garbage(64, '?');
  ASSERT_EQ(::send(ends_[0], garbage.data(), garbage.size(), 0), 64);
  EXPECT_EQ(there_.receive(frame_, soon()), Got::kBroken);
  EXPECT_THAT(there_.why_broken(), HasSubstr("none of this protocol"));
}

TEST_F(IpcLaneTest, WhoDoesNotReadHoldsTheSenderOnlyUntilItsDeadline) {
  Got got = Got::kFrame;
  for (int i = 0; i < 10'000 && got == Got::kFrame; ++i)
    got = here_.send(frame_of(std::string(10'000, 'x')), IpcLane::Deadline::min());
  EXPECT_EQ(got, Got::kLate);
}

TEST_F(IpcLaneTest, ShutFromAnotherThreadWakesWhoWaits) {
  std::jthread shutter([&] { here_.shut(); });
  EXPECT_EQ(here_.receive(frame_, IpcLane::kForever), Got::kClosed);
  EXPECT_EQ(there_.receive(frame_, soon()), Got::kClosed);
  EXPECT_EQ(there_.send(frame_of("?"), soon()), Got::kClosed);
}

}  // namespace
}  // namespace parley::loader
