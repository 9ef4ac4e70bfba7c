// SPDX-License-Identifier: Apache-2.0
#include "plugin/call_gate.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace parley::plugin {
namespace {

// Queued calls one holder works off before the rest goes to a worker: long enough to amortise the
// hand-over, short enough not to make a shard wait for other people's commands.
constexpr int kStretch = 32;

}  // namespace

// Shared with whoever is inside: the work may destroy the gate's owner.
struct CallGate::State : std::enable_shared_from_this<State> {
  State(Executor& executor, std::size_t limit, bool begins_held)
      : workers(executor), queue_limit(limit), held(begins_held), parked(begins_held) {}

  void run_here(Task& work, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    {
      Task mine = std::move(work);
      std::move(mine)();
    }
    lock.lock();
  }

  void drain(std::unique_lock<std::mutex>& lock) {
    for (int done = 0; !queue.empty(); ++done) {
      if (done == kStretch) return hand_to_worker();
      Task next = std::move(queue.front());
      queue.pop_front();
      run_here(next, lock);
    }
    held = false;
    idle.notify_all();
  }

  void hand_to_worker() {
    workers.post([self = shared_from_this()] {
      std::unique_lock lock(self->mutex);
      self->drain(lock);
    });
  }

  // Destroyed outside the lock: what is dropped answers those who wait for it.
  void drop_queue(std::unique_lock<std::mutex>& lock) {
    closed = true;
    if (std::exchange(parked, false)) held = false;  // nobody is inside
    std::deque<Task> dropped;
    dropped.swap(queue);
    lock.unlock();
    dropped.clear();
    lock.lock();
  }

  Executor& workers;
  const std::size_t queue_limit;
  std::mutex mutex;
  std::condition_variable idle;
  std::deque<Task> queue;
  bool held;    // someone is inside, a worker was asked to come, or the gate is not released yet
  bool parked;  // held by nobody's call: begun held, or hold()
  bool closed = false;
  std::uint64_t offered = 0;
};

CallGate::CallGate(Executor& workers, std::size_t queue_limit, Begin begin)
    : state_(std::make_shared<State>(workers, queue_limit, begin == Begin::kHeld)) {}

CallGate::~CallGate() {
  (void)close(Millis(0));
}

CallGate::Outcome CallGate::offer(Task work, Where where, Limit limit) {
  const auto state = state_;
  std::unique_lock lock(state->mutex);
  if (state->closed || (limit == Limit::kQueue && state->queue.size() >= state->queue_limit))
    return Outcome::kRefused;
  ++state->offered;
  if (!state->held && where == Where::kHere) {
    state->held = true;
    state->run_here(work, lock);
    state->drain(lock);
    return Outcome::kRan;
  }
  state->queue.push_back(std::move(work));
  if (!state->held) {
    state->held = true;
    state->hand_to_worker();
  }
  return Outcome::kQueued;
}

void CallGate::release() {
  const std::lock_guard lock(state_->mutex);
  if (!std::exchange(state_->parked, false)) return;
  if (!state_->queue.empty()) return state_->hand_to_worker();
  state_->held = false;
  state_->idle.notify_all();
}

bool CallGate::wait_idle(Millis at_most) {
  std::unique_lock lock(state_->mutex);
  return state_->idle.wait_for(lock, at_most,
                               [&] { return !state_->held && state_->queue.empty(); });
}

std::uint64_t CallGate::offered() const {
  const std::lock_guard lock(state_->mutex);
  return state_->offered;
}

bool CallGate::hold(std::uint64_t offered) {
  const std::lock_guard lock(state_->mutex);
  auto& state = *state_;
  if (state.closed || state.held || !state.queue.empty() || state.offered != offered) return false;
  state.held = true;
  state.parked = true;
  return true;
}

bool CallGate::close(Millis at_most) {
  const auto state = state_;
  std::unique_lock lock(state->mutex);
  state->drop_queue(lock);
  return state->idle.wait_for(lock, at_most, [&] { return !state->held; });
}

std::size_t CallGate::queued() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

}  // namespace parley::plugin
