// SPDX-License-Identifier: Apache-2.0
// The plugin's symbolic thread: one call at a time, whichever OS thread brings it.
//
// Work offered "here" runs on the calling thread when the gate is free (inline execution) and is
// left to the holder when it is not; work offered to a worker is always left. Whoever holds the
// gate works the queue off before leaving, a bounded stretch at a time, so that neither a shard nor
// a worker is captured by one busy plugin.
//
// Ownership: owned by its plugin. Thread: offer() and queued() from any; close() from one that is
// not inside. Lifetime: after close() nothing runs any more and every offer is refused, so the
// plugin's image may go. The gate itself may be destroyed from inside, by work that holds the last
// reference to its owner. Failure: kRefused when the queue is full or the gate is closed; the work
// is destroyed without having run, and its destructor is where it can notice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

class CallGate {
 public:
  enum class Outcome { kRan, kQueued, kRefused };
  // kHeld: what is offered waits until release(), because the plugin is not ready.
  enum class Begin { kOpen, kHeld };

  CallGate(Executor& workers, std::size_t queue_limit, Begin begin = Begin::kOpen);
  ~CallGate();

  enum class Where { kHere, kWorker };
  // Commands are limited; completions and events are not, because what causes them is.
  enum class Limit { kQueue, kNone };

  Outcome offer(Task work, Where where, Limit limit);
  // Ends Begin::kHeld and hold(); what waited goes to a worker.
  void release();

  // Waits until nothing runs and nothing is queued. False: it did not come to rest in time.
  bool wait_idle(Millis at_most);
  // How much was ever offered: between two equal counts nothing came.
  std::uint64_t offered() const;
  // Takes the gate itself, until release() or close(), if it is idle and nothing was offered since
  // `offered` was counted. What is offered meanwhile waits.
  bool hold(std::uint64_t offered);
  // Refuses new work, drops what is queued, waits for what runs. False: a call did not return in
  // time; the plugin's code is still on some thread's stack and the image must stay.
  bool close(Millis at_most);

  std::size_t queued() const;

 private:
  struct State;
  const std::shared_ptr<State> state_;
};

}  // namespace parley::plugin
