// SPDX-License-Identifier: Apache-2.0
#include "loader/image_threads.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::loader {
namespace {

namespace fs = std::filesystem;

// From the robust list to behind the routine and its argument in every glibc since 2.17, with room;
// what is beyond the descriptor is passed over.
constexpr std::size_t kWords = 192;
constexpr std::uintptr_t kWord = sizeof(std::uintptr_t);

// Reads memory that may go away meanwhile: the kernel refuses the bytes where a load would end the
// process.
class Probe {
 public:
  Probe() : open_(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK) == 0) {}
  ~Probe() {
    if (!open_) return;
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  std::optional<std::uintptr_t> word(std::uintptr_t address) const {
    std::uintptr_t value = 0;
    if (!open_ || address % kWord != 0) return std::nullopt;
    // Eight aligned bytes never lie on two pages: all of them come or none.
    const auto* from = reinterpret_cast<const void*>(address);  // NOLINT(performance-no-int-to-ptr)
    // The bare call: a sanitizer's write() holds the bytes against what the program may read.
    if (::syscall(SYS_write, ends_[1], from, kWord) != static_cast<long>(kWord))
      return std::nullopt;
    if (::read(ends_[0], &value, kWord) != static_cast<ssize_t>(kWord)) return std::nullopt;
    return value;
  }

 private:
  std::array<int, 2> ends_{};
  const bool open_;
};

// One that is on its way out of the kernel runs no code any more.
bool is_ending(pid_t thread) {
  constexpr unsigned kExiting = 0x4;  // PF_EXITING
  std::ifstream in("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string stat;
  std::getline(in, stat);
  const auto name_end = stat.rfind(')');
  if (name_end == stat.npos) return true;
  std::istringstream rest(stat.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 6; ++i) rest >> skipped;
  unsigned flags = 0;
  rest >> flags;
  return (flags & kExiting) != 0;
}

// A thread that was made just now says where its list is as the first thing it does, and may not
// have come to that yet.
std::optional<std::uintptr_t> robust_list_of(pid_t thread) {
  constexpr int kLooks = 100;
  for (int look = 0; look < kLooks; ++look) {
    robust_list_head* head = nullptr;
    std::size_t size = 0;
    if (::syscall(SYS_get_robust_list, thread, &head, &size) != 0) return std::nullopt;
    if (head != nullptr) return reinterpret_cast<std::uintptr_t>(head);
    if (is_ending(thread)) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return std::nullopt;
}

bool was_started_in(const ImageSpan& image, pid_t thread, const Probe& probe) {
  const auto list = robust_list_of(thread);
  if (!list) return false;  // it ends, or is not one of the C library's
  for (std::size_t i = 0; i < kWords; ++i) {
    const auto word = probe.word(*list + i * kWord);
    if (!word) return false;
    if (image.holds(*word)) return true;
    constexpr std::uintptr_t kFirstPages = 65536;  // small numbers are no pointers
    if (*word < kFirstPages) continue;
    if (const auto inner = probe.word(*word); inner && image.holds(*inner)) return true;
  }
  return false;
}

std::string name_of(const fs::path& task) {
  std::string name;
  std::ifstream in(task / "comm");
  std::getline(in, name);
  return name;
}

}  // namespace

std::vector<RunningThread> threads_of(const ImageSpan& image) {
  std::vector<RunningThread> found;
  const Probe probe;
  const auto self = static_cast<pid_t>(::syscall(SYS_gettid));
  std::error_code error;
  for (const auto& task : fs::directory_iterator("/proc/self/task", error)) {
    const auto id = static_cast<pid_t>(std::atoi(task.path().filename().c_str()));
    if (id == self || !was_started_in(image, id, probe)) continue;
    found.push_back({id, name_of(task.path())});
  }
  return found;
}

}  // namespace parley::loader
