// SPDX-License-Identifier: Apache-2.0
// Files that are there whole or not at all, and still there after a power cut.
//
// Ownership: none. Thread: any. Failure: a sentence with the file and the system's word for it ("No
// space left on device"); nothing half written stays behind, and what stood there before stays.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/status.h"

namespace parley {

// A new file, 0600; one that is there already is an error.
Status write_new_file(const std::filesystem::path& file, std::string_view bytes);

// Puts `bytes` in the place of whatever is there.
Status replace_file(const std::filesystem::path& file, std::string_view bytes);

// Moves `file`, on the same file system, to where `target` is or will be.
Status move_file(const std::filesystem::path& file, const std::filesystem::path& target);

}  // namespace parley
