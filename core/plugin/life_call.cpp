// SPDX-License-Identifier: Apache-2.0
#include "plugin/life_call.h"

#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <sys/prctl.h>

namespace parley::plugin {
namespace {

struct Call {
  std::mutex mutex;
  std::condition_variable ended;
  bool returned = false;
  bool given_up = false;
};

}  // namespace

std::string life_thread_name(const std::string& plugin, std::uint32_t generation) {
  return ("p" + std::to_string(generation) + ":" + plugin).substr(0, 15);
}

bool run_life_call(const std::string& thread_name, Millis at_most, Task work, Task late) {
  const auto call = std::make_shared<Call>();
  std::thread thread(
      [call, name = thread_name, work = std::move(work), late = std::move(late)]() mutable {
        ::prctl(PR_SET_NAME, name.c_str());
        std::move(work)();
        std::unique_lock lock(call->mutex);
        call->returned = true;
        call->ended.notify_all();
        if (!call->given_up || !late) return;
        lock.unlock();
        std::move(late)();
      });
  std::unique_lock lock(call->mutex);
  // Real time: a hang does not heed an injected clock.
  if (call->ended.wait_for(lock, at_most, [&] { return call->returned; })) {
    lock.unlock();
    thread.join();
    return true;
  }
  call->given_up = true;
  thread.detach();
  return false;
}

int threads_named(const std::string& thread_name) {
  int left = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    left += name == thread_name;
  }
  return left;
}

}  // namespace parley::plugin
