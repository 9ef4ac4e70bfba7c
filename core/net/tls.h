// SPDX-License-Identifier: Apache-2.0
// TLS 1.2 and newer over bytes: OpenSSL with memory BIOs, no descriptor of its own.
//
// Ownership: a TlsContext is shared by the listeners; each connection owns a TlsSession. Thread:
// reload() and new_session() from any, a session on its shard. Failure: load and reload give a
// sentence and, on reload, keep the certificate that was served before.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "config/config.h"

struct ssl_ctx_st;
struct ssl_st;

namespace parley::net {

class TlsSession {
 public:
  enum class State { kOk, kClosed, kFailed };

  explicit TlsSession(ssl_ctx_st* context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Takes bytes from the peer; decrypt() then gives what they hold, until it returns 0 bytes.
  State feed(std::string_view encrypted);
  State decrypt(std::span<char> out, std::size_t& size);
  // False when nothing can be encrypted yet (the handshake runs).
  bool encrypt(std::string_view plain);
  void shutdown();  // queues close_notify
  // What must go to the peer; consume() as it is sent.
  std::string_view pending() const { return std::string_view(out_).substr(sent_); }
  void consume(std::size_t size);
  bool established() const;

 private:
  void collect();

  ssl_st* ssl_ = nullptr;
  std::string out_;
  std::size_t sent_ = 0;
};

class TlsContext {
 public:
  static Result<std::shared_ptr<TlsContext>> load(const config::Tls& files);
  ~TlsContext();

  Status reload(const config::Tls& files);  // sessions that run keep the old certificate
  std::unique_ptr<TlsSession> new_session();

 private:
  TlsContext() = default;

  std::mutex mutex_;
  ssl_ctx_st* context_ = nullptr;
};

}  // namespace parley::net
