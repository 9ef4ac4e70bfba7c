// SPDX-License-Identifier: Apache-2.0
// Where connections come from: a TCP port shared by all shards, one shard's port, or a Unix-domain
// socket.
//
// Ownership: the server owns the listener; each shard owns its own accepting descriptor. Thread:
// open(), drain() and the destructor from the thread that owns it, port() and address() from any.
// Lifetime: destroy it before the pool, after draining. Failure: open() gives a sentence that names
// the address and what to do.
//
// Every shard binds with SO_REUSEPORT, and a second process could do so too, silently sharing the
// port; so a bind without it comes first and proves the port free.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/task.h"
#include "net/admission.h"
#include "net/service.h"
#include "net/shard.h"

namespace parley::net {

struct ListenOptions {
  std::string address;  // "127.0.0.1:8080", "[::]:0"
  int backlog = 1024;
  int only_shard = -1;                   // the operator port lives on one shard; -1: all
  std::shared_ptr<Admission> admission;  // empty: everyone
};

struct UnixListenOptions {
  std::string path;  // made with mode 0600; a stale socket file is replaced, a live one refused
  int backlog = 16;
  int only_shard = 0;
};

class Listener {
 public:
  static Result<std::unique_ptr<Listener>> open(ShardPool& pool, ListenOptions options,
                                                std::shared_ptr<Service> service);
  static Result<std::unique_ptr<Listener>> open_unix(ShardPool& pool, UnixListenOptions options,
                                                     std::shared_ptr<Service> service);
  ~Listener();  // closes without serving what waits; drain() first

  std::uint16_t port() const { return port_; }  // the real one when 0 was asked for
  const std::string& address() const {
    return address_;
  }  // with the real port, "[::1]:41234"; the path for Unix

  // Accepts what already waits, then closes; `done` runs on the last shard that finished.
  void drain(Task done = {});

 private:
  class Acceptor;
  struct Shared;
  Listener();
  void install(ShardPool& pool, std::vector<int> descriptors, std::shared_ptr<Service> service);

  ShardPool* pool_ = nullptr;
  std::shared_ptr<Shared> shared_;
  std::uint16_t port_ = 0;
  std::string address_;
};

}  // namespace parley::net
