// SPDX-License-Identifier: Apache-2.0
// Where the installed program lies, and files in the state folder that only its owner may read.
// Thread: any.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace parley::server {

// The folder of the running program: plugins and page lie beside it (../plugins, ../web).
std::filesystem::path program_folder();

// Mode 0600, whole or not at all; takes the place of one that is there.
Status write_private(const std::filesystem::path& file, const std::string& text);

}  // namespace parley::server
