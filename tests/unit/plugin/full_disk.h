// SPDX-License-Identifier: Apache-2.0
// While it lives, this process cannot write a byte into a file, as on a full disk.
//
// Thread: the limit is the process's; writes fail with EFBIG, the signal that comes with it is ignored.
#pragma once

#include <csignal>
#include <stdexcept>

#include <sys/resource.h>

namespace parley {

class FullDisk {
 public:
  FullDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    rlimit none{};
    if (::getrlimit(RLIMIT_FSIZE, &before_) != 0) throw std::runtime_error("getrlimit");
    none.rlim_max = before_.rlim_max;
    if (::setrlimit(RLIMIT_FSIZE, &none) != 0) throw std::runtime_error("setrlimit");
  }
  ~FullDisk() {
    (void)::setrlimit(RLIMIT_FSIZE, &before_);
    (void)std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*const handler_)(int);
};

}  // namespace parley
