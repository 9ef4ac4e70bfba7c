// SPDX-License-Identifier: Apache-2.0
// How many things the host is doing for a plugin whose completion is still to come.
//
// Ownership: belongs to its instance. Thread: any.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace parley::plugin {

class Outstanding {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void remove() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  bool wait_none(Millis at_most) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, at_most, [&] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int count_ = 0;
};

}  // namespace parley::plugin
