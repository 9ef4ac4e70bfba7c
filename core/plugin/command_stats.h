// SPDX-License-Identifier: Apache-2.0
// How often and how long a plugin's commands ran. Counted by whoever holds the call gate, read by
// /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace parley::plugin {

struct CommandStats {
  // Upper bounds in microseconds; one more bucket takes the rest.
  static constexpr std::array<std::int64_t, 12> kBounds = {
      5, 10, 25, 50, 100, 250, 500, 1'000, 5'000, 25'000, 100'000, 1'000'000};

  explicit CommandStats(std::string command) : name(std::move(command)) {}

  std::string name;
  std::atomic<std::uint64_t> calls{0};
  std::atomic<std::uint64_t> faults{0};
  std::atomic<std::uint64_t> total_us{0};
  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets{};

  void observe(std::int64_t microseconds) {
    std::size_t bucket = 0;
    while (bucket < kBounds.size() && microseconds > kBounds[bucket]) ++bucket;
    buckets[bucket].fetch_add(1, std::memory_order_relaxed);
    calls.fetch_add(1, std::memory_order_relaxed);
    total_us.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
  }
};

}  // namespace parley::plugin
