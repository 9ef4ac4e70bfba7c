// SPDX-License-Identifier: Apache-2.0
// What can only be judged when all values are there: pairs that must agree, files that must be
// private, exposure.
#pragma once

#include <string>
#include <vector>

#include "config/loader.h"

namespace parley::config {

// Appends to loaded.problems.
void check_whole(Loaded& loaded);

// A secret's text for "file:PATH": the file's content without the line end. A file that group or
// world may read is refused. `folder` is where a relative PATH begins.
std::optional<std::string> read_secret(const std::string& value, const std::string& folder,
                                       std::string& why);

// Why a key file cannot be used, or nothing.
std::optional<std::string> check_private_file(const std::string& path);

}  // namespace parley::config
