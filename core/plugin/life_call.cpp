// SPDX-License-Identifier: Apache-2.0
#include "plugin/life_call.h"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include <sys/prctl.h>

namespace parley::plugin {
namespace {

std::atomic<int> given_up_calls{0};

struct Call {
  std::mutex mutex;
  std::condition_variable ended;
  bool returned = false;
  bool given_up = false;
};

// `stat` as in proc(5): "7 (name) S 1 1 1 0 -1 flags …". One that was joined may be listed for a
// moment yet: it is on its way out of the kernel and runs no code any more.
bool is_running_under(const std::string& name, const std::string& stat) {
  constexpr unsigned kExiting = 0x4;  // PF_EXITING
  const auto begin = stat.find('('), end = stat.rfind(')');
  if (end == stat.npos || stat.substr(begin + 1, end - begin - 1) != name) return false;
  std::istringstream rest(stat.substr(end + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i) rest >> skipped;
  unsigned flags = 0;
  rest >> flags;
  return (flags & kExiting) == 0;
}

}  // namespace

std::string life_thread_name(const std::string& plugin) {
  static std::atomic<unsigned> last{0};
  return ("p" + std::to_string(++last) + ":" + plugin).substr(0, 15);
}

int life_calls_given_up() {
  return given_up_calls.load(std::memory_order_acquire);
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
        if (!call->given_up) return;
        lock.unlock();
        if (late) std::move(late)();
        late = nullptr;
        work = nullptr;  // what it kept goes before anyone may think that it is over
        given_up_calls.fetch_sub(1, std::memory_order_release);
      });
  std::unique_lock lock(call->mutex);
  // Real time: a hang does not heed an injected clock.
  if (call->ended.wait_for(lock, at_most, [&] { return call->returned; })) {
    lock.unlock();
    thread.join();
    return true;
  }
  call->given_up = true;
  given_up_calls.fetch_add(1, std::memory_order_relaxed);
  thread.detach();
  return false;
}

int threads_named(const std::string& thread_name) {
  int left = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::string stat;
    std::getline(std::ifstream(task.path() / "stat"), stat);
    left += is_running_under(thread_name, stat);
  }
  return left;
}

}  // namespace parley::plugin
