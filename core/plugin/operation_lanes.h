// SPDX-License-Identifier: Apache-2.0
// Runs the operations on plugins: those on one plugin one after the other, as they came; those on
// different plugins side by side, on a bounded number of threads.
//
// A lane is a name, usually a plugin's id; what does not concern one plugin has a lane of its own,
// whose name begins with '#' so that no plugin can have it. The oldest operation whose lane is free
// begins next, so none is passed over for ever.
//
// Ownership: owns its threads and what waits. Thread: any. Lifetime: stop() runs what waits and
// joins; what is posted afterwards is dropped. Failure: tasks must not throw.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/task.h"

namespace parley::plugin {

class OperationLanes {
 public:
  explicit OperationLanes(int threads) : most_(static_cast<std::size_t>(threads)) {}
  ~OperationLanes() { stop(); }
  OperationLanes(const OperationLanes&) = delete;
  OperationLanes& operator=(const OperationLanes&) = delete;

  void post(std::string lane, Task task);
  // Until it has run, or was dropped; not from a task.
  void run_blocking(std::string lane, Task task);

  // From a task: until nothing is left on these lanes that was posted before the task itself. As
  // everyone waits for older ones only, nobody waits in a circle. The task's own lane does not
  // count.
  void wait_for_earlier(const std::vector<std::string>& lanes);

  // Until nothing waits and nothing runs; not from a task.
  void wait_idle();
  // Those on which something waits or runs.
  std::vector<std::string> busy() const;
  void stop();

 private:
  struct Entry {
    std::uint64_t ticket = 0;
    std::string lane;
    Task task;
    bool running = false;
  };
  using Entries = std::list<Entry>;
  Entries::iterator next_free();
  std::size_t free_now() const;  // entries that could begin
  void run();

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Entries entries_;  // by age; those that run are among them
  std::uint64_t last_ticket_ = 0;
  std::size_t idle_ = 0;  // threads that wait for work
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace parley::plugin
