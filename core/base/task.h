// SPDX-License-Identifier: Apache-2.0
// Work handed from one thread to another.
//
// Ownership: a Task owns what it captured and may be move-only. Thread: run once, on the thread of
// the Executor it was posted to. Failure: a task must not throw; an escaping exception ends the
// process.
#pragma once

#include <absl/functional/any_invocable.h>

namespace parley {

using Task = absl::AnyInvocable<void()>;

// Where work is posted to: a shard, the worker pool, the database writer. post() may be called from
// any thread and never blocks; tasks posted by one thread run in the order they were posted when
// the executor is a shard.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(Task task) = 0;
};

}  // namespace parley
