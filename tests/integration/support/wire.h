// SPDX-License-Identifier: Apache-2.0
// Blocking sockets with a deadline on every call: the ground the dialogue kit stands on.
//
// Ownership: a Socket owns its descriptor; moving it moves the descriptor. Thread: one.
// Failure: every call throws TestFailure with a sentence that says what was waited for; GoogleTest
// reports an exception as the failure of the running test.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parley::test {

// Nothing in the kit waits longer than this, unless a call says so.
inline constexpr std::chrono::milliseconds kPatience{10'000};

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;
inline Deadline within(std::chrono::milliseconds time) {
  return Clock::now() + time;
}

class TestFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Socket {
 public:
  static Socket tcp(std::uint16_t port);         // 127.0.0.1
  static Socket local(const std::string& path);  // Unix stream socket
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  void send_all(std::string_view bytes, Deadline deadline);
  // As send_all, but a peer that hangs up meanwhile is no failure: it may refuse before it read
  // everything.
  void send_what_it_takes(std::string_view bytes, Deadline deadline);
  // Appends what is there to `into`; false at the end of the stream or when the peer reset it.
  // Throws when `deadline` passes first, naming `awaited`.
  bool receive(std::string& into, Deadline deadline, const std::string& awaited);
  // Bytes that are there within `time`; false when none came.
  bool readable(std::chrono::milliseconds time) const;
  void close();
  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }

 private:
  explicit Socket(int fd) : fd_(fd) {}
  bool send_some(std::string_view& bytes, Deadline deadline);
  int fd_ = -1;
};

// Text for a failure: control characters escaped, cut after `most` bytes.
std::string shown(std::string_view bytes, std::size_t most = 400);

}  // namespace parley::test
