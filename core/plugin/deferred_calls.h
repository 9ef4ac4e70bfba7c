// SPDX-License-Identifier: Apache-2.0
// The commands that a plugin answers later, so that somebody does when the plugin goes.
//
// Ownership: belongs to its instance. Thread: any.
#pragma once

#include <condition_variable>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "base/clock.h"
#include "command/call_id.h"

namespace parley::plugin {

class DeferredCalls {
 public:
  using Ids = std::unordered_set<std::uint64_t>;

  void add(command::CallId call) {
    const std::lock_guard lock(mutex_);
    ids_.insert(call.value);
  }
  // False: it was not among them.
  bool remove(command::CallId call) {
    const std::lock_guard lock(mutex_);
    const bool removed = ids_.erase(call.value) > 0;
    if (ids_.empty()) none_.notify_all();
    return removed;
  }
  bool has(command::CallId call) {
    const std::lock_guard lock(mutex_);
    return ids_.contains(call.value);
  }
  Ids take_all() {
    const std::lock_guard lock(mutex_);
    none_.notify_all();
    return std::exchange(ids_, {});
  }
  bool wait_none(Millis at_most) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, at_most, [&] { return ids_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  Ids ids_;
};

}  // namespace parley::plugin
