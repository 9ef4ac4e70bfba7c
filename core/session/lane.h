// SPDX-License-Identifier: Apache-2.0
// The order of one session's commands: the next one starts when the handler of the previous one has
// returned (its answer may still be deferred).
//
// Ownership: owns the tasks that wait. Thread: the session's shard. Lifetime: clear() or
// destruction drops what waits without running it. Failure: none; how many may wait is limited by
// the in-flight limit before enqueue().
//
//   lane.enqueue([…] { target.invoke(std::move(invocation)); });   // runs now when the lane is free
//   …
//   lane.returned();                                                // exactly once per started task
#pragma once

#include <cstddef>
#include <deque>
#include <memory>

#include "base/task.h"

namespace parley::session {

class Lane {
 public:
  bool busy() const { return busy_; }
  std::size_t waiting() const { return waiting_ ? waiting_->size() : 0; }

  // Takes a free lane without making a task; returned() must follow as for enqueue().
  bool try_enter() {
    if (busy_) return false;
    busy_ = true;
    return true;
  }

  void enqueue(Task task) {
    if (try_enter()) return task();
    if (!waiting_) waiting_ = std::make_unique<std::deque<Task>>();
    waiting_->push_back(std::move(task));
  }

  // Starts the next one. Handlers that return inside their own start do not deepen the stack.
  void returned() {
    busy_ = false;
    if (draining_) return;
    draining_ = true;
    while (!busy_ && waiting() > 0) {
      Task next = std::move(waiting_->front());
      waiting_->pop_front();
      busy_ = true;
      next();
    }
    draining_ = false;
  }

  void clear() { waiting_.reset(); }

 private:
  bool busy_ = false;
  bool draining_ = false;
  std::unique_ptr<std::deque<Task>> waiting_;  // most sessions never wait: no deque until then
};

}  // namespace parley::session
