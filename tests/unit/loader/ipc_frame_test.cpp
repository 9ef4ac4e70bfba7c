// SPDX-License-Identifier: Apache-2.0
// Frames between the server and a child: what is one, what is none yet, what never will be.
#include "loader/ipc_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

std::string frame_of(std::string_view body, FrameKind kind = FrameKind::kCall,
                     std::uint16_t op = 18, std::uint64_t id = 7) {
  std::string frame;
  begin_frame(frame, kind, op, id);
  frame += body;
  finish_frame(frame);
  return frame;
}

std::string refusal(const std::string& bytes, std::size_t max_body = 1000) {
  const auto parsed = parse_frame(bytes, max_body);
  return parsed ? std::string("accepted") : parsed.status().message();
}

TEST(IpcFrameTest, WhatWasWrittenIsRead) {
  const auto bytes = frame_of("body", FrameKind::kReturn, 300, ~std::uint64_t{0}) + "more";
  const auto parsed = parse_frame(bytes, 1000);
  ASSERT_TRUE(parsed);
  ASSERT_TRUE(*parsed);
  EXPECT_EQ((*parsed)->header.kind, FrameKind::kReturn);
  EXPECT_EQ((*parsed)->header.op, 300);
  EXPECT_EQ((*parsed)->header.id, ~std::uint64_t{0});
  EXPECT_EQ((*parsed)->body, "body");
  EXPECT_EQ((*parsed)->size(), 20u) << "the rest is the next frame's";
}

TEST(IpcFrameTest, EveryBeginningOfAFrameIsNoneYet) {
  const auto whole = frame_of("body");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto parsed = parse_frame(std::string_view(whole).substr(0, size), 1000);
    ASSERT_TRUE(parsed) << size;
    EXPECT_FALSE(*parsed) << size;
  }
}

TEST(IpcFrameTest, FramesBehindEachOtherInOneBufferAreAllFound) {
  std::string bytes = frame_of("one");
  const auto second = bytes.size();
  begin_frame(bytes, FrameKind::kNotice, 16, 0);
  bytes += "two";
  finish_frame(bytes, second);
  EXPECT_EQ((**parse_frame(bytes, 1000)).body, "one");
  EXPECT_EQ((**parse_frame(bytes.substr(second), 1000)).body, "two");
}

TEST(IpcFrameTest, WhatCannotBeOneIsRefusedByItsHeaderAlone) {
  auto bytes = frame_of("body").substr(0, kFrameHeaderSize);
  bytes[4] = 0;
  EXPECT_THAT(refusal(bytes), HasSubstr("kind 0"));
  bytes[4] = 4;
  EXPECT_THAT(refusal(bytes), HasSubstr("kind 4"));
  bytes = frame_of("body").substr(0, kFrameHeaderSize);
  bytes[5] = 1;
  EXPECT_THAT(refusal(bytes), HasSubstr("reserved"));
  EXPECT_THAT(refusal(frame_of("", FrameKind::kCall, 0)), HasSubstr("op 0"));
  EXPECT_THAT(refusal(frame_of(std::string(1001, 'x')).substr(0, kFrameHeaderSize)),
              HasSubstr("1001 bytes, the limit is 1000 (plugins.isolation.frame_max)"));
  EXPECT_EQ(refusal(frame_of(std::string(1000, 'x'))), "accepted");
}

}  // namespace
}  // namespace parley::loader
