// SPDX-License-Identifier: Apache-2.0
#include "server/shard_watch.h"

#include <cstddef>

namespace parley::server {

std::optional<int> ShardWatch::look(const std::vector<net::Shard::Beat>& beats,
                                    Clock::TimePoint now) {
  seen_.resize(beats.size(), {0, now});
  for (std::size_t i = 0; i < beats.size(); ++i) {
    if (!beats[i].busy || beats[i].turns != seen_[i].turns) {
      seen_[i] = {beats[i].turns, now};
    } else if (now - seen_[i].since >= limit_) {
      return static_cast<int>(i);
    }
  }
  return std::nullopt;
}

}  // namespace parley::server
