// SPDX-License-Identifier: Apache-2.0
// Notices a shard that hangs in one turn. Such a shard serves nobody and cannot be interrupted.
//
// Ownership: values only. Thread: one, which looks every few hundred milliseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "net/shard.h"

namespace parley::server {

class ShardWatch {
 public:
  explicit ShardWatch(Millis limit) : limit_(limit) {}

  // One look; `beats` in the order of the shards. The first shard that has been in the same turn for longer than the limit.
  std::optional<int> look(const std::vector<net::Shard::Beat>& beats, Clock::TimePoint now);

 private:
  struct Seen {
    std::uint64_t turns = 0;
    Clock::TimePoint since{};
  };
  const Millis limit_;
  std::vector<Seen> seen_;
};

}  // namespace parley::server
