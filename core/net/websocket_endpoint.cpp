// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_endpoint.h"

#include <algorithm>
#include <atomic>

namespace parley::net {
namespace {

constexpr std::size_t kMaxReason = 123;  // a control frame holds 125 bytes, two are the code
constexpr std::uint16_t kAbnormal = 1006, kNoCode = 1005, kGoingAway = 1001, kPolicy = 1008;
constexpr std::uint16_t kSlow = 4403, kNoPong = 4404;

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::string_view cut_reason(std::string_view reason) {
  if (reason.size() <= kMaxReason) return reason;
  std::size_t end = kMaxReason;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;
  return reason.substr(0, end);
}

}  // namespace

WebSocketEndpoint::WebSocketEndpoint(Transport& transport, WebSocketHandler& handler)
    : transport_(transport),
      handler_(handler),
      protocol_(transport.service().max_message, transport.service().websocket.max_fragments),
      id_(next_id()) {
  stats().websockets.bump();
}

WebSocketEndpoint::~WebSocketEndpoint() {
  if (transport_.counted()) stats().websockets.drop();
}

void WebSocketEndpoint::open(const HttpRequestHead& head) {
  last_frame_ = last_ping_ = transport_.shard().now();
  schedule();
  handler_.on_open(*this, head);
}

// --- Input
// -------------------------------------------------------------------------------------------------

void WebSocketEndpoint::on_bytes(char* data, std::size_t size) {
  while (size > 0 && state_ != State::kClosed && !moving_) {
    const Incoming incoming = protocol_.next(data, size);
    if (incoming.kind == Incoming::Kind::kNeedMore) break;
    take(incoming);
  }
  if (moving_) kept_.append(data, size);
  if (state_ != State::kClosed) watch_message();
}

void WebSocketEndpoint::take(const Incoming& incoming) {
  last_frame_ = transport_.shard().now();
  awaiting_pong_ = false;  // any whole frame is a sign of life
  switch (incoming.kind) {
    case Incoming::Kind::kText:
    case Incoming::Kind::kBinary:
      message_since_ = kNone;
      stats().messages_in.bump();
      if (state_ != State::kOpen) return;
      if (incoming.kind == Incoming::Kind::kText) {
        handler_.on_text(*this, incoming.payload);
      } else {
        handler_.on_binary(*this, incoming.payload);
      }
      return;
    case Incoming::Kind::kError:
      return fail(incoming.code, incoming.payload);
    case Incoming::Kind::kClose:
      return peer_closes(incoming);
    default:
      take_control(incoming);
  }
}

void WebSocketEndpoint::take_control(const Incoming& incoming) {
  if (expired(control_window_, Millis{1000}, last_frame_) || control_window_ == kNone) {
    control_window_ = last_frame_;
    control_frames_ = 0;
  }
  const int most = limits().max_control_rate;
  if (most > 0 && ++control_frames_ > most) return fail(kPolicy, "too many control frames");
  if (incoming.kind != Incoming::Kind::kPing || state_ != State::kOpen) return;
  char header[kMaxFrameHeader];
  const std::size_t size = write_frame_header(header, Opcode::kPong, incoming.payload.size());
  transport_.outbox().append({header, size}, incoming.payload);
  transport_.output_added();
}

void WebSocketEndpoint::peer_closes(const Incoming& incoming) {
  if (state_ == State::kClosing) {
    transport_.finish();
    return closed(close_code_, {});
  }
  append_close(incoming.code, {});
  transport_.finish();
  closed(incoming.code, incoming.payload);
}

void WebSocketEndpoint::fail(std::uint16_t code, std::string_view reason) {
  count_error(code);
  if (state_ == State::kOpen) append_close(code, reason);
  transport_.finish();
  closed(code, reason);
}

void WebSocketEndpoint::count_error(std::uint16_t code) {
  const auto kind = code == 1002   ? ProtocolError::k1002
                    : code == 1007 ? ProtocolError::k1007
                    : code == 1008 ? ProtocolError::k1008
                    : code == 1009 ? ProtocolError::k1009
                                   : ProtocolError::kOther;
  stats().of(kind).bump();
}

// A message must be whole within message_timeout of its first byte, however its bytes drip.
void WebSocketEndpoint::watch_message() {
  if (!protocol_.in_progress()) {
    message_since_ = kNone;
  } else if (message_since_ == kNone) {
    message_since_ = transport_.shard().now();
    wake_by(message_since_ + limits().message_timeout);
  }
}

// --- Output
// ------------------------------------------------------------------------------------------------

bool WebSocketEndpoint::refuses(SendOptions options) {
  if (transport_.queued() <= caps().soft_cap) return false;
  crowded();
  if (!options.volatile_ || transport_.queued() <= caps().soft_cap) return false;
  stats().drops.bump();
  return true;
}

SendResult WebSocketEndpoint::send_frame(Opcode opcode, std::string_view payload,
                                         SendOptions options) {
  if (state_ != State::kOpen) return SendResult::kClosed;
  if (refuses(options)) return SendResult::kDropped;
  char header[kMaxFrameHeader];
  const std::size_t size = write_frame_header(header, opcode, payload.size());
  transport_.outbox().append({header, size}, payload);
  return queued_now();
}

SendResult WebSocketEndpoint::send_shared(const SharedFrame& frame, SendOptions options) {
  if (state_ != State::kOpen || !frame) return SendResult::kClosed;
  if (refuses(options)) return SendResult::kDropped;
  transport_.outbox().append(frame);
  return queued_now();
}

SendResult WebSocketEndpoint::queued_now() {
  stats().messages_out.bump();
  transport_.output_added();
  if (transport_.queued() > caps().soft_cap) crowded();
  if (over_soft_) return SendResult::kCrowded;
  return transport_.full() ? SendResult::kQueued : SendResult::kSent;
}

// Much output within one turn is no sign of a slow client: it is written first, then judged.
void WebSocketEndpoint::crowded() {
  if (!transport_.full()) transport_.flush();
  const std::size_t queued = transport_.queued();
  if (queued > caps().soft_cap) over_soft_ = true;
  if (queued > caps().hard_cap && over_hard_since_ == kNone) {
    over_hard_since_ = transport_.shard().now();
    wake_by(over_hard_since_ + caps().hard_cap_time);
  }
}

void WebSocketEndpoint::on_flushed(bool empty) {
  const std::size_t queued = transport_.queued();
  if (queued <= caps().hard_cap) over_hard_since_ = kNone;
  if (empty && over_soft_ && state_ == State::kOpen) {
    over_soft_ = false;
    handler_.on_drained(*this);
  } else if (queued > caps().soft_cap && transport_.service().budget->exceeded()) {
    slow();
  }
}

// --- To another shard
// -----------------------------------------------------------------------------------

void WebSocketEndpoint::move_to(Shard& to) {
  if (state_ != State::kOpen || moving_) return;
  moving_ = true;
  transport_.move_to(to);
}

void WebSocketEndpoint::on_leave() {
  stats().websockets.drop();
  handler_.on_leaving(*this);
}

void WebSocketEndpoint::on_arrive() {
  stats().websockets.bump();
  moving_ = false;
  timer_due_ = kNone;
  schedule();
  handler_.on_arrived(*this);
  std::string kept = std::move(kept_);
  kept_.clear();
  if (!kept.empty() && state_ != State::kClosed) on_bytes(kept.data(), kept.size());
}

// --- Closing
// -----------------------------------------------------------------------------------------------

void WebSocketEndpoint::append_close(std::uint16_t code, std::string_view reason) {
  char frame[kMaxFrameHeader + 125];
  const std::string_view text = cut_reason(reason);
  const bool with_code = code != kNoCode;
  std::size_t size = write_frame_header(frame, Opcode::kClose, with_code ? 2 + text.size() : 0);
  if (with_code) {
    frame[size++] = static_cast<char>(code >> 8);
    frame[size++] = static_cast<char>(code & 0xff);
    size += text.copy(frame + size, kMaxReason);
  }
  transport_.outbox().append({frame, size});
  transport_.output_added();
}

void WebSocketEndpoint::start_close(std::uint16_t code, std::string_view reason) {
  if (state_ != State::kOpen) return;
  state_ = State::kClosing;
  close_code_ = code;
  append_close(WebSocketProtocol::may_send(code) ? code : 1000, reason);
  closing_since_ = transport_.shard().now();
  wake_by(closing_due());
}

void WebSocketEndpoint::slow() {
  if (state_ != State::kOpen) return;
  stats().slow_closes.bump();
  handler_.on_slow(*this);
  // What waits would only stand before the close frame; the client resumes and gets it again.
  transport_.outbox().keep_current_frame();
  start_close(kSlow, "too slow");
}

void WebSocketEndpoint::closed(std::uint16_t code, std::string_view reason) {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  handler_.on_closed(*this, code, reason);
}

void WebSocketEndpoint::on_lost() {
  closed(state_ == State::kClosing ? close_code_ : kAbnormal, {});
}

void WebSocketEndpoint::on_stop() {
  if (state_ == State::kOpen) append_close(kGoingAway, "server stopped");
  closed(state_ == State::kClosing ? close_code_ : kGoingAway, {});
}

// Whoever holds sessions has closed them by now; the rest must not hold up the end.
void WebSocketEndpoint::on_drain() {
  if (state_ == State::kOpen) start_close(kGoingAway, "server is shutting down");
  schedule();
}

WebSocketEndpoint::TimePoint WebSocketEndpoint::closing_due() const {
  const auto due = closing_since_ + limits().close_timeout;
  const auto& shard = transport_.shard();
  if (!shard.draining() || due <= shard.now()) return due;
  return shard.now() + shard.patience(std::chrono::ceil<Millis>(due - shard.now()));
}

// --- Time
// --------------------------------------------------------------------------------------------------

bool WebSocketEndpoint::expired(TimePoint since, Millis limit, TimePoint now) const {
  return since != kNone && now - since >= limit;
}

void WebSocketEndpoint::on_timer() {
  timer_due_ = kNone;
  const TimePoint now = transport_.shard().now();
  if (check_deadlines(now)) return;
  if (state_ == State::kOpen) check_ping(now);
  schedule();
}

// True when the connection is over.
bool WebSocketEndpoint::check_deadlines(TimePoint now) {
  if (closing_since_ != kNone && now >= closing_due()) {
    stats().timeouts.bump();
    closed(close_code_, {});
    transport_.abort();
    return true;
  }
  if (expired(message_since_, limits().message_timeout, now)) {
    stats().timeouts.bump();
    fail(kPolicy, "message took too long");
    return true;
  }
  if (expired(over_hard_since_, caps().hard_cap_time, now)) slow();
  return false;
}

void WebSocketEndpoint::check_ping(TimePoint now) {
  if (awaiting_pong_) {
    if (!expired(last_ping_, limits().pong_timeout, now)) return;
    stats().pong_timeouts.bump();
    return start_close(kNoPong, "no answer to ping");
  }
  if (limits().ping_interval.count() <= 0 || !expired(last_ping_, limits().ping_interval, now)) {
    return;
  }
  static constexpr char kPing[] = {static_cast<char>(0x89), 0};
  transport_.outbox().append({kPing, sizeof kPing});
  transport_.output_added();
  last_ping_ = now;
  awaiting_pong_ = true;
}

void WebSocketEndpoint::schedule() {
  if (closing_since_ != kNone) wake_by(closing_due());
  if (message_since_ != kNone) wake_by(message_since_ + limits().message_timeout);
  if (over_hard_since_ != kNone) wake_by(over_hard_since_ + caps().hard_cap_time);
  if (state_ != State::kOpen) return;
  if (awaiting_pong_) {
    wake_by(last_ping_ + limits().pong_timeout);
  } else if (limits().ping_interval.count() > 0) {
    wake_by(last_ping_ + limits().ping_interval);
  }
}

// Only an earlier deadline moves the timer; a later one is found when it fires.
void WebSocketEndpoint::wake_by(TimePoint when) {
  if (transport_.over() || (timer_due_ != kNone && timer_due_ <= when)) return;
  timer_due_ = when;
  transport_.arm(std::chrono::ceil<Millis>(when - transport_.shard().now()));
}

// --- The public face
// ---------------------------------------------------------------------------------------

namespace {

WebSocketEndpoint& behind(WebSocketConnection& connection) {
  return static_cast<WebSocketEndpoint&>(connection);
}

}  // namespace

SendResult WebSocketConnection::send(std::string_view text, SendOptions options) {
  return behind(*this).send_frame(Opcode::kText, text, options);
}

SendResult WebSocketConnection::send_binary(std::string_view data, SendOptions options) {
  return behind(*this).send_frame(Opcode::kBinary, data, options);
}

SendResult WebSocketConnection::send(const SharedFrame& frame, SendOptions options) {
  return behind(*this).send_shared(frame, options);
}

void WebSocketConnection::close(std::uint16_t code, std::string_view reason) {
  behind(*this).start_close(code, reason);
}

void WebSocketConnection::move_to(Shard& shard) {
  behind(*this).move_to(shard);
}

bool WebSocketConnection::is_open() const {
  return static_cast<const WebSocketEndpoint&>(*this).state_ == WebSocketEndpoint::State::kOpen;
}

std::uint64_t WebSocketConnection::id() const {
  return static_cast<const WebSocketEndpoint&>(*this).id_;
}

std::size_t WebSocketConnection::queued_bytes() const {
  return static_cast<const WebSocketEndpoint&>(*this).transport_.queued();
}

bool WebSocketConnection::over_soft_cap() const {
  return static_cast<const WebSocketEndpoint&>(*this).over_soft_;
}

IpAddress WebSocketConnection::peer() const {
  return static_cast<const WebSocketEndpoint&>(*this).transport_.peer().address;
}

Shard& WebSocketConnection::shard() const {
  return static_cast<const WebSocketEndpoint&>(*this).transport_.shard();
}

}  // namespace parley::net
