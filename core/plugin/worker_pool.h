// SPDX-License-Identifier: Apache-2.0
// The threads that run plugin calls and background jobs.
//
// A call may hang: foreign code cannot be interrupted. A worker that sits in one task past its
// budget is written off and replaced, up to `max_stuck` at a time, so that hung plugins cannot
// empty the pool; when its task returns after all, the written-off thread ends. Ownership: the
// server owns the pool. Thread: post() and sweep() from any. Lifetime: stop() joins every worker
// that is back within `stuck_after`; the others are detached, because joining them would hang the
// shutdown. Failure: tasks must not throw.
#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

class WorkerPool final : public Executor {
 public:
  struct Options {
    int threads = 2;
    int max_stuck = 4;
    Millis stuck_after{2'000};
  };
  struct Stats {
    std::size_t queued = 0;
    int busy = 0;
    int stuck = 0;  // written off, still in their task
  };

  WorkerPool(Options options, const Clock& clock);
  ~WorkerPool() override;

  void post(Task task) override;
  // Looks for stuck workers and replaces them; called every few hundred milliseconds.
  void sweep();
  bool stop();  // false: some worker is not back, and left behind
  Stats stats() const;

 private:
  struct State;
  static void work(const std::shared_ptr<State>& state, std::size_t slot);
  static void start_worker(const std::shared_ptr<State>& state);

  std::shared_ptr<State>
      state_;  // shared with workers that outlive the pool because they are stuck
};

}  // namespace parley::plugin
