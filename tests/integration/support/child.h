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
#include "support/temp_folder.h"

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
  // Until the process has written to one of its files or has ended; false when `deadline` passed.
  bool wait_for_output(Deadline deadline);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  int changes_ = -1;  // inotify, over both files
  std::optional<int> exit_code_;
};

// "" when there is no such file.
inline std::string contents(const std::filesystem::path& file) {
  return TempFolder::read(file);
}

}  // namespace parley::test
