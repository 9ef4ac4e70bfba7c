// SPDX-License-Identifier: Apache-2.0
// One client speaking HTTP/1.1: keep-alive, pipelining, limits of size and time, and the way out to
// WebSocket.
//
// Ownership: the transport owns it; HttpExchange is shared with the responder, which may outlive
// the connection. Thread: the shard's. Failure: broken requests are answered 400, 408, 413, 431 or
// 505, and the connection ends. Requests of one connection are handled one after another; while one
// is answered, reading pauses.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_codec.h"
#include "net/http_message.h"
#include "net/transport.h"

namespace parley::net {

class HttpConnection;

struct HttpExchange {
  Shard* shard = nullptr;
  HttpConnection* connection = nullptr;  // the shard's thread only; nullptr once answered or gone
  std::atomic<bool> gone{false};
  std::atomic<std::size_t> queued{0};
};

class HttpConnection final : public Protocol {
 public:
  explicit HttpConnection(Transport& transport);
  ~HttpConnection() override;

  void on_bytes(char* data, std::size_t size) override;
  void on_lost() override;
  bool on_eof() override;
  void on_flushed(bool empty) override;
  void on_timer() override;
  void on_drain() override;
  void on_stop() override { on_lost(); }

  // For the responder.
  void answer(HttpResponse response);
  void begin_stream(HttpResponse head);
  void write_stream(std::string_view data);
  void end_stream();

 private:
  using TimePoint = Clock::TimePoint;
  enum class Phase : std::uint8_t { kIdle, kHeader, kBody, kBusy };

  void run(char* data, std::size_t size);
  bool step(char*& data, std::size_t& size);
  void resume();
  bool crowded() const;
  void enter(Phase phase);
  void begin_request(char* rest, std::size_t size);
  bool keep_body_small(HttpRequestHead& head);
  void dispatch();
  void upgrade(const HttpRequestHead& head, char* rest, std::size_t size);
  HttpResponse ask_policy(const HttpRequestHead& head, WebSocketHandler*& handler);
  void become_websocket(const HttpRequestHead& head, WebSocketHandler& handler,
                        const HttpResponse& answer, char* rest, std::size_t size);
  void refuse(int status, std::string_view sentence);
  void refuse(HttpResponse response);
  void write(HttpResponse response);
  void exchange_done();
  void complete(HttpRequestHead& head) const;
  TimePoint deadline() const;
  TimePoint usual_deadline() const;
  void leave_for_drain();
  const config::Http& limits() const { return transport_.service().http; }

  Transport& transport_;
  HttpCodec codec_;
  Phase phase_ = Phase::kHeader;
  bool running_ = false;
  bool keep_alive_ = true;
  bool head_only_ = false;
  bool http10_ = false;
  bool streaming_ = false;
  bool closing_ = false;  // after what is queued was sent
  bool upgraded_ = false;
  bool first_ = true;
  TimePoint since_;                   // of the phase, or of the last progress in it
  std::string pending_;               // received, not parsed
  std::shared_ptr<const void> hold_;  // of the body that is being received
  std::shared_ptr<HttpExchange> exchange_;
};

}  // namespace parley::net
