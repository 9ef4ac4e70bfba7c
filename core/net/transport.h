// SPDX-License-Identifier: Apache-2.0
// A connection's descriptor from accept to close, with or without TLS, under whichever protocol it
// speaks now.
//
// Purpose: HTTP and WebSocket are protocol objects over one Transport; an upgrade swaps them and
// hands over the bytes already read. Ownership: the shard owns the transport, the transport its
// protocol. Thread: the shard's. Lifetime: on_lost() is the protocol's last call, and never comes
// from inside a call it made itself. Failure: a broken connection is noticed at a turn's end at the
// latest and told with on_lost().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "net/admission.h"
#include "net/outbox.h"
#include "net/service.h"
#include "net/shard.h"
#include "net/timing_wheel.h"
#include "net/tls.h"

namespace parley::net {

class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual void on_bytes(char* data, std::size_t size) = 0;  // may be changed in place
  virtual void on_lost() = 0;                               // the peer or the network ended it
  virtual bool on_eof() {
    return false;
  }  // true: the peer only stopped sending, the answer still goes out
  virtual void on_flushed(bool empty) = 0;  // after each write; false: the socket is full
  virtual void on_timer() = 0;
  virtual void on_drain() {}
  virtual void on_stop() = 0;
  virtual void on_leave() {}   // last call on the old shard's thread
  virtual void on_arrive() {}  // first call on the new one's
};

// Who is on the other end, as the listener saw it.
struct PeerInfo {
  IpAddress address;
  bool local = false;  // Unix-domain; uid and pid are the kernel's word
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
  std::uint16_t local_port = 0;
};

class Transport final : public ReadyTarget, private TimerNode {
 public:
  Transport(Shard& shard, int fd, const PeerInfo& peer, std::shared_ptr<const Service> service,
            std::shared_ptr<Admission> admission);
  ~Transport() override;

  Status start(std::unique_ptr<Protocol> protocol);
  void become(std::unique_ptr<Protocol> protocol);  // the old one lives until the turn's end

  Shard& shard() const { return *shard_; }
  const Service& service() const { return *service_; }
  const PeerInfo& peer() const { return peer_; }
  void set_peer(const IpAddress& address) { peer_.address = address; }
  bool secure() const { return tls_ != nullptr; }
  Admission* admission() const { return admission_.get(); }

  Outbox& outbox() { return outbox_; }
  std::size_t queued() const { return outbox_.size() + (tls_ ? tls_->pending().size() : 0); }
  void output_added() {
    if (!output_asked_) ask_output();
  }
  void flush();  // now, instead of at the turn's end
  bool full() const { return want_write_; }
  bool over() const { return finishing_ || dead_ || broken_; }

  void pause_reading(bool pause);
  void
  finish();  // sends what is queued, half-closes and waits shortly for the peer; on_lost() is not called
  void abort();  // at once; on_lost() is not called
  void arm(Millis delay) { shard_->arm(*this, delay); }
  void move_to(Shard& to);                   // at the turn's end, unless the connection ends before
  bool counted() const { return counted_; }  // among its shard's connections; not while it moves

 private:
  void on_ready(std::uint32_t events) override;
  void on_turn_end() override;
  void on_timer() override;
  void on_drain() override;
  void on_stop() override;
  bool on_leave(Shard& to) override;
  void on_arrive() override;

  void count(bool here);
  void abort_unwatched();
  void ask_output();
  void read_some();
  void take_encrypted(std::string_view bytes);
  void deliver(char* data, std::size_t size);
  void peer_ended();
  void write_plain();
  void write_encrypted();
  bool write_pending();
  void encrypt_some();
  void account();
  void half_close();
  void lost();
  void close_descriptor();
  void want_write(bool want);
  void update_interest();

  Shard* shard_;
  bool counted_ = false;
  int fd_;
  bool output_asked_ = false;
  bool want_write_ = false;
  bool writable_ = false;
  bool paused_ = false;
  bool finishing_ = false;
  bool half_closed_ = false;
  bool dead_ = false;
  bool broken_ = false;
  PeerInfo peer_;
  std::size_t accounted_ = 0;
  Outbox outbox_;
  std::unique_ptr<TlsSession> tls_;
  std::unique_ptr<Protocol> protocol_;
  std::unique_ptr<Protocol> former_;
  std::shared_ptr<const Service> service_;
  std::shared_ptr<Admission> admission_;
};

}  // namespace parley::net
