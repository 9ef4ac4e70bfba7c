// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/process_limits.h"

#include <csignal>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::pluginhost {
namespace {

void limit(decltype(RLIMIT_CPU) resource, rlim_t value) {
  const rlimit both{value, value};
  setrlimit(resource, &both);
}

}  // namespace

void limit_this_process(const ProcessLimits& limits) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, limits.descriptors);
  if (limits.cpu_seconds > 0) limit(RLIMIT_CPU, limits.cpu_seconds);
  if (!limits.writes_files) {
    limit(RLIMIT_FSIZE, 0);
    ::signal(SIGXFSZ, SIG_IGN);  // the write fails, the plugin goes on
  }
#ifndef PARLEY_SANITIZED  // sanitizers map terabytes of shadow memory
  if (limits.memory > 0) limit(RLIMIT_AS, limits.memory);
#endif
}

bool end_with_parent(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  return ::getppid() == parent;  // it may have died before the line above
}

void close_descriptors(unsigned first) {
  ::syscall(SYS_close_range, first, ~0U, 0);
}

}  // namespace parley::pluginhost
