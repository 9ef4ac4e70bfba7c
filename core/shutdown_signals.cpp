// SPDX-License-Identifier: Apache-2.0
#include "shutdown_signals.h"

#include <csignal>
#include <ctime>

namespace parley {
namespace {

sigset_t handled() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void ShutdownSignals::block() {
  const auto set = handled();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a failed write like any other
}

Signal ShutdownSignals::wait(Millis at_most) {
  const auto set = handled();
  const timespec limit{at_most.count() / 1000, (at_most.count() % 1000) * 1'000'000};
  switch (sigtimedwait(&set, nullptr, &limit)) {
    case SIGTERM:
    case SIGINT:
      return Signal::kStop;
    case SIGHUP:
      return Signal::kReload;
    default:
      return Signal::kNone;
  }
}

}  // namespace parley
