// SPDX-License-Identifier: Apache-2.0
// The thread that starts, watches and reaps the child processes of isolated plugins, and serves what
// their own threads ask.
//
// It starts them because a child ends with the thread that started it (parent-death signal), and
// this one lives as long as the server. Ownership: holds every child until it is reaped. Thread:
// start() from any but its own. Lifetime: the destructor kills what still lives. Failure: start()
// says why there is no process.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/task.h"
#include "plugin/child_process.h"

namespace parley::plugin {

class ChildSupervisor {
 public:
  ChildSupervisor();
  ~ChildSupervisor();

  Result<std::shared_ptr<ChildProcess>> start(ChildProcess::Options options);

 private:
  using Child = std::shared_ptr<ChildProcess>;
  void run();
  void wait(int milliseconds);
  int look_after(ChildProcess& child);
  void wake();
  void run_posted();

  const int wake_;  // eventfd
  std::mutex mutex_;
  std::deque<Task> posted_;
  bool stopping_ = false;
  std::vector<Child> children_;  // the thread's own
  std::thread thread_;
};

}  // namespace parley::plugin
