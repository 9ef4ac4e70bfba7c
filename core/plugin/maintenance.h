// SPDX-License-Identifier: Apache-2.0
// The thread that opens and closes plugins, and looks after the workers in between.
//
// Ownership: owns its thread and queue. Thread: any. Lifetime: stop() runs what is queued and
// joins. Failure: tasks must not throw.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

class Maintenance final : public Executor {
 public:
  // `tick` runs every `period` while nothing else does.
  Maintenance(Millis period, Task tick);
  ~Maintenance() override;

  void post(Task task) override;
  void run_blocking(Task task);  // not from a task
  void stop();

 private:
  void run();

  const Millis period_;
  Task tick_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::plugin
