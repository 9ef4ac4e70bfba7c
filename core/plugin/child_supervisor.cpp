// SPDX-License-Identifier: Apache-2.0
#include "plugin/child_supervisor.h"

#include <algorithm>
#include <future>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::plugin {
namespace {

int sooner(int a, int b) {
  return a < 0 ? b : b < 0 ? a : std::min(a, b);
}

}  // namespace

ChildSupervisor::ChildSupervisor()
    : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), thread_([this] { run(); }) {}

ChildSupervisor::~ChildSupervisor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  ::close(wake_);
}

void ChildSupervisor::wake() {
  const std::uint64_t one = 1;
  (void)!::write(wake_, &one, sizeof one);  // full means that it is awake already
}

Result<std::shared_ptr<ChildProcess>> ChildSupervisor::start(ChildProcess::Options options) {
  std::promise<Result<Child>> promise;
  auto started = promise.get_future();
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back([this, &promise, options = std::move(options)]() mutable {
      auto child = ChildProcess::spawn(std::move(options));
      if (child) {
        (*child)->wake_by([this] { wake(); });
        children_.push_back(*child);
      }
      promise.set_value(std::move(child));
    });
  }
  wake();
  return started.get();
}

void ChildSupervisor::run_posted() {
  std::deque<Task> tasks;
  {
    const std::lock_guard lock(mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) std::move(task)();
}

void ChildSupervisor::run() {
  int next = -1;
  for (;;) {
    wait(next);
    run_posted();
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    next = -1;
    for (const auto& child : children_) next = sooner(next, look_after(*child));
    std::erase_if(children_, [](const Child& child) { return child->reaped(); });
  }
  for (const auto& child : children_) {
    child->expect_end();
    child->condemn("the server ends", ChildProcess::How::kAtOnce);
    (void)child->press();
    pollfd ended{child->process_handle(), POLLIN, 0};
    while (!child->reap()) (void)::poll(&ended, 1, -1);
  }
}

// Sleeps until a child says or prints something, or ends, or somebody wakes this thread.
void ChildSupervisor::wait(int milliseconds) {
  std::vector<pollfd> watched{{wake_, POLLIN, 0}};
  for (const auto& child : children_) {
    watched.push_back({child->process_handle(), POLLIN, 0});
    watched.push_back({child->output(), POLLIN, 0});
    if (!child->lost()) watched.push_back({child->own_threads_lane().fd(), POLLIN, 0});
  }
  (void)::poll(watched.data(), watched.size(), milliseconds);
  std::uint64_t count = 0;
  (void)!::read(wake_, &count, sizeof count);
}

int ChildSupervisor::look_after(ChildProcess& child) {
  child.forward_output();
  const bool more = !child.lost() && child.serve_own_threads();
  if (child.reap()) return -1;
  return more ? 0 : child.press();
}

}  // namespace parley::plugin
