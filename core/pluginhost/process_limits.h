// SPDX-License-Identifier: Apache-2.0
// What this process may use up, and that it ends with the server. Thread: before there is a second
// one. Failure: none; a limit that cannot be set stays as it was.
#pragma once

#include <cstddef>

#include <sys/types.h>

namespace parley::pluginhost {

struct ProcessLimits {
  std::size_t memory = 0;     // bytes of address space; 0: as it is
  unsigned descriptors = 64;  // open files
  unsigned cpu_seconds = 0;   // 0: as it is
  bool writes_files = false;  // else a file it writes into stays empty
};

void limit_this_process(const ProcessLimits& limits);
// False: `parent` is gone already.
bool end_with_parent(pid_t parent);
// Those from `first` on.
void close_descriptors(unsigned first);

}  // namespace parley::pluginhost
