// SPDX-License-Identifier: Apache-2.0
// One WebSocket: whole messages in, frames out, and the rules of RFC 6455 in between.
//
// Ownership: its shard owns it; the handler gets it in on_open and may keep the pointer until
// on_closed returns. Thread: everything here, callbacks included, runs on shard()'s thread; from
// elsewhere, post there. Lifetime: on_closed comes exactly once after on_open, never from inside
// send() or close(), and is the last call. Failure: broken input closes the connection with 1002,
// 1007 or 1009; a peer that does not read, answer or finish with 4403, 4404 or 1008; a lost
// connection shows as 1006. Limits: config::WebSocket, Outbox and Limits.frame.
//
//   class Game : public WebSocketHandler {
//     void on_open(WebSocketConnection& c, const HttpRequestHead& head) override {
//     c.set_user_data(new Player); } void on_text(WebSocketConnection& c, std::string_view text)
//     override { c.send(answer_to(text)); } void on_closed(WebSocketConnection& c, uint16_t,
//     std::string_view) override { delete player_of(c); }
//   };
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/frame.h"
#include "net/ip_address.h"

namespace parley::net {

class Shard;
class WebSocketConnection;
struct HttpRequestHead;

// What became of a frame. kQueued: the socket is full and the frame waits; kCrowded: it waits too,
// and more than the soft cap does; kDropped: volatile and over the soft cap.
enum class SendResult { kSent, kQueued, kCrowded, kDropped, kClosed };

struct SendOptions {
  bool volatile_ = false;  // may be dropped when the client does not keep up
};

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void on_open(WebSocketConnection& connection, const HttpRequestHead& head) = 0;
  virtual void on_text(WebSocketConnection& connection,
                       std::string_view text) = 0;  // valid during the call
  virtual void on_binary(WebSocketConnection& connection, std::string_view data) = 0;
  // The outbox was over its soft cap and is empty again: time to catch up.
  virtual void on_drained(WebSocketConnection&) {}
  // The hard cap was exceeded for too long, or all outboxes together are too big; the close with
  // 4403 follows.
  virtual void on_slow(WebSocketConnection&) {}
  // move_to(): last call on the old shard's thread, then first one on the new one's. In between
  // nobody may touch the connection.
  virtual void on_leaving(WebSocketConnection&) {}
  virtual void on_arrived(WebSocketConnection&) {}
  virtual void on_closed(WebSocketConnection& connection, std::uint16_t code,
                         std::string_view reason) = 0;
};

class WebSocketConnection {
 public:
  // Sends made during one turn go out together at its end.
  SendResult send(std::string_view text, SendOptions options = {});
  SendResult send(const SharedFrame& frame, SendOptions options = {});
  SendResult send_binary(std::string_view data, SendOptions options = {});

  // Starts the closing handshake; reason is cut to 123 bytes at a character's border. What was sent
  // before still goes out. Further sends give kClosed. The socket is cut after
  // config::WebSocket.close_timeout.
  void close(std::uint16_t code, std::string_view reason = {});

  // From the end of this turn on the connection lives on that shard. What the peer sends meanwhile
  // is delivered there, after on_arrived. A connection that ends before does not move.
  void move_to(Shard& shard);

  bool is_open() const;
  std::uint64_t id() const;          // never reused while the process runs
  std::size_t queued_bytes() const;  // what the client has not taken
  bool over_soft_cap() const;
  IpAddress peer() const;  // after trusted proxies
  std::string peer_address() const { return peer().to_string(); }
  Shard& shard() const;
  void* user_data() const { return user_data_; }
  void set_user_data(void* data) { user_data_ = data; }

 protected:
  WebSocketConnection() = default;
  ~WebSocketConnection() = default;

 private:
  void* user_data_ = nullptr;
};

}  // namespace parley::net
