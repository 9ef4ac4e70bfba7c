// SPDX-License-Identifier: Apache-2.0
// A consistent copy of an open database as a file of its own.
//
// The target appears whole, on disk and with mode 0600, or not at all. Writers are not held up: the
// copy is of the state at its start. Failure: `conflict` when the target is there and may not be
// overwritten, `not_found` without its folder, `forbidden` without the right to write there,
// `overloaded` without the space.
#pragma once

#include <filesystem>

#include "base/status.h"

namespace parley::storage {

class Connection;

enum class Overwrite { kNo, kYes };

Status copy_database(Connection& connection, const std::filesystem::path& target,
                     Overwrite overwrite);

// Makes an empty file with mode 0600, or leaves one that is there. Failure: a sentence with the
// reason.
Status make_private_file(const std::filesystem::path& file);

// Waits until the file's content, or the folder's names, are on disk.
Status sync_path(const std::filesystem::path& path);

}  // namespace parley::storage
