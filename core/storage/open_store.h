// SPDX-License-Identifier: Apache-2.0
// Opening, checking and restoring the database file. Blocking: start-up and parleyctl only.
//
// Failure: `internal` with a sentence that names the file and the next step, for: no database,
// corrupt, made by a newer Parley, locked by another process, no right to write, no space.
// `overloaded` never.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/status.h"
#include "config/config.h"
#include "storage/store.h"

namespace parley::storage {

struct StoreOptions {
  std::filesystem::path file;  // its folder exists; the file is made 0600 when it is missing
  config::Storage limits;
  std::int64_t max_pages = 0;  // caps the file's size in pages of 4 KiB; 0: as large as the disk
};

// The options of a server with this configuration: <state_dir>/<storage.file>.
StoreOptions store_options(const config::Config& config);

// Migrates an older schema after copying the file to FILE.before-N, N being the version it is
// brought to.
Result<std::unique_ptr<Store>> open_store(const StoreOptions& options);

// Schema version of a Parley database after a full integrity check.
Result<int> check_database(const std::filesystem::path& file);

// Puts a checked copy of `backup` in the place of `file`; what was there is kept as
// FILE.replaced-<n>, whose path is returned (empty when there was none). The caller holds the state
// folder's lock: the server is stopped.
Result<std::filesystem::path> restore_database(const std::filesystem::path& backup,
                                               const std::filesystem::path& file);

}  // namespace parley::storage
