// SPDX-License-Identifier: Apache-2.0
// The configuration in force: parts that read it at each use get it from here.
//
// Ownership: shared, immutable; who took one keeps it whole across a reload. Thread: any.
#pragma once

#include <memory>
#include <utility>

#include "base/thread_annotations.h"
#include "config/config.h"

namespace parley::server {

class LiveConfig {
 public:
  using Snapshot = std::shared_ptr<const config::Config>;

  explicit LiveConfig(config::Config first)
      : now_(std::make_shared<const config::Config>(std::move(first))) {}

  Snapshot get() const {
    const MutexLock lock(mutex_);
    return now_;
  }
  void put(Snapshot next) {
    const MutexLock lock(mutex_);
    now_.swap(next);
  }

 private:
  mutable Mutex mutex_;
  Snapshot now_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::server
