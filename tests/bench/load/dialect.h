// SPDX-License-Identifier: Apache-2.0
// How each server under test wants to be spoken to. Everything above this file is the same for all.
//
// Ownership: plain values and views into the caller's buffers. Thread: one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::bench {

// What a frame from the server means to the generator.
struct Heard {
  enum Kind { kReply, kPush, kError, kKeepAlive, kOther };
  Kind kind = kOther;
  std::uint64_t id = 0;  // of a reply
};

// The next thing to do while a connection is being set up.
struct Greeting {
  bool done = false;
  std::string say;  // empty: wait for the next frame
};

class Dialect {
 public:
  virtual ~Dialect() = default;
  virtual std::string path() const = 0;
  // Called with an empty frame after the upgrade, then with every frame until it is done.
  virtual Greeting greet(int connection, std::string_view frame) const = 0;
  // Appends one command; `arguments` are JSON members without the braces.
  virtual void command(std::string& out, std::uint64_t id, std::string_view name,
                       std::string_view arguments) const = 0;
  virtual Heard hear(std::string_view frame) const = 0;
};

// parley, ws-json (one JSON object per frame, no greeting) or socket.io; null for another name.
std::unique_ptr<Dialect> make_dialect(std::string_view name);

// The number or the digits that begin the string behind `key` (written as "key":).
std::optional<std::uint64_t> number_behind(std::string_view frame, std::string_view key);

}  // namespace parley::bench
