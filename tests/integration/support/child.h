// SPDX-License-Identifier: Apache-2.0
// One child process: started with its output in files, waited for within a time, ended by its pid.
//
// Ownership: destruction kills what still runs. The kernel kills it too when the test program dies.
// Thread: start it on the program's main thread (the kernel watches the starting thread).
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "integration/support/wire.h"

namespace parley::test {

class Child {
 public:
  // Standard output and error go to the two files, appended.
  Child(const std::vector<std::string>& command, const std::filesystem::path& out,
        const std::filesystem::path& err);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  void signal(int number) const;
  bool running();
  // The exit code, or 128 + signal; nothing when it still runs after `time`.
  std::optional<int> wait(std::chrono::milliseconds time);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<int> exit_code_;
};

// A folder under the system's temporary one, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string contents(const std::filesystem::path& file);  // empty when there is none

}  // namespace parley::test
