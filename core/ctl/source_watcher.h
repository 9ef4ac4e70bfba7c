// SPDX-License-Identifier: Apache-2.0
// Waits until somebody saves a file in a folder or below it.
//
// Build folders (`build*`), hidden names and editors' own copies (`x~`, `.x.swp`) do not count.
// Folders made later are watched too. Ownership: one inotify descriptor. Thread: one. Failure:
// open() says what the kernel refused.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/status.h"

namespace parley::ctl {

class SourceWatcher {
 public:
  static Result<std::unique_ptr<SourceWatcher>> open(const std::filesystem::path& folder);
  ~SourceWatcher();
  SourceWatcher(const SourceWatcher&) = delete;
  SourceWatcher& operator=(const SourceWatcher&) = delete;

  // Blocks until something was saved and `quiet` has passed without another change: editors write a
  // file in several steps. Returns one of the files.
  Result<std::filesystem::path> wait(Millis quiet);

 private:
  explicit SourceWatcher(int fd) : fd_(fd) {}
  Status watch(const std::filesystem::path& folder);
  // Reads what is there; the last file that counts, or empty.
  Result<std::filesystem::path> read_events();

  const int fd_;
  std::map<int, std::filesystem::path> folders_;
};

}  // namespace parley::ctl
