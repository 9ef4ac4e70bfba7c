// SPDX-License-Identifier: Apache-2.0
// The state of one channel: what all shards share, under a lock, and each shard's own members.
//
// Why there is no gap and no double at a subscribe: a shard enters itself in `shards` and reads
// `committed` under one lock; the writer thread sets `committed` and reads `shards` under the same
// one. So a message is either at most the offset that was read, and skipped by this member if it
// comes by anyway, or it is posted to this shard.
//
// Ownership: Channels' directory and every subscription share it. Thread: ChannelState under its
// mutex from any thread; ShardMembers only on its shard.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/thread_annotations.h"
#include "net/frame.h"
#include "session/channels.h"
#include "session/session.h"

namespace parley::session {

// Member::skip_through of one that holds everything back, and of one that reads what it missed from
// history (channel_catch_up.cpp). Frames without an offset pass every other member.
inline constexpr std::int64_t kHoldAll = std::numeric_limits<std::int64_t>::max();
inline constexpr std::int64_t kCatchUp = kHoldAll - 1;
inline constexpr std::int64_t kNoOffset = kCatchUp - 1;

struct Member {
  Link* link = nullptr;  // null while detached
  Session* session = nullptr;
  std::int64_t skip_through = 0;  // frames up to this offset are not for it
  bool wants_presence = false;
};

// A frame that waits until `subscribed` was sent; offset 0 is a push that is not kept.
struct HeldFrame {
  std::int64_t offset = 0;
  net::SharedFrame frame;
};

// A subscribe whose answer is still being read from the store.
struct Joining {
  std::uint64_t id = 0;     // a completion for another join of the same session finds another id
  std::int64_t joined = 0;  // what was last before the first frame to be pushed, once known
  SubscribeOptions options;
  Channels::SubscribeDone done;
  std::vector<HeldFrame> held;
  std::size_t held_bytes = 0;
  struct Again {
    SubscribeOptions options;
    Channels::SubscribeDone done;
  };
  std::vector<Again> again;  // asked for meanwhile, answered after it
};

// The members of one channel on one shard.
class alignas(64) ShardMembers {
 public:
  std::size_t add(const Member& member);
  // The last member takes the place of the removed one.
  void remove(std::size_t index);
  bool empty() const { return members_.empty(); }
  std::size_t size() const { return members_.size(); }
  Member& at(std::size_t index) { return members_[index]; }
  std::int64_t last_delivered() const { return last_delivered_; }

  struct Except {
    SessionKey session = 0;
    const std::vector<std::string>* users = nullptr;
    bool watchers_only = false;
    bool any() const { return session != 0 || (users && !users->empty()) || watchers_only; }
    bool spares(const Member& member) const;
  };
  // `offset` 0: a push that is not kept.
  void deliver(const net::SharedFrame& frame, std::int64_t offset, bool volatile_,
               SessionStats& stats);
  void deliver_except(const net::SharedFrame& frame, bool volatile_, const Except& except,
                      SessionStats& stats);

 private:
  bool pass(Member& member, const net::SharedFrame& frame, std::int64_t offset, bool volatile_);
  void send(Member& member, const net::SharedFrame& frame, bool volatile_);
  void hold(Member& member, const net::SharedFrame& frame, std::int64_t offset, bool volatile_);
  Subscription* subscription_of(const Member& member);

  std::vector<Member> members_;
  std::int64_t last_delivered_ = 0;
};

class ChannelEntry {
 public:
  ChannelEntry(std::string name, int shards);

  const std::string& name() const { return name_; }
  ShardMembers& on(int shard) { return members_[static_cast<std::size_t>(shard)]; }

  Mutex mutex;
  bool loaded PARLEY_GUARDED_BY(mutex) = false;  // `committed`, `exists` and `topic` are known
  bool exists PARLEY_GUARDED_BY(mutex) = false;  // in the store
  bool topic_set PARLEY_GUARDED_BY(mutex) = false;
  std::int64_t committed PARLEY_GUARDED_BY(mutex) = 0;
  std::string topic PARLEY_GUARDED_BY(mutex);
  std::bitset<ShardSet::kMaxShards> shards PARLEY_GUARDED_BY(mutex);  // with members
  // Shards whose sessions are about to be joined by the writer: not to be taken from `shards`.
  std::bitset<ShardSet::kMaxShards> pinned PARLEY_GUARDED_BY(mutex);
  std::map<std::string, Present> present PARLEY_GUARDED_BY(mutex);  // by user id, for paging
  std::size_t watchers PARLEY_GUARDED_BY(mutex) = 0;  // members who want join and leave

 private:
  const std::string name_;
  std::vector<ShardMembers> members_;  // by shard; each element belongs to its shard
};

// The frame of a stored message: what is pushed now and what history shows later are the same.
void append_stored(std::string& out, const storage::StoredMessage& message);

}  // namespace parley::session
