// SPDX-License-Identifier: Apache-2.0
// What one shard counted. Plain numbers for /metrics; nothing here steers anything.
//
// Ownership: a member of its Shard. Thread: written by the shard's thread only (bump and set are a
// relaxed load and store, no locked instruction), readable from any thread. Lifetime: as the shard.
// Units: bytes, messages, connections; all but `connections`, `websockets` and `queued_bytes` only
// grow.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace parley::net {

class Counter {
 public:
  void bump(std::uint64_t by = 1) { set(get() + by); }
  void drop(std::uint64_t by = 1) { set(get() - by); }
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Why a connection was not served.
enum class Refusal { kTotal, kRate, kHook, kDescriptors, kCount };

// The close codes RFC 6455 gives to broken input, and what else ends a connection from this side.
enum class ProtocolError { k1002, k1007, k1009, k1008, kOther, kCount };

struct NetStats {
  Counter accepted;     // connections taken from the listeners
  Counter connections;  // open now, HTTP and WebSocket
  Counter websockets;   // open now, after the upgrade
  Counter http_requests;
  Counter bytes_in;
  Counter bytes_out;
  Counter messages_in;    // whole text and binary messages
  Counter messages_out;   // the same, towards clients; a fan-out counts once per member
  Counter queued_bytes;   // waiting in outboxes after the last flush
  Counter drops;          // volatile frames not queued
  Counter slow_closes;    // 4403
  Counter pong_timeouts;  // 4404
  Counter timeouts;       // HTTP header, body and upgrade, message, close handshake
  Counter tls_failures;
  Counter turns;
  std::array<Counter, static_cast<std::size_t>(Refusal::kCount)> refused;
  std::array<Counter, static_cast<std::size_t>(ProtocolError::kCount)> protocol_errors;

  Counter& of(Refusal why) { return refused[static_cast<std::size_t>(why)]; }
  Counter& of(ProtocolError why) { return protocol_errors[static_cast<std::size_t>(why)]; }
  const Counter& of(Refusal why) const { return refused[static_cast<std::size_t>(why)]; }
  const Counter& of(ProtocolError why) const {
    return protocol_errors[static_cast<std::size_t>(why)];
  }
};

}  // namespace parley::net
