// SPDX-License-Identifier: Apache-2.0
// What is there before anything else: the state folder, held by this process alone, the log and the
// database.
//
// Ownership: owns lock and store. Failure: a sentence for the operator; nothing is left behind but
// the folder.
#pragma once

#include <filesystem>
#include <memory>

#include "config/config.h"
#include "storage/state_lock.h"
#include "storage/store.h"

namespace parley::server {

struct State {
  static Result<std::unique_ptr<State>> open(const config::Config& config);

  std::filesystem::path folder;
  storage::StateLock lock;
  std::unique_ptr<storage::Store> store;
};

}  // namespace parley::server
