// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_gate.h"

#include <utility>

namespace parley::plugin {
namespace {

// Queued calls one holder works off before the rest goes to a worker: long enough to amortise the hand-over, short enough not to
// make a shard wait for other people's commands.
constexpr int kStretch = 32;

}  // namespace

CallGate::Outcome CallGate::offer(Task work, Where where, Limit limit) {
  std::unique_lock lock(mutex_);
  if (closed_ || (limit == Limit::kQueue && queue_.size() >= queue_limit_)) return Outcome::kRefused;
  if (!held_ && where == Where::kHere) {
    held_ = true;
    run_here(work, lock);
    drain(lock);
    return Outcome::kRan;
  }
  queue_.push_back(std::move(work));
  if (!held_) {
    held_ = true;
    hand_to_worker();
  }
  return Outcome::kQueued;
}

void CallGate::run_here(Task& work, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  {
    Task mine = std::move(work);
    std::move(mine)();
  }
  lock.lock();
}

void CallGate::drain(std::unique_lock<std::mutex>& lock) {
  for (int done = 0; !queue_.empty(); ++done) {
    if (done == kStretch) return hand_to_worker();
    Task next = std::move(queue_.front());
    queue_.pop_front();
    run_here(next, lock);
  }
  held_ = false;
  idle_.notify_all();
}

void CallGate::hand_to_worker() {
  workers_.post([this] {
    std::unique_lock lock(mutex_);
    drain(lock);
  });
}

bool CallGate::wait_idle(Millis at_most) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, at_most, [&] { return !held_ && queue_.empty(); });
}

bool CallGate::close(Millis at_most) {
  std::unique_lock lock(mutex_);
  closed_ = true;
  std::deque<Task> dropped;
  dropped.swap(queue_);
  const bool idle = idle_.wait_for(lock, at_most, [&] { return !held_; });
  lock.unlock();
  return idle;  // `dropped` is destroyed here, outside the lock
}

std::size_t CallGate::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

}  // namespace parley::plugin
