// SPDX-License-Identifier: Apache-2.0
// The state folder belongs to one server at a time.
//
// Ownership: the object holds the lock (flock on <folder>/lock) until it is destroyed or the
// process ends, however it ends. The file stays; it holds the owner's process id as text. Thread:
// any. Failure: `conflict` with a sentence that names the process that holds it, `internal` when
// the folder cannot be made or written.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace parley::storage {

class StateLock {
 public:
  // Makes the folder with mode 0700 when it is missing. A folder that is there keeps its mode.
  static Result<StateLock> acquire(const std::filesystem::path& folder);
  // The process id that holds the folder now, 0 when nobody does. For parleyctl.
  static int holder(const std::filesystem::path& folder);

  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&& other) noexcept;
  StateLock(const StateLock&) = delete;
  StateLock& operator=(const StateLock&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace parley::storage
