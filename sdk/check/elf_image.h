// SPDX-License-Identifier: Apache-2.0
// What the file says of itself to the dynamic linker, read without mapping it.
//
// Ownership: values. Thread: any. Failure: a sentence; bytes are never trusted, a file that is cut
// off or lies about its own tables is one too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"

namespace parley::kit {

struct ElfImage {
  std::vector<std::string> exported;
  std::vector<std::string> unique;    // STB_GNU_UNIQUE: never unmapped again
  std::vector<std::string> imported;  // needed
  bool never_unloaded = false;        // -z nodelete

  // Refuses what is no shared object for the machine that this program was built for.
  static Result<ElfImage> read(const std::filesystem::path& file);
};

}  // namespace parley::kit
