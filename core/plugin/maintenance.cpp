// SPDX-License-Identifier: Apache-2.0
#include "plugin/maintenance.h"

#include <future>
#include <utility>

namespace parley::plugin {

Maintenance::Maintenance(Millis period, Task tick)
    : period_(period), tick_(std::move(tick)), thread_([this] { run(); }) {}

Maintenance::~Maintenance() {
  stop();
}

void Maintenance::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queue_.push_back(std::move(task));
  }
  ready_.notify_one();
}

void Maintenance::run_blocking(Task task) {
  std::promise<void> finished;
  post([&] {
    std::move(task)();
    finished.set_value();
  });
  finished.get_future().wait();
}

void Maintenance::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  ready_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Maintenance::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (queue_.empty() && stopping_) return;
    if (queue_.empty()) {
      ready_.wait_for(lock, period_, [&] { return stopping_ || !queue_.empty(); });
    }
    Task next;
    if (!queue_.empty()) {
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    if (next) {
      std::move(next)();
      next = nullptr;
    } else {
      tick_();
    }
    lock.lock();
  }
}

}  // namespace parley::plugin
