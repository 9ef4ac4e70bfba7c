// SPDX-License-Identifier: Apache-2.0
// RFC 6455 without I/O: bytes in, messages and control frames out. The library behind it is seen by
// one file only.
//
// Purpose: handshake, frame checks, unmasking, UTF-8, close codes. Ownership: one per connection;
// buffers for incomplete messages come from a pool of the thread. Thread: made, used and destroyed
// on one thread. Lifetime: a payload is valid until the next call of next(), and while the input
// buffer is not touched. Failure: kError carries the close code the sender deserves; nothing may be
// read after it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_message.h"

namespace parley::net {

inline constexpr char kSubprotocol[] = "parley.v1.json";

struct Incoming {
  enum class Kind { kNeedMore, kText, kBinary, kPing, kPong, kClose, kError };
  Kind kind = Kind::kNeedMore;
  std::uint16_t code = 0;    // kClose: the peer's, 1005 without one; kError: what to close with
  std::string_view payload;  // kClose: the reason; kError: a sentence
};

class WebSocketProtocol {
 public:
  WebSocketProtocol(std::size_t max_message, int max_fragments);
  ~WebSocketProtocol();
  WebSocketProtocol(const WebSocketProtocol&) = delete;
  WebSocketProtocol& operator=(const WebSocketProtocol&) = delete;

  // Takes bytes off the front of the input until a message or control frame is whole. The input is
  // unmasked in place.
  Incoming next(char*& data, std::size_t& size);
  // A message or frame was begun and is not whole.
  bool in_progress() const;

  static bool wants_upgrade(const HttpRequestHead& head);
  // 101 with its headers, or the answer that says what is wrong (400, 426).
  static HttpResponse handshake(const HttpRequestHead& head);
  // False for codes that RFC 6455 forbids on the wire.
  static bool may_send(std::uint16_t close_code);

 private:
  class Processor;
  std::unique_ptr<Processor> processor_;
};

}  // namespace parley::net
