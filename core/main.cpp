// SPDX-License-Identifier: Apache-2.0
// parleyd: flags -> configuration -> Server::run().
#include <iostream>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "config/flags.h"
#include "server.h"
#include "shutdown_signals.h"
#include "storage/open_store.h"
#include "storage/state_lock.h"

extern char** environ;

namespace {

// What is in memory here are passwords and keys: no core file, no attaching, nothing readable by
// others on disk.
void protect_secrets() {
  umask(077);
#ifndef PARLEY_SANITIZED  // the leak checker attaches to its own process
  prctl(PR_SET_DUMPABLE, 0);
#endif
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

int restore(const parley::config::Start& start) {
  const auto& config = start.loaded.config;
  const auto lock = parley::storage::StateLock::acquire(config.state_dir);
  const auto kept = lock ? parley::storage::restore_database(
                               start.restore_file, parley::storage::store_options(config).file)
                         : parley::Result<std::filesystem::path>(lock.status());
  if (!kept) {
    std::cerr << "parleyd: " << kept.status().message() << '\n';
    return 1;
  }
  std::cerr << "parleyd: restored " << start.restore_file
            << (kept->empty() ? "" : "; the database that was there is kept as " + kept->string())
            << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  protect_secrets();
  const auto start =
      parley::config::parse_flags(argc, argv, parley::config::environment_of(environ));
  std::cout << start.output << std::flush;
  std::cerr << start.complaint;
  if (start.mode == parley::config::Mode::kDone) return start.exit_code;
  if (start.mode == parley::config::Mode::kRestore) return restore(start);
  parley::ShutdownSignals::block();
  return parley::Server::run(start);
}
