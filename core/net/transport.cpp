// SPDX-License-Identifier: Apache-2.0
#include "net/transport.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::net {
namespace {

constexpr int kMaxPieces = 64;             // of one gathered write
constexpr std::size_t kTlsRecord = 16384;  // the most one record holds

}  // namespace

Transport::Transport(Shard& shard, int fd, const PeerInfo& peer,
                     std::shared_ptr<const Service> service, std::shared_ptr<Admission> admission)
    : shard_(&shard),
      fd_(fd),
      peer_(peer),
      service_(std::move(service)),
      admission_(std::move(admission)) {
  if (service_->tls && !peer_.local) tls_ = service_->tls->new_session();
  count(true);
}

Transport::~Transport() {
  close_descriptor();
  outbox_.clear();
  tls_.reset();
  account();
  if (counted_) count(false);
  if (admission_) admission_->leave();
}

Status Transport::start(std::unique_ptr<Protocol> protocol) {
  protocol_ = std::move(protocol);
  return shard_->watch(fd_, EPOLLIN, this);
}

void Transport::count(bool here) {
  counted_ = here;
  auto& counters = shard_->counters();
  here ? counters.connections.bump() : counters.connections.drop();
  const auto queued = static_cast<std::int64_t>(accounted_);
  counters.queued_bytes.bump(static_cast<std::uint64_t>(here ? queued : -queued));
}

void Transport::become(std::unique_ptr<Protocol> protocol) {
  former_ = std::exchange(protocol_, std::move(protocol));
  output_added();  // the turn's end destroys the former one
}

// --- Input
// -------------------------------------------------------------------------------------------------

void Transport::on_ready(std::uint32_t events) {
  if (dead_) return;
  if (events & EPOLLOUT) {
    writable_ = true;
    output_added();
  }
  if (paused_) {
    if (events & (EPOLLHUP | EPOLLERR)) lost();
    return;
  }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_some();
}

void Transport::read_some() {
  const auto buffer = shard_->read_buffer();
  const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (got > 0) {
    shard_->counters().bytes_in.bump(static_cast<std::uint64_t>(got));
    const auto size = static_cast<std::size_t>(got);
    if (tls_) {
      take_encrypted({buffer.data(), size});
    } else {
      deliver(buffer.data(), size);
    }
  } else if (got == 0) {
    peer_ended();
  } else if (errno != EAGAIN && errno != EINTR) {
    lost();
  }
}

void Transport::deliver(char* data, std::size_t size) {
  if (!finishing_) protocol_->on_bytes(data, size);
}

void Transport::take_encrypted(std::string_view bytes) {
  auto state = tls_->feed(bytes);
  const auto plain = shard_->plain_buffer();
  while (state == TlsSession::State::kOk && !dead_) {
    std::size_t size = 0;
    state = tls_->decrypt(plain, size);
    if (size == 0) break;
    deliver(plain.data(), size);
  }
  if (dead_) return;
  output_added();  // the handshake's answers
  if (state == TlsSession::State::kClosed) peer_ended();
  if (state == TlsSession::State::kFailed) {
    shard_->counters().tls_failures.bump();
    flush();  // the alert
    lost();
  }
}

void Transport::peer_ended() {
  if (!finishing_ && protocol_->on_eof()) {
    pause_reading(true);
    return;
  }
  lost();
}

void Transport::pause_reading(bool pause) {
  if (paused_ == pause || dead_) return;
  paused_ = pause;
  update_interest();
}

void Transport::update_interest() {
  shard_->rewatch(fd_, (paused_ ? 0U : EPOLLIN) | (want_write_ ? EPOLLOUT : 0U), this);
}

// --- Output
// ------------------------------------------------------------------------------------------------

void Transport::ask_output() {
  if (dead_) return;
  output_asked_ = true;
  shard_->at_turn_end(this);
}

void Transport::on_turn_end() {
  output_asked_ = false;
  former_.reset();
  if (dead_) return;
  flush();
  if (broken_) return lost();
  const bool empty = queued() == 0;
  if (!finishing_) {
    protocol_->on_flushed(empty);
  } else if (empty) {
    half_close();
  }
}

void Transport::flush() {
  if (dead_ || broken_) return;
  // A full socket is not asked again before epoll says that it has room.
  if (want_write_ && !std::exchange(writable_, false)) return account();
  if (tls_) {
    write_encrypted();
  } else {
    write_plain();
  }
  account();
}

void Transport::write_plain() {
  while (!outbox_.empty()) {
    iovec pieces[kMaxPieces];
    const int count = outbox_.gather(pieces, kMaxPieces);
    std::size_t offered = 0;
    for (int i = 0; i < count; ++i) offered += pieces[i].iov_len;
    ssize_t sent;
    if (count == 1) {
      sent = ::send(fd_, pieces[0].iov_base, offered, MSG_NOSIGNAL | MSG_DONTWAIT);
    } else {
      msghdr message{};
      message.msg_iov = pieces;
      message.msg_iovlen = static_cast<std::size_t>(count);
      sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) broken_ = true;
      return want_write(true);
    }
    outbox_.consume(static_cast<std::size_t>(sent));
    shard_->counters().bytes_out.bump(static_cast<std::uint64_t>(sent));
    if (static_cast<std::size_t>(sent) < offered) return want_write(true);
  }
  want_write(false);
}

// Encrypts only when what was encrypted has left, so that the outbox keeps its frames' borders.
void Transport::write_encrypted() {
  while (write_pending()) {
    if (outbox_.empty() || !tls_->established()) return want_write(false);
    encrypt_some();
    if (tls_->pending().empty()) return want_write(false);
  }
}

bool Transport::write_pending() {
  while (!tls_->pending().empty()) {
    const auto bytes = tls_->pending();
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) broken_ = true;
      want_write(true);
      return false;
    }
    tls_->consume(static_cast<std::size_t>(sent));
    shard_->counters().bytes_out.bump(static_cast<std::uint64_t>(sent));
  }
  return true;
}

void Transport::encrypt_some() {
  iovec pieces[kMaxPieces];
  const int count = outbox_.gather(pieces, kMaxPieces);
  thread_local std::array<char, kTlsRecord> room;
  // Small frames share a record: gathered first, because each record costs its own header and tag.
  std::size_t size = 0;
  for (int i = 0; i < count && size < room.size(); ++i) {
    const std::size_t part = std::min(pieces[i].iov_len, room.size() - size);
    std::memcpy(room.data() + size, pieces[i].iov_base, part);
    size += part;
  }
  if (tls_->encrypt({room.data(), size})) outbox_.consume(size);
}

void Transport::account() {
  const std::size_t now = queued();
  if (now == accounted_) return;
  const auto change = static_cast<std::int64_t>(now) - static_cast<std::int64_t>(accounted_);
  service_->budget->add(change);
  if (counted_) shard_->counters().queued_bytes.bump(static_cast<std::uint64_t>(change));
  accounted_ = now;
}

void Transport::want_write(bool want) {
  if (want_write_ == want || dead_) return;
  want_write_ = want;
  update_interest();
}

// --- To another shard
// -----------------------------------------------------------------------------------

void Transport::move_to(Shard& to) {
  if (!over()) shard_->move_at_turn_end(this, to);
}

bool Transport::on_leave(Shard& to) {
  if (over()) return false;
  protocol_->on_leave();
  stop();
  shard_->unwatch(fd_);
  count(false);
  shard_ = &to;
  return true;
}

void Transport::on_arrive() {
  count(true);
  const auto interest = (paused_ ? 0U : EPOLLIN) | (want_write_ ? EPOLLOUT : 0U);
  if (!shard_->watch(fd_, interest, this)) return abort_unwatched();
  protocol_->on_arrive();
}

// The kernel refused: the protocol hears of its end as of any other.
void Transport::abort_unwatched() {
  protocol_->on_arrive();
  lost();
}

// --- The end
// -----------------------------------------------------------------------------------------------

void Transport::finish() {
  if (finishing_ || dead_) return;
  finishing_ = true;
  pause_reading(false);
  arm(shard_->patience(service_->websocket.close_timeout));
  output_added();
}

// A close() with unread input would reset the connection, and the last bytes would be lost with it;
// so the sending side is shut first and the peer's end awaited.
void Transport::half_close() {
  if (half_closed_) return;
  half_closed_ = true;
  if (tls_) {
    tls_->shutdown();
    write_pending();
  }
  ::shutdown(fd_, SHUT_WR);
}

void Transport::abort() {
  if (dead_) return;
  finishing_ = true;
  lost();
}

void Transport::lost() {
  if (dead_) return;
  dead_ = true;
  if (!std::exchange(finishing_, true)) protocol_->on_lost();
  stop();
  close_descriptor();
  outbox_.clear();
  shard_->retire(this);
}

void Transport::close_descriptor() {
  if (fd_ < 0) return;
  shard_->unwatch(fd_);
  ::close(std::exchange(fd_, -1));
}

void Transport::on_timer() {
  if (finishing_) {
    abort();
  } else {
    protocol_->on_timer();
  }
}

void Transport::on_drain() {
  if (!finishing_) return protocol_->on_drain();
  if (!dead_) arm(shard_->patience(service_->websocket.close_timeout));
}

void Transport::on_stop() {
  if (!std::exchange(finishing_, true)) protocol_->on_stop();
  flush();
  abort();
}

}  // namespace parley::net
