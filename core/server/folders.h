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

// How the program `name` in `folder` is typed by somebody in `here`: by its path in a tree that was
// built there, by its name alone where it was installed.
std::string typed(const std::filesystem::path& folder, const std::string& name,
                  const std::filesystem::path& here);

// Mode 0600, whole or not at all; takes the place of one that is there.
Status write_private(const std::filesystem::path& file, const std::string& text);

}  // namespace parley::server
