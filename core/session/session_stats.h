// SPDX-License-Identifier: Apache-2.0
// What the session layer counted on one shard, for /metrics. Nothing here steers anything.
//
// Thread: written by the shard's thread only, readable from any. Units: frames unless named
// otherwise; all but `open` and `detached` only grow.
#pragma once

#include <cstdint>

#include "net/net_stats.h"

namespace parley::session {

struct alignas(64) SessionStats {
  net::Counter open;            // sessions now
  net::Counter opened;          // sessions
  net::Counter closed;          // sessions
  net::Counter refused;         // sessions over limits.connections_per_user
  net::Counter direct_frames;   // addressed to a session or user
  net::Counter channel_frames;  // one per member that was served
  net::Counter volatile_drops;  // volatile frames the link did not take
  net::Counter subscribes;      // channels joined
  net::Counter denied;          // subscribe, history or presence without the right
  net::Counter overruns;        // connections closed because too much waited for them
  net::Counter detached;        // sessions without a connection now
  net::Counter resumed;         // sessions taken up again with nothing lost
  net::Counter restored;        // sessions taken up again from the store, or with frames lost
  net::Counter replayed;        // direct frames sent again
  net::Counter lags;            // times a client fell behind and was put in lag mode
  net::Counter caught_up;  // channel frames read from history for those who were away or behind
};

// The same as plain numbers, of all shards together.
struct SessionTotals {
  std::uint64_t open = 0;
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  std::uint64_t refused = 0;
  std::uint64_t direct_frames = 0;
  std::uint64_t channel_frames = 0;
  std::uint64_t volatile_drops = 0;
  std::uint64_t subscribes = 0;
  std::uint64_t denied = 0;
  std::uint64_t overruns = 0;
  std::uint64_t detached = 0;
  std::uint64_t resumed = 0;
  std::uint64_t restored = 0;
  std::uint64_t replayed = 0;
  std::uint64_t lags = 0;
  std::uint64_t caught_up = 0;

  void add(const SessionStats& shard) {
    open += shard.open.get();
    opened += shard.opened.get();
    closed += shard.closed.get();
    refused += shard.refused.get();
    direct_frames += shard.direct_frames.get();
    channel_frames += shard.channel_frames.get();
    volatile_drops += shard.volatile_drops.get();
    subscribes += shard.subscribes.get();
    denied += shard.denied.get();
    overruns += shard.overruns.get();
    detached += shard.detached.get();
    resumed += shard.resumed.get();
    restored += shard.restored.get();
    replayed += shard.replayed.get();
    lags += shard.lags.get();
    caught_up += shard.caught_up.get();
  }
};

}  // namespace parley::session
