// SPDX-License-Identifier: Apache-2.0
#include "loader/ipc_lane.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::loader {
namespace {

constexpr std::size_t kRead = 64 * 1024;

bool is_over(IpcLane::Deadline deadline) {
  return deadline != IpcLane::kForever && std::chrono::steady_clock::now() >= deadline;
}

// Milliseconds for poll, rounded up so that it is not woken early and asked again.
int milliseconds_until(IpcLane::Deadline deadline) {
  if (deadline == IpcLane::kForever) return -1;
  if (is_over(deadline)) return 0;  // before subtracting: the past may be as far as it goes
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace

IpcLane::~IpcLane() {
  ::close(fd_);
}

void IpcLane::shut() {
  ::shutdown(fd_, SHUT_RDWR);
}

IpcLane::Got IpcLane::wait(short event, Deadline deadline) const {
  for (;;) {
    pollfd ready{fd_, event, 0};
    if (::poll(&ready, 1, milliseconds_until(deadline)) > 0) return Got::kFrame;
    if (is_over(deadline)) return Got::kLate;
  }
}

IpcLane::Got IpcLane::send(const std::string& frame, Deadline deadline) {
  if (frame.size() - kFrameHeaderSize > limits_.out) {
    why_ = "a frame of " + std::to_string(frame.size()) + " bytes, the limit is " +
           std::to_string(limits_.out) + " (plugins.isolation.frame_max)";
    return Got::kBroken;
  }
  for (std::size_t done = 0; done < frame.size();) {
    const auto sent =
        ::send(fd_, frame.data() + done, frame.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      done += static_cast<std::size_t>(sent);
    } else if (errno == EAGAIN) {
      if (const auto got = wait(POLLOUT, deadline); got != Got::kFrame) return got;
    } else if (errno != EINTR) {
      return Got::kClosed;
    }
  }
  return Got::kFrame;
}

IpcLane::Got IpcLane::fill(Deadline deadline) {
  if (at_ > 0) in_.erase(0, std::exchange(at_, 0));
  std::array<char, kRead> buffer;
  for (;;) {
    const auto got = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) {
      in_.append(buffer.data(), static_cast<std::size_t>(got));
      return Got::kFrame;
    }
    if (got == 0) return Got::kClosed;
    if (errno == EAGAIN) {
      if (const auto ready = wait(POLLIN, deadline); ready != Got::kFrame) return ready;
    } else if (errno != EINTR) {
      return Got::kClosed;
    }
  }
}

IpcLane::Got IpcLane::receive(Frame& into, Deadline deadline) {
  for (;;) {
    const auto parsed = parse_frame(std::string_view(in_).substr(at_), limits_.in);
    if (!parsed) {
      why_ = parsed.status().message();
      return Got::kBroken;
    }
    if (*parsed) {
      into.header = (*parsed)->header;
      into.body.assign((*parsed)->body);
      at_ += (*parsed)->size();
      return Got::kFrame;
    }
    if (const auto got = fill(deadline); got != Got::kFrame) return got;
  }
}

}  // namespace parley::loader
