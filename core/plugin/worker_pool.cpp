// SPDX-License-Identifier: Apache-2.0
#include "plugin/worker_pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"

namespace parley::plugin {

struct WorkerPool::State {
  struct Worker {
    std::thread thread;
    std::optional<Clock::TimePoint> busy_since;
    bool written_off = false;
    bool ended = false;
  };

  State(Options o, const Clock& c) : options(o), clock(c) {}

  const Options options;
  const Clock& clock;
  mutable std::mutex mutex;
  std::condition_variable ready;
  std::condition_variable ended;
  std::deque<Task> queue;
  std::deque<Worker> workers;  // a deque: threads keep using their slot while others are added
  int stuck = 0;
  bool stopping = false;
};

WorkerPool::WorkerPool(Options options, const Clock& clock)
    : state_(std::make_shared<State>(options, clock)) {
  const std::lock_guard lock(state_->mutex);
  for (int i = 0; i < options.threads; ++i) start_worker(state_);
}

WorkerPool::~WorkerPool() {
  (void)stop();
}

void WorkerPool::start_worker(const std::shared_ptr<State>& state) {
  const auto slot = state->workers.size();
  state->workers.emplace_back();
  state->workers.back().thread = std::thread([state, slot] { work(state, slot); });
}

void WorkerPool::work(const std::shared_ptr<State>& state, std::size_t slot) {
  std::unique_lock lock(state->mutex);
  auto& self = state->workers[slot];
  for (;;) {
    state->ready.wait(lock, [&] { return state->stopping || !state->queue.empty(); });
    if (state->queue.empty()) break;  // stopping, and nothing is left
    {
      Task task = std::move(state->queue.front());
      state->queue.pop_front();
      self.busy_since = state->clock.now();
      lock.unlock();
      std::move(task)();
    }  // what the task captured is destroyed outside the lock
    lock.lock();
    self.busy_since.reset();
    if (self.written_off) {
      --state->stuck;
      break;  // a replacement took this worker's place
    }
  }
  self.ended = true;
  state->ended.notify_all();
}

void WorkerPool::post(Task task) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    state_->queue.push_back(std::move(task));
  }
  state_->ready.notify_one();
}

void WorkerPool::sweep() {
  const std::lock_guard lock(state_->mutex);
  const auto now = state_->clock.now();
  std::size_t replacements = 0;
  for (auto& worker : state_->workers) {
    if (worker.written_off || !worker.busy_since ||
        now - *worker.busy_since < state_->options.stuck_after)
      continue;
    if (state_->stuck >= state_->options.max_stuck) break;
    worker.written_off = true;
    ++state_->stuck;
    ++replacements;
  }
  for (std::size_t i = 0; i < replacements; ++i) {
    log::warn("workers",
              "a worker has been in one plugin call for more than {} ms: it is written off and "
              "replaced ({} of at most {})",
              state_->options.stuck_after.count(), state_->stuck, state_->options.max_stuck);
    start_worker(state_);
  }
}

bool WorkerPool::stop() {
  bool all = true;
  std::vector<std::thread> finished;
  {
    std::unique_lock lock(state_->mutex);
    if (state_->stopping) return true;
    state_->stopping = true;
    state_->ready.notify_all();
    // Nobody sweeps any more: whoever is not back by then counts as stuck. Real time, because a
    // hang does not heed an injected clock.
    state_->ended.wait_for(lock, state_->options.stuck_after, [&] {
      return std::all_of(state_->workers.begin(), state_->workers.end(),
                         [](const auto& worker) { return worker.ended || worker.written_off; });
    });
    for (auto& worker : state_->workers) {
      if (worker.ended) {
        finished.push_back(std::move(worker.thread));
      } else {
        worker.thread.detach();
        all = false;
      }
    }
  }
  for (auto& thread : finished) thread.join();
  return all;
}

WorkerPool::Stats WorkerPool::stats() const {
  const std::lock_guard lock(state_->mutex);
  Stats stats{.queued = state_->queue.size(), .stuck = state_->stuck};
  for (const auto& worker : state_->workers) stats.busy += worker.busy_since && !worker.written_off;
  return stats;
}

}  // namespace parley::plugin
