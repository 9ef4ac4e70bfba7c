// SPDX-License-Identifier: Apache-2.0
// One end of a socketpair that carries frames.
//
// A lane belongs to one symbolic thread: calls on it nest, they never overlap, so a frame that comes
// in is either the answer to the innermost call or a call made while it runs. Ownership: owns the
// descriptor. Thread: one at a time; shut() from any. Lifetime: once closed or broken it stays so.
// Failure: kClosed when the other end is gone, kLate when the time is up, kBroken with a sentence
// when the bytes are no frames.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "loader/ipc_frame.h"

namespace parley::loader {

struct Frame {
  FrameHeader header;
  std::string body;
};

class IpcLane {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  static constexpr Deadline kForever = Deadline::max();
  enum class Got { kFrame, kLate, kClosed, kBroken };

  // Bytes of one frame's body. The server bounds what it takes from a child; what it says itself is
  // bounded where it comes from.
  struct Limits {
    std::size_t in = kLargestBody, out = kLargestBody;
  };
  IpcLane(int fd, Limits limits) : fd_(fd), limits_(limits) {}
  ~IpcLane();
  IpcLane(const IpcLane&) = delete;
  IpcLane& operator=(const IpcLane&) = delete;

  // A frame made with begin_frame() and finish_frame(). kBroken: its body is over the limit, it was
  // not sent.
  Got send(const std::string& frame, Deadline deadline);
  // A deadline in the past: only what is there already.
  Got receive(Frame& into, Deadline deadline);
  // Wakes whoever waits here; nothing goes through any more.
  void shut();

  int fd() const { return fd_; }
  const std::string& why_broken() const { return why_; }

 private:
  Got wait(short event, Deadline deadline) const;
  Got fill(Deadline deadline);

  const int fd_;
  const Limits limits_;
  std::string in_;  // bytes read, from at_ on not yet taken
  std::size_t at_ = 0;
  std::string why_;
};

}  // namespace parley::loader
