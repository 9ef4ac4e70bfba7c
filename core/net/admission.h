// SPDX-License-Identifier: Apache-2.0
// Who may connect: totals and rates over all shards.
//
// Ownership: shared by the listeners that count together. Thread: any. Failure: none; a refusal is
// a value.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "net/ip_address.h"
#include "net/net_stats.h"

namespace parley::net {

class Admission {
 public:
  struct Options {
    int connections = 0;  // open at once, all listeners; 0: no limit (config::Limits.connections)
    double new_connections =
        0;  // per second and address or /64; 0: no limit (config::Limits.new_connections)
    absl::AnyInvocable<bool(const IpAddress&) const> admit;  // blocks, bans; empty: everyone
  };
  Admission(Options options, const Clock& clock);

  // After a reload of the configuration: for connections that come from now on.
  void configure(int connections, double new_connections) {
    connections_ = connections;
    new_connections_ = new_connections;
  }

  // Nothing: admitted, leave() must follow. A trusted proxy speaks for many and has no rate of its
  // own.
  std::optional<Refusal> enter(const IpAddress& peer, bool trusted_proxy = false);
  bool within_rate(const IpAddress& peer);  // counts one new connection of that address
  void leave() { open_.fetch_sub(1, std::memory_order_relaxed); }
  int open() const { return open_.load(std::memory_order_relaxed); }

 private:
  struct Bucket {
    double tokens = 0;
    Clock::TimePoint at{};
  };
  struct Hash {
    std::size_t operator()(const IpAddress& address) const;
  };
  void forget_idle(Clock::TimePoint now);
  double tokens_of(const Bucket& bucket, Clock::TimePoint now) const;

  const absl::AnyInvocable<bool(const IpAddress&) const> admit_;
  std::atomic<int> connections_;
  std::atomic<double> new_connections_;
  const Clock& clock_;
  std::atomic<int> open_{0};
  std::mutex mutex_;
  std::unordered_map<IpAddress, Bucket, Hash> buckets_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace parley::net
