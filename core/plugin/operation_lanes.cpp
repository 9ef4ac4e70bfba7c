// SPDX-License-Identifier: Apache-2.0
#include "plugin/operation_lanes.h"

#include <algorithm>
#include <future>
#include <set>
#include <string_view>
#include <utility>

namespace parley::plugin {
namespace {

// Of the operation that runs on this thread.
thread_local std::uint64_t own_ticket = 0;

}  // namespace

void OperationLanes::post(std::string lane, Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    entries_.push_back({++last_ticket_, std::move(lane), std::move(task)});
    // One that is about to wake counts as idle still, so they are held against what could begin.
    if (free_now() > idle_ && threads_.size() < most_) threads_.emplace_back([this] { run(); });
  }
  changed_.notify_all();
}

void OperationLanes::run_blocking(std::string lane, Task task) {
  std::promise<void> end;
  const auto ended = end.get_future();
  // The promise goes with the task: it is kept, or broken when the task is dropped, and either ends
  // the wait.
  post(std::move(lane), [&task, end = std::move(end)]() mutable {
    std::move(task)();
    end.set_value();
  });
  ended.wait();
}

void OperationLanes::wait_for_earlier(const std::vector<std::string>& lanes) {
  const auto concerns = [&](const Entry& entry) {
    return entry.ticket < own_ticket && std::ranges::find(lanes, entry.lane) != lanes.end();
  };
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return std::ranges::none_of(entries_, concerns); });
}

void OperationLanes::wait_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return entries_.empty(); });
}

std::vector<std::string> OperationLanes::busy() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> lanes;
  for (const auto& entry : entries_) lanes.insert(entry.lane);
  return {lanes.begin(), lanes.end()};
}

void OperationLanes::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

OperationLanes::Entries::iterator OperationLanes::next_free() {
  std::set<std::string_view> taken;
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (taken.insert(entry->lane).second && !entry->running) return entry;
  }
  return entries_.end();
}

std::size_t OperationLanes::free_now() const {
  std::set<std::string_view> taken;
  std::size_t free = 0;
  for (const auto& entry : entries_) free += taken.insert(entry.lane).second && !entry.running;
  return free;
}

void OperationLanes::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto entry = next_free();
    if (entry == entries_.end()) {
      if (stopping_) return;  // what waits behind an operation is for the thread that runs it
      ++idle_;
      changed_.wait(lock);
      --idle_;
      continue;
    }
    entry->running = true;
    lock.unlock();
    own_ticket = entry->ticket;
    {
      Task mine = std::move(entry->task);
      mine();
    }
    lock.lock();
    entries_.erase(entry);
    changed_.notify_all();
  }
}

}  // namespace parley::plugin
