// SPDX-License-Identifier: Apache-2.0
#include "plugin/file_watcher.h"

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/log.h"

namespace parley::plugin {
namespace {

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;
constexpr int kSettleMs = 50;  // a save is often several events
constexpr std::chrono::milliseconds kLongest{
    500};                        // a file that is written all the time is told too
constexpr int kEverything = -1;  // in place of a folder: the kernel dropped events

}  // namespace

struct FileWatcher::State {
  struct Watch {
    int folder = -1;   // inotify's descriptor of the folder
    std::string name;  // empty: every file of it
    Changed changed;
  };

  int inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  // Recursive, because a callback may unwatch; held while callbacks run, so that unwatch() is a
  // promise.
  std::recursive_mutex mutex;
  std::map<std::uint64_t, Watch> watches;
  std::uint64_t next_id = 1;
  bool stopping = false;
  std::thread thread;

  ~State() {
    ::close(inotify);
    ::close(wake);
  }

  void run() {
    std::set<std::pair<int, std::string>> changed;
    std::chrono::steady_clock::time_point first;
    for (;;) {
      std::array<pollfd, 2> ready{pollfd{inotify, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
      const int count = ::poll(ready.data(), ready.size(), changed.empty() ? -1 : kSettleMs);
      {
        const std::lock_guard lock(mutex);
        if (stopping) return;
        const bool rested = count == 0 || std::chrono::steady_clock::now() - first > kLongest;
        if (rested && !changed.empty()) report(std::exchange(changed, {}));
      }
      if (changed.empty()) first = std::chrono::steady_clock::now();
      if (ready[0].revents & POLLIN) collect(changed);
    }
  }

  void collect(std::set<std::pair<int, std::string>>& changed) const {
    alignas(inotify_event) std::array<char, 8192> buffer;
    const auto size = ::read(inotify, buffer.data(), buffer.size());
    if (size <= 0) return;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(at);
      if (event->mask & IN_Q_OVERFLOW) changed.emplace(kEverything, "");
      if (event->len > 0) changed.emplace(event->wd, event->name);
      at += sizeof(inotify_event) + event->len;
    }
  }

  void report(const std::set<std::pair<int, std::string>>& changed) {
    for (const auto& [folder, name] : changed) {
      std::set<std::uint64_t> concerned;
      for (const auto& [id, watch] : watches) {
        const bool named = watch.name.empty() || watch.name == name;
        if (folder == kEverything || (watch.folder == folder && named)) concerned.insert(id);
      }
      for (const auto id : concerned) {
        const auto found = watches.find(id);
        if (found == watches.end()) continue;
        const auto callback = found->second.changed;
        callback(found->second.name.empty() ? name : std::string());
      }
    }
  }
};

FileWatcher::FileWatcher() : state_(std::make_unique<State>()) {
  state_->thread = std::thread([this] { state_->run(); });
}

FileWatcher::~FileWatcher() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  const std::uint64_t one = 1;
  (void)!::write(state_->wake, &one, sizeof one);
  state_->thread.join();
}

std::uint64_t FileWatcher::watch(const std::filesystem::path& path, Changed changed) {
  const bool is_folder = std::filesystem::is_directory(path);
  const auto folder = is_folder ? path : path.parent_path();
  const std::lock_guard lock(state_->mutex);
  // inotify gives the same descriptor for the same folder, so several watches share one.
  const int descriptor = inotify_add_watch(state_->inotify, folder.c_str(), kEvents);
  if (descriptor < 0) {
    log::warn("files", "{} cannot be watched; its changes are seen at the next reload",
              folder.string());
    return 0;
  }
  const auto id = state_->next_id++;
  state_->watches[id] = {descriptor, is_folder ? std::string() : path.filename().string(),
                         std::move(changed)};
  return id;
}

void FileWatcher::unwatch(std::uint64_t id) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->watches.find(id);
  if (found == state_->watches.end()) return;
  const int folder = found->second.folder;
  state_->watches.erase(found);
  for (const auto& [other, watch] : state_->watches) {
    if (watch.folder == folder) return;
  }
  inotify_rm_watch(state_->inotify, folder);
}

}  // namespace parley::plugin
