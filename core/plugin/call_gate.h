// SPDX-License-Identifier: Apache-2.0
// The plugin's symbolic thread: one call at a time, whichever OS thread brings it.
//
// Work offered "here" runs on the calling thread when the gate is free (inline execution) and is left to the holder when it is
// not; work offered to a worker is always left. Whoever holds the gate works the queue off before leaving, a bounded stretch
// at a time, so that neither a shard nor a worker is captured by one busy plugin.
//
// Ownership: owned by its plugin. Thread: offer() and queued() from any; close() from one that is not inside. Lifetime: after
// close() nothing runs any more and every offer is refused, so the plugin's image may go. Failure: kRefused when the queue is full
// or the gate is closed; the work is destroyed without having run, the caller answers.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

class CallGate {
 public:
  enum class Outcome { kRan, kQueued, kRefused };

  CallGate(Executor& workers, std::size_t queue_limit) : workers_(workers), queue_limit_(queue_limit) {}
  ~CallGate() { (void)close(Millis(0)); }

  enum class Where { kHere, kWorker };
  // Commands are limited; completions and events are not, because what causes them is.
  enum class Limit { kQueue, kNone };

  Outcome offer(Task work, Where where, Limit limit);

  // Waits until nothing runs and nothing is queued. False: it did not come to rest in time.
  bool wait_idle(Millis at_most);
  // Refuses new work, drops what is queued, waits for what runs. False: a call did not return in time; the plugin's code is
  // still on some thread's stack and the image must stay.
  bool close(Millis at_most);

  std::size_t queued() const;

 private:
  void run_here(Task& work, std::unique_lock<std::mutex>& lock);
  void drain(std::unique_lock<std::mutex>& lock);
  void hand_to_worker();

  Executor& workers_;
  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<Task> queue_;
  bool held_ = false;    // someone is inside, or a worker was asked to come
  bool closed_ = false;
};

}  // namespace parley::plugin
