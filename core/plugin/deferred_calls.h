// SPDX-License-Identifier: Apache-2.0
// The commands that a plugin answers later, so that somebody does when the plugin goes.
//
// Ownership: belongs to its instance. Thread: any.
#pragma once

#include <mutex>
#include <unordered_set>
#include <utility>

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
    return ids_.erase(call.value) > 0;
  }
  bool has(command::CallId call) {
    const std::lock_guard lock(mutex_);
    return ids_.contains(call.value);
  }
  Ids take_all() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ids_, {});
  }

 private:
  std::mutex mutex_;
  Ids ids_;
};

}  // namespace parley::plugin
