// SPDX-License-Identifier: Apache-2.0
#include "plugin/sweeper.h"

#include <utility>

namespace parley::plugin {

Sweeper::Sweeper(Millis period, Task tick)
    : period_(period), tick_(std::move(tick)), thread_([this] { run(); }) {}

void Sweeper::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Sweeper::run() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, period_, [&] { return stopping_; })) {
    lock.unlock();
    tick_();
    lock.lock();
  }
}

}  // namespace parley::plugin
