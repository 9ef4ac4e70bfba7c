// SPDX-License-Identifier: Apache-2.0
// The configuration in force: parts that read it at each use get it from here.
//
// Ownership: shared, immutable; who took one keeps it whole across a reload. Thread: any.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/context.h"
#include "base/thread_annotations.h"
#include "config/loader.h"

namespace parley::server {

class LiveConfig {
 public:
  using Snapshot = std::shared_ptr<const config::Config>;

  explicit LiveConfig(config::Loaded first)
      : now_(std::make_shared<const config::Config>(first.config)),
        origins_(std::move(first.origins)) {}

  Snapshot get() const {
    const MutexLock lock(mutex_);
    return now_;
  }
  // With where each value came from, and what of the sources waits for the next start.
  api::LiveConfig with_origins() const {
    const MutexLock lock(mutex_);
    return {{*now_, origins_, {}}, waiting_};
  }
  void put(const config::Loaded& next, std::vector<config::Change> waiting) {
    auto fresh = std::make_shared<const config::Config>(next.config);
    const MutexLock lock(mutex_);
    now_.swap(fresh);
    origins_ = next.origins;
    waiting_ = std::move(waiting);
  }

 private:
  mutable Mutex mutex_;
  Snapshot now_ PARLEY_GUARDED_BY(mutex_);
  std::map<std::string, config::Origin> origins_ PARLEY_GUARDED_BY(mutex_);
  std::vector<config::Change> waiting_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::server
