// SPDX-License-Identifier: Apache-2.0
#include "ctl/source_watcher.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/core.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kChanges =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE;

bool counts(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.front() == '#' || name.back() == '~')
    return false;
  return !name.starts_with("build");
}

Status failed(const fs::path& folder, const char* what) {
  return Status::internal(
      fmt::format("cannot watch {} ({}): {}{}", folder.string(), what, std::strerror(errno),
                  errno == ENOSPC ? "; raise fs.inotify.max_user_watches" : ""));
}

// Whether there is something to read within `timeout` milliseconds, -1: at any time.
bool readable(int fd, int timeout) {
  pollfd waiting{fd, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, timeout);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

Result<std::unique_ptr<SourceWatcher>> SourceWatcher::open(const fs::path& folder) {
  const int fd = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return failed(folder, "inotify");
  std::unique_ptr<SourceWatcher> watcher(new SourceWatcher(fd));
  if (auto status = watcher->watch(folder); !status) return status;
  return watcher;
}

SourceWatcher::~SourceWatcher() {
  ::close(fd_);
}

Status SourceWatcher::watch(const fs::path& folder) {
  const int id = ::inotify_add_watch(fd_, folder.c_str(), kChanges | IN_ONLYDIR);
  if (id < 0) return errno == ENOENT ? Status::ok() : failed(folder, "inotify_add_watch");
  folders_[id] = folder;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!entry.is_directory(error) || entry.is_symlink(error) ||
        !counts(entry.path().filename().string()))
      continue;
    if (auto status = watch(entry.path()); !status) return status;
  }
  return Status::ok();
}

Result<fs::path> SourceWatcher::read_events() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  fs::path changed;
  for (;;) {
    const auto size = ::read(fd_, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return changed;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      const auto& event = *reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event.len;
      if ((event.mask & IN_IGNORED) != 0) folders_.erase(event.wd);
      const auto folder = folders_.find(event.wd);
      const std::string name = event.len > 0 ? event.name : "";
      if (folder == folders_.end() || !counts(name)) continue;
      const fs::path file = folder->second / name;
      const bool is_folder = (event.mask & IN_ISDIR) != 0;
      if (is_folder && (event.mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        if (auto status = watch(file); !status) return status;
      }
      // A file that was only created has no content yet: its closing is the change.
      if (is_folder || (event.mask & IN_CREATE) == 0) changed = file;
    }
  }
}

Result<fs::path> SourceWatcher::wait(Millis quiet) {
  fs::path changed;
  while (readable(fd_, changed.empty() ? -1 : static_cast<int>(quiet.count()))) {
    auto next = read_events();
    if (!next) return next.status();
    if (!next->empty()) changed = *next;
  }
  return changed;
}

}  // namespace parley::ctl
