// SPDX-License-Identifier: Apache-2.0
// What stands behind a WebSocketConnection: the protocol object of an upgraded Transport.
//
// Ownership: the transport owns it. Thread: the shard's. The closing handshake, pings and all
// time-outs are here; one timer serves them, and a message that arrives touches none.
#pragma once

#include "net/transport.h"
#include "net/websocket_connection.h"
#include "net/websocket_protocol.h"

namespace parley::net {

class WebSocketEndpoint final : public Protocol, public WebSocketConnection {
 public:
  WebSocketEndpoint(Transport& transport, WebSocketHandler& handler);
  ~WebSocketEndpoint() override;

  void open(const HttpRequestHead& head);

  void on_bytes(char* data, std::size_t size) override;
  void on_lost() override;
  void on_flushed(bool empty) override;
  void on_timer() override;
  void on_drain() override;
  void on_stop() override;
  void on_leave() override;
  void on_arrive() override;

 private:
  friend class WebSocketConnection;
  using TimePoint = Clock::TimePoint;
  static constexpr TimePoint kNone{};
  enum class State : std::uint8_t { kOpen, kClosing, kClosed };

  SendResult send_frame(Opcode opcode, std::string_view payload, SendOptions options);
  SendResult send_shared(const SharedFrame& frame, SendOptions options);
  bool refuses(SendOptions options);
  SendResult queued_now();
  void crowded();
  void move_to(Shard& to);
  void start_close(std::uint16_t code, std::string_view reason);
  void append_close(std::uint16_t code, std::string_view reason);
  void take(const Incoming& incoming);
  void take_control(const Incoming& incoming);
  void peer_closes(const Incoming& incoming);
  void fail(std::uint16_t code, std::string_view reason);
  void slow();
  void closed(std::uint16_t code, std::string_view reason);
  void count_error(std::uint16_t code);
  void watch_message();
  bool check_deadlines(TimePoint now);
  void check_ping(TimePoint now);
  TimePoint closing_due() const;
  void schedule();
  void wake_by(TimePoint when);
  bool expired(TimePoint since, Millis limit, TimePoint now) const;
  const config::WebSocket& limits() const { return transport_.service().websocket; }
  const config::Outbox& caps() const { return transport_.service().outbox; }
  NetStats& stats() { return transport_.shard().counters(); }

  Transport& transport_;
  WebSocketHandler& handler_;
  WebSocketProtocol protocol_;
  const std::uint64_t id_;
  State state_ = State::kOpen;
  bool over_soft_ = false;
  bool moving_ = false;
  bool awaiting_pong_ = false;
  std::uint16_t close_code_ = 0;
  std::uint16_t control_frames_ = 0;
  TimePoint control_window_ = kNone;
  TimePoint last_frame_ = kNone;
  TimePoint last_ping_ = kNone;
  TimePoint message_since_ = kNone;
  TimePoint over_hard_since_ = kNone;
  TimePoint closing_since_ = kNone;
  TimePoint timer_due_ = kNone;
  std::string kept_;  // came while it moves to another shard
};

}  // namespace parley::net
