// SPDX-License-Identifier: Apache-2.0
// Tells plugins when a file or a folder they read has changed (inotify, on a thread of its own).
//
// Ownership: the server owns the watcher; callbacks are kept until unwatch(). Thread: watch() and
// unwatch() from any; callbacks run on the watcher's thread and must only post. Lifetime: after
// unwatch() has returned the callback does not run any more. Failure: watch() gives 0 when the
// folder cannot be watched. Editors replace files by renaming, so the folder is watched and names
// are compared; changes shortly after one another come as one call.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace parley::plugin {

class FileWatcher {
 public:
  // `name`: the file's name inside a watched folder, empty for a watched file.
  using Changed = std::function<void(const std::string& name)>;

  FileWatcher();
  ~FileWatcher();

  std::uint64_t watch(const std::filesystem::path& path, Changed changed);
  void unwatch(std::uint64_t id);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::plugin
