// SPDX-License-Identifier: Apache-2.0
// What a version that does not serve yet does to the world outside: held back until it has taken
// over, dropped when it does not come to that.
//
// Ownership: belongs to its instance. Thread: any; an effect runs on the thread that caused it, or
// on the one that lets them go. Failure: none.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/task.h"

namespace parley::plugin {

class HeldEffects {
 public:
  bool holding() const { return holding_.load(std::memory_order_acquire); }
  void hold() { holding_ = true; }

  // Runs it now, or keeps it, in order.
  template <typename Effect>
  void pass(Effect&& effect) {
    if (holding()) {
      const std::lock_guard lock(mutex_);
      if (holding()) return held_.emplace_back(std::forward<Effect>(effect)), void();
    }
    std::forward<Effect>(effect)();
  }
  void let_go() {
    while (true) {
      std::vector<Task> now;
      {
        const std::lock_guard lock(mutex_);
        if (held_.empty()) {
          holding_ = false;
          return;
        }
        now.swap(held_);
      }
      for (auto& effect : now) std::move(effect)();
    }
  }
  void drop() {
    std::vector<Task> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(held_);
  }

 private:
  std::atomic<bool> holding_{false};
  std::mutex mutex_;
  std::vector<Task> held_;
};

}  // namespace parley::plugin
