// SPDX-License-Identifier: Apache-2.0
#include "loader/ipc_frame.h"

#include <cstring>

namespace parley::loader {
namespace {

template <typename Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

template <typename Number>
void append(std::string& out, Number number) {
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

Status refused(std::string why) {
  return Status(ErrorCode::kPluginError, "a frame that is none of this protocol: " + why);
}

Status check(std::string_view bytes, std::size_t max_body) {
  const auto length = number_at<std::uint32_t>(bytes, 0);
  const auto kind = number_at<std::uint8_t>(bytes, 4);
  if (kind < 1 || kind > 3) return refused("kind " + std::to_string(kind));
  if (bytes[5] != 0) return refused("its reserved byte is not 0");
  if (number_at<std::uint16_t>(bytes, 6) == 0) return refused("op 0");
  if (length > max_body) {
    return refused("a body of " + std::to_string(length) + " bytes, the limit is " +
                   std::to_string(max_body) + " (plugins.isolation.frame_max)");
  }
  return Status::ok();
}

}  // namespace

Result<std::optional<FrameView>> parse_frame(std::string_view bytes, std::size_t max_body) {
  if (bytes.size() < kFrameHeaderSize) return std::optional<FrameView>();
  if (auto status = check(bytes, max_body); !status) return status;
  FrameView frame;
  frame.header.length = number_at<std::uint32_t>(bytes, 0);
  frame.header.kind = static_cast<FrameKind>(bytes[4]);
  frame.header.op = number_at<std::uint16_t>(bytes, 6);
  frame.header.id = number_at<std::uint64_t>(bytes, 8);
  if (bytes.size() - kFrameHeaderSize < frame.header.length) return std::optional<FrameView>();
  frame.body = bytes.substr(kFrameHeaderSize, frame.header.length);
  return std::optional<FrameView>(frame);
}

void begin_frame(std::string& out, FrameKind kind, std::uint16_t op, std::uint64_t id) {
  append(out, std::uint32_t{0});
  append(out, static_cast<std::uint8_t>(kind));
  append(out, std::uint8_t{0});
  append(out, op);
  append(out, id);
}

void finish_frame(std::string& out, std::size_t at) {
  const auto length = static_cast<std::uint32_t>(out.size() - at - kFrameHeaderSize);
  std::memcpy(out.data() + at, &length, sizeof length);
}

}  // namespace parley::loader
