// SPDX-License-Identifier: Apache-2.0
// The schema, as numbered steps. A step that was released never changes; the next one repairs it.
//
// Thread: start-up only. Failure: a sentence; a step that fails leaves the file as it was before
// it.
#pragma once

#include <filesystem>
#include <span>

#include "base/status.h"

namespace parley::storage {

class Connection;

struct Migration {
  int version;  // 1, 2, 3 …
  const char* sql;
};

std::span<const Migration> migrations();
int newest_version();

// Marks a file as Parley's, so that no other program's database is ever migrated ("PRLY").
inline constexpr int kApplicationId = 0x50524c59;

// Version of an opened database; 0 for an empty one. An error for another program's and for a newer
// schema.
Result<int> schema_version(Connection& connection, int newest);

// Brings the database to the last of `steps`. One that held something before is copied to
// FILE.before-<version> first.
Status migrate(Connection& connection, const std::filesystem::path& file,
               std::span<const Migration> steps);

}  // namespace parley::storage
