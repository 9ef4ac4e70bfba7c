// SPDX-License-Identifier: Apache-2.0
// Looks after plugins now and then, whatever the operations on them do meanwhile.
//
// Ownership: owns its thread. Thread: the tick's own. Lifetime: stop() joins; a tick that has begun
// ends first. Failure: the tick must not throw, and must not wait for a plugin.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

class Sweeper {
 public:
  Sweeper(Millis period, Task tick);
  ~Sweeper() { stop(); }
  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  void stop();

 private:
  void run();

  const Millis period_;
  Task tick_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace parley::plugin
