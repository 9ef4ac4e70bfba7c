// SPDX-License-Identifier: Apache-2.0
// A session's side of its membership in one channel.
//
// Ownership: the session's list owns it. Thread: the session's shard. Lifetime: until the session
// unsubscribes or closes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace parley::session {

class ChannelEntry;
struct Joining;

struct Subscription {
  Subscription(std::shared_ptr<ChannelEntry> channel, std::size_t member, bool wants_presence);
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();

  const std::string& name() const;

  std::shared_ptr<ChannelEntry> channel;
  std::size_t member;      // index in the channel's members on this shard
  bool wants_presence;     // join and leave are pushed to it
  bool counted = false;    // among those who are present
  std::int64_t floor = 0;  // what was last in the channel when this shard was entered
  // While it catches up, the last offset that was sent; while it has no connection, the last that was
  // handed to one.
  std::int64_t position = 0;
  std::unique_ptr<Joining> joining;  // set until `subscribed` was sent: frames are held back in it
};

}  // namespace parley::session
