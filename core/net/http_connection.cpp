// SPDX-License-Identifier: Apache-2.0
#include "net/http_connection.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "net/forwarded.h"
#include "net/websocket_endpoint.h"

namespace parley::net {

// Where each head says how large its body may be, no length is refused before that.
HttpConnection::HttpConnection(Transport& transport)
    : transport_(transport),
      codec_(limits().max_header, transport.service().body ? std::numeric_limits<std::size_t>::max()
                                                           : limits().max_body) {
  enter(Phase::kHeader);
}

HttpConnection::~HttpConnection() {
  exchange_done();
}

// --- Input
// -------------------------------------------------------------------------------------------------

void HttpConnection::on_bytes(char* data, std::size_t size) {
  if (phase_ == Phase::kBusy || crowded()) {
    // One request at a time: what is pipelined waits here, and the rest in the kernel.
    pending_.append(data, size);
    return transport_.pause_reading(true);
  }
  if (pending_.empty()) return run(data, size);
  pending_.append(data, size);
  resume();
}

// Requests are short and answers long: who pipelines without reading must not fill the memory.
bool HttpConnection::crowded() const {
  return transport_.queued() > transport_.service().outbox.soft_cap;
}

void HttpConnection::resume() {
  std::string held = std::exchange(pending_, {});
  run(held.data(), held.size());
}

void HttpConnection::run(char* data, std::size_t size) {
  running_ = true;
  while (step(data, size)) {
  }
  running_ = false;
  if (size > 0 && !upgraded_ && !closing_) pending_.append(data, size);
}

// False when more bytes, an answer or nothing at all is awaited.
bool HttpConnection::step(char*& data, std::size_t& size) {
  if (closing_ || upgraded_ || phase_ == Phase::kBusy || transport_.over()) return false;
  if (crowded()) return false;  // on_flushed goes on
  if (phase_ == Phase::kIdle) {
    if (size == 0) return false;
    enter(Phase::kHeader);
  }
  const auto step = codec_.feed({data, size});
  data += step.used;
  size -= step.used;
  switch (step.event) {
    case HttpCodec::Event::kNeedMore:
      return false;
    case HttpCodec::Event::kError:
      refuse(step.status, step.sentence);
      return false;
    case HttpCodec::Event::kHeader:
      begin_request(data, size);
      return true;
    case HttpCodec::Event::kRequest:
      dispatch();
      return true;
  }
  return false;
}

void HttpConnection::begin_request(char* rest, std::size_t size) {
  first_ = false;
  keep_alive_ = codec_.keep_alive() && !transport_.shard().draining();
  auto head = codec_.head();
  head_only_ = head.method == "HEAD";
  http10_ = codec_.http10();
  if (WebSocketProtocol::wants_upgrade(head)) {
    complete(head);
    return upgrade(head, rest, size);
  }
  if (!keep_body_small(head)) return;
  if (codec_.expects_continue() && size == 0) {
    transport_.outbox().append("HTTP/1.1 100 Continue\r\n\r\n");
    transport_.output_added();
  }
  enter(Phase::kBody);
}

// False: it is refused already.
bool HttpConnection::keep_body_small(HttpRequestHead& head) {
  const auto& policy = transport_.service().body;
  if (!policy) return true;
  complete(head);
  auto terms = policy(head);
  if (terms.refusal) {
    refuse(std::move(*terms.refusal));
    return false;
  }
  hold_ = std::move(terms.hold);
  if (codec_.limit_body(terms.limit)) return true;
  refuse(413,
         "The request's body is larger than it may be: http.max_body, or plugins.upload_max for "
         "the upload of a plugin by an operator. An operator may raise them.\n");
  return false;
}

void HttpConnection::complete(HttpRequestHead& head) const {
  const PeerInfo& peer = transport_.peer();
  head.peer = peer.address;
  head.secure = transport_.secure();
  head.local = peer.local;
  head.uid = peer.uid;
  head.pid = peer.pid;
  head.local_port = peer.local_port;
  apply_forwarded(head, transport_.service().trusted_proxies);
}

void HttpConnection::dispatch() {
  HttpRequest request = codec_.take();
  request.hold = std::move(hold_);
  complete(request);
  transport_.shard().counters().http_requests.bump();
  enter(Phase::kBusy);
  if (request.method == "OPTIONS" && !transport_.service().options) {
    return write(
        HttpResponse::text(405, "OPTIONS is not served here.\n").with("Allow", "GET, HEAD, POST"));
  }
  exchange_ = std::make_shared<HttpExchange>();
  exchange_->shard = &transport_.shard();
  exchange_->connection = this;
  transport_.service().handle(request, HttpResponder(exchange_));
}

// --- Upgrade
// -----------------------------------------------------------------------------------------------

HttpResponse HttpConnection::ask_policy(const HttpRequestHead& head, WebSocketHandler*& handler) {
  const Service& service = transport_.service();
  if (!service.upgrade) return HttpResponse::text(404, "There is no WebSocket here.\n");
  if (head.has_header("Content-Length") || head.has_header("Transfer-Encoding")) {
    return HttpResponse::text(400, "A WebSocket handshake has no body.\n");
  }
  HttpResponse answer = WebSocketProtocol::handshake(head);
  if (answer.status != 101) return answer;
  // A proxy's connections were admitted without a rate; each client behind it has one of its own.
  const bool forwarded = head.peer != transport_.peer().address;
  if (forwarded && transport_.admission() && !transport_.admission()->within_rate(head.peer)) {
    transport_.shard().counters().of(Refusal::kRate).bump();
    return HttpResponse::text(429, "Too many new connections from this address; wait a second.\n");
  }
  auto verdict = service.upgrade(head);
  if (auto* refusal = std::get_if<HttpResponse>(&verdict)) return std::move(*refusal);
  handler = std::get<WebSocketHandler*>(verdict);
  return answer;
}

void HttpConnection::upgrade(const HttpRequestHead& head, char* rest, std::size_t size) {
  WebSocketHandler* handler = nullptr;
  HttpResponse answer = ask_policy(head, handler);
  if (!handler) return refuse(std::move(answer));
  // The outbox must hold frames only from here on.
  if (transport_.queued() > 0) transport_.flush();
  if (transport_.queued() > 0) return refuse(503, "Read the answers before upgrading.\n");
  become_websocket(head, *handler, answer, rest, size);
}

void HttpConnection::become_websocket(const HttpRequestHead& head, WebSocketHandler& handler,
                                      const HttpResponse& answer, char* rest, std::size_t size) {
  upgraded_ = true;
  transport_.outbox().append(
      std::make_shared<const std::string>(HttpCodec::write_head(answer, 0, {.keep_alive = true})));
  transport_.set_peer(head.peer);
  auto endpoint = std::make_unique<WebSocketEndpoint>(transport_, handler);
  auto* websocket = endpoint.get();
  transport_.become(std::move(endpoint));
  websocket->open(head);
  if (size > 0 && !transport_.over()) websocket->on_bytes(rest, size);
}

// --- Output
// ------------------------------------------------------------------------------------------------

void HttpConnection::answer(HttpResponse response) {
  if (streaming_) return;
  exchange_done();
  write(std::move(response));
}

void HttpConnection::write(HttpResponse response) {
  if (response.shared_body) response.body.clear();
  const std::size_t size =
      response.shared_body ? response.shared_body->size() : response.body.size();
  auto& outbox = transport_.outbox();
  outbox.append(
      HttpCodec::write_head(response, size, {.keep_alive = keep_alive_, .http10 = http10_}));
  if (!head_only_ && response.status != 304 && response.status != 204) {
    outbox.append(response.body);
    outbox.append(std::move(response.shared_body));
  }
  transport_.output_added();
  if (!keep_alive_) closing_ = true;
  enter(Phase::kIdle);
  if (running_ || closing_) return;
  transport_.pause_reading(false);
  resume();
}

void HttpConnection::begin_stream(HttpResponse head) {
  streaming_ = true;
  if (http10_) keep_alive_ = false;
  transport_.outbox().append(HttpCodec::write_head(
      head, 0, {.keep_alive = keep_alive_, .chunked = !http10_, .http10 = http10_}));
  transport_.output_added();
}

void HttpConnection::write_stream(std::string_view data) {
  if (!streaming_ || head_only_) return;
  if (transport_.queued() > transport_.service().outbox.hard_cap) {
    transport_.flush();
    if (transport_.queued() > transport_.service().outbox.hard_cap) {
      transport_.shard().counters().slow_closes.bump();
      on_lost();
      return transport_.abort();
    }
  }
  auto& outbox = transport_.outbox();
  if (!http10_) {
    char size[20];
    auto [end, error] = std::to_chars(size, size + 16, data.size(), 16);
    *end++ = '\r';
    *end++ = '\n';
    outbox.append({size, static_cast<std::size_t>(end - size)});
  }
  outbox.append(data);
  if (!http10_) outbox.append("\r\n");
  transport_.output_added();
  if (exchange_) exchange_->queued.store(transport_.queued(), std::memory_order_relaxed);
}

void HttpConnection::end_stream() {
  if (!std::exchange(streaming_, false)) return;
  exchange_done();
  if (!http10_ && !head_only_) transport_.outbox().append("0\r\n\r\n");
  transport_.output_added();
  if (!keep_alive_) closing_ = true;
  enter(Phase::kIdle);
  if (running_ || closing_) return;
  transport_.pause_reading(false);
  resume();
}

void HttpConnection::refuse(int status, std::string_view sentence) {
  refuse(HttpResponse::text(status, std::string(sentence)));
}

void HttpConnection::refuse(HttpResponse response) {
  keep_alive_ = false;
  write(std::move(response));
}

void HttpConnection::exchange_done() {
  if (!exchange_) return;
  exchange_->connection = nullptr;
  exchange_->gone.store(true, std::memory_order_relaxed);
  exchange_.reset();
}

void HttpConnection::on_flushed(bool empty) {
  if (exchange_) exchange_->queued.store(transport_.queued(), std::memory_order_relaxed);
  since_ = phase_ == Phase::kIdle || phase_ == Phase::kBusy ? transport_.shard().now() : since_;
  if (!empty) return;
  if (closing_) return transport_.finish();
  if (phase_ == Phase::kBusy || upgraded_) return;
  transport_.pause_reading(false);
  if (!pending_.empty()) resume();
}

// --- The end
// -----------------------------------------------------------------------------------------------

void HttpConnection::on_lost() {
  exchange_done();
}

bool HttpConnection::on_eof() {
  if (phase_ != Phase::kBusy && transport_.queued() == 0) return false;
  keep_alive_ = false;
  if (phase_ == Phase::kIdle) closing_ = true;
  return true;
}

void HttpConnection::on_drain() {
  keep_alive_ = false;
  if (phase_ == Phase::kHeader || phase_ == Phase::kBody) return on_timer();
  if (phase_ != Phase::kIdle || streaming_) return;
  closing_ = true;
  transport_.output_added();
}

// What was not a whole request by the end of the grace was not begun: it may be sent again.
void HttpConnection::leave_for_drain() {
  if (phase_ == Phase::kBusy || transport_.queued() > 0) {
    on_lost();
    return transport_.abort();
  }
  if (phase_ == Phase::kIdle || (phase_ == Phase::kHeader && pending_.empty()))
    return transport_.finish();
  refuse(503, "The server is shutting down; try again in a moment.\n");
}

// --- Time
// --------------------------------------------------------------------------------------------------

void HttpConnection::enter(Phase phase) {
  phase_ = phase;
  since_ = transport_.shard().now();
  on_timer();
}

HttpConnection::TimePoint HttpConnection::deadline() const {
  const auto due = usual_deadline();
  const auto& shard = transport_.shard();
  const bool unfinished = phase_ == Phase::kHeader || phase_ == Phase::kBody;
  if (!unfinished || !shard.draining() || due <= shard.now()) return due;
  return shard.now() + shard.patience(std::chrono::ceil<Millis>(due - shard.now()));
}

HttpConnection::TimePoint HttpConnection::usual_deadline() const {
  switch (phase_) {
    case Phase::kHeader: {
      const auto& websocket = transport_.service().websocket;
      return since_ + (first_ ? std::min(limits().header_timeout, websocket.handshake_timeout)
                              : limits().header_timeout);
    }
    case Phase::kBody: {
      // The same grace as the header had, then what came must keep up with the rate.
      const auto rate = std::max<std::size_t>(limits().min_body_rate, 1);
      const Millis earned(static_cast<std::int64_t>(codec_.body_received() * 1000 / rate));
      return since_ + limits().header_timeout + earned;
    }
    default:
      return since_ + limits().idle_timeout;
  }
}

void HttpConnection::on_timer() {
  if (upgraded_ || transport_.over()) return;
  const auto now = transport_.shard().now();
  const auto due = deadline();
  // A busy connection waits for the server, not the client; only what it does not read can expire.
  const bool waiting = phase_ == Phase::kBusy && transport_.queued() == 0;
  if (due > now || waiting) {
    return transport_.arm(due > now ? std::chrono::ceil<Millis>(due - now) : limits().idle_timeout);
  }
  if (transport_.shard().draining()) return leave_for_drain();
  transport_.shard().counters().timeouts.bump();
  if (phase_ == Phase::kBusy || transport_.queued() > 0) {
    on_lost();
    return transport_.abort();
  }
  if (phase_ == Phase::kIdle || (phase_ == Phase::kHeader && pending_.empty())) {
    return transport_.finish();
  }
  refuse(408, phase_ == Phase::kBody ? "The request's body came too slowly.\n"
                                     : "The request's headers took too long.\n");
}

}  // namespace parley::net
