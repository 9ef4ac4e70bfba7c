// SPDX-License-Identifier: Apache-2.0
// The shards as the session layer sees them: numbered executors, and which of them runs now.
//
// Purpose: sessions and channels need to post to a shard and to know whether they are on it, and
// nothing else; so tests drive them with executors of their own. Ownership: borrows the executors.
// Thread: any; immutable. Lifetime: the executors outlive whoever posts.
//
//   ShardSet shards(pool executors, [] { return Shard::current() ? Shard::current()->index() : -1; });
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "base/task.h"

namespace parley::session {

class ShardSet {
 public:
  using Current = int (*)();  // index of the calling thread's shard, or -1 on every other thread

  static constexpr int kMaxShards = 256;  // a session key keeps the index in its top byte

  ShardSet(std::vector<Executor*> shards, Current which)
      : shards_(std::move(shards)), current_(which) {}

  int size() const { return static_cast<int>(shards_.size()); }
  int current() const { return current_(); }
  void post(int shard, Task task) const {
    shards_[static_cast<std::size_t>(shard)]->post(std::move(task));
  }
  // Runs it now when called on that shard, so that what one handler does keeps its order.
  void run_on(int shard, Task task) const {
    if (current() == shard) return task();
    post(shard, std::move(task));
  }

 private:
  std::vector<Executor*> shards_;
  Current current_;
};

}  // namespace parley::session
