// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <atomic>
#include <cerrno>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/forwarded.h"
#include "net/http_connection.h"
#include "net/socket_setup.h"
#include "net/transport.h"

namespace parley::net {
namespace {

constexpr int kAcceptsPerTurn = 64;  // so that a flood of new connections does not starve the old
constexpr Millis kDescriptorPause{
    100};  // after EMFILE; the waiting connection keeps the socket readable

std::size_t quarter_of_memory() {
  const auto pages = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES));
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 4;
}

}  // namespace

OutboxBudget::OutboxBudget(std::size_t total) : total_(total > 0 ? total : quarter_of_memory()) {}

struct Listener::Shared {
  std::shared_ptr<const Service> service;
  std::shared_ptr<Admission> admission;
  std::uint16_t port = 0;
  bool local = false;
  std::string unix_path;
  std::vector<int> shards;
  std::vector<Acceptor*> acceptors;  // by shard; each entry is touched by that shard's thread only
  std::atomic<int> open{0};
  Task drained;  // set before the last acceptor can close
};

class Listener::Acceptor final : public ReadyTarget, private TimerNode {
 public:
  Acceptor(Shard& shard, int fd, std::shared_ptr<Shared> shared)
      : shard_(shard), fd_(fd), shared_(std::move(shared)) {}
  ~Acceptor() override {
    if (fd_ >= 0) ::close(fd_);
  }

  Status start() { return shard_.watch(fd_, EPOLLIN, this); }
  // Closing one listener of a shared port resets what waits in its own queue: so that is served
  // first.
  void drain() {
    if (fd_ < 0) return;
    while (accept_one()) {
    }
    close();
  }
  void close();

 private:
  void on_ready(std::uint32_t) override {
    for (int i = 0; i < kAcceptsPerTurn && accept_one(); ++i) {
    }
  }
  void on_stop() override { close(); }
  void on_timer() override {
    if (fd_ >= 0) static_cast<void>(shard_.watch(fd_, EPOLLIN, this));
  }
  bool accept_one();
  void out_of_descriptors();
  PeerInfo peer_of(int fd, const sockaddr_storage& address) const;
  void serve(int fd, const PeerInfo& peer);

  Shard& shard_;
  int fd_;
  std::shared_ptr<Shared> shared_;
};

void Listener::Acceptor::close() {
  if (fd_ < 0) return;
  stop();
  shard_.unwatch(fd_);
  ::close(std::exchange(fd_, -1));
  shared_->acceptors[static_cast<std::size_t>(shard_.index())] = nullptr;
  shard_.retire(this);
  if (shared_->open.fetch_sub(1) == 1 && shared_->drained) shared_->drained();
}

// False when nothing waits, or nothing can be taken now.
bool Listener::Acceptor::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  const int fd =
      ::accept4(fd_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    serve(fd, peer_of(fd, address));
    return true;
  }
  if (errno == EINTR || errno == ECONNABORTED) return true;
  if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
    out_of_descriptors();
  return false;
}

// The connection stays in the queue and the socket readable: watching it would spin.
void Listener::Acceptor::out_of_descriptors() {
  shard_.counters().of(Refusal::kDescriptors).bump();
  shard_.unwatch(fd_);
  shard_.arm(*this, kDescriptorPause);
}

PeerInfo Listener::Acceptor::peer_of(int fd, const sockaddr_storage& address) const {
  PeerInfo peer;
  peer.local_port = shared_->port;
  peer.local = shared_->local;
  if (!peer.local) {
    peer.address = IpAddress::from(address);
    return peer;
  }
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) {
    peer.uid = who.uid;
    peer.pid = who.pid;
  } else {
    peer.uid = ~0U;  // nobody
  }
  return peer;
}

void Listener::Acceptor::serve(int fd, const PeerInfo& peer) {
  shard_.counters().accepted.bump();
  if (shared_->admission) {
    const bool proxy = is_trusted(peer.address, shared_->service->trusted_proxies);
    if (const auto refusal = shared_->admission->enter(peer.address, proxy)) {
      shard_.counters().of(*refusal).bump();
      ::close(fd);
      return;
    }
  }
  auto transport =
      std::make_unique<Transport>(shard_, fd, peer, shared_->service, shared_->admission);
  Transport* raw = transport.get();
  shard_.adopt(std::move(transport));
  if (!raw->start(std::make_unique<HttpConnection>(*raw))) raw->abort();
}

// --- Opening and closing
// ------------------------------------------------------------------------------------

Listener::Listener() = default;

namespace {

std::vector<int> shards_of(const ShardPool& pool, int only_shard) {
  if (only_shard >= 0) return {only_shard};
  std::vector<int> all;
  for (int i = 0; i < pool.size(); ++i) all.push_back(i);
  return all;
}

}  // namespace

void Listener::install(ShardPool& pool, std::vector<int> descriptors,
                       std::shared_ptr<Service> service) {
  if (!service->budget) service->budget = std::make_shared<OutboxBudget>(service->outbox.total);
  pool_ = &pool;
  shared_->service = std::move(service);
  shared_->port = port_;
  shared_->acceptors.resize(static_cast<std::size_t>(pool.size()));
  shared_->open = static_cast<int>(descriptors.size());
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    Shard& shard = pool.at(shared_->shards[i]);
    auto acceptor = std::make_unique<Acceptor>(shard, descriptors[i], shared_);
    shard.post([&shard, shared = shared_, acceptor = std::move(acceptor)]() mutable {
      Acceptor* raw = acceptor.get();
      shared->acceptors[static_cast<std::size_t>(shard.index())] = raw;
      shard.adopt(std::move(acceptor));
      if (!raw->start()) raw->close();
    });
  }
}

Result<std::unique_ptr<Listener>> Listener::open(ShardPool& pool, ListenOptions options,
                                                 std::shared_ptr<Service> service) {
  auto endpoint = Endpoint::parse(options.address);
  if (!endpoint) return endpoint.status();
  auto real = prove_free(*endpoint);
  if (!real) return real.status();
  std::unique_ptr<Listener> listener(new Listener);
  listener->shared_ = std::make_shared<Shared>();
  listener->shared_->shards = shards_of(pool, options.only_shard);
  listener->shared_->admission = std::move(options.admission);
  std::vector<int> descriptors;
  for (std::size_t i = 0; i < listener->shared_->shards.size(); ++i) {
    auto fd = listen_shared(*real, options.backlog);
    if (!fd) {
      for (const int opened : descriptors) ::close(opened);
      return fd.status();
    }
    descriptors.push_back(*fd);
  }
  listener->port_ = real->port;
  listener->address_ = real->to_string();
  listener->install(pool, std::move(descriptors), std::move(service));
  return listener;
}

Result<std::unique_ptr<Listener>> Listener::open_unix(ShardPool& pool, UnixListenOptions options,
                                                      std::shared_ptr<Service> service) {
  auto fd = listen_unix(options.path, options.backlog);
  if (!fd) return fd.status();
  std::unique_ptr<Listener> listener(new Listener);
  listener->shared_ = std::make_shared<Shared>();
  listener->shared_->local = true;
  listener->shared_->unix_path = options.path;
  listener->shared_->shards = {options.only_shard};
  listener->address_ = options.path;
  listener->install(pool, {*fd}, std::move(service));
  return listener;
}

void Listener::drain(Task done) {
  shared_->drained = std::move(done);
  for (const int index : shared_->shards) {
    pool_->at(index).post([shared = shared_, index] {
      if (Acceptor* acceptor = shared->acceptors[static_cast<std::size_t>(index)])
        acceptor->drain();
    });
  }
}

Listener::~Listener() {
  if (!pool_) return;
  for (const int index : shared_->shards) {
    pool_->at(index).post([shared = shared_, index] {
      if (Acceptor* acceptor = shared->acceptors[static_cast<std::size_t>(index)])
        acceptor->close();
    });
  }
  if (!shared_->unix_path.empty()) ::unlink(shared_->unix_path.c_str());
}

}  // namespace parley::net
