// SPDX-License-Identifier: Apache-2.0
// Whether a file is a shared object for this machine, told from its first bytes before any loader
// touches it: the loader's own words ("invalid ELF header") help nobody.
//
// Thread: any. Failure: a sentence that says what the file is instead and what to do; it does not
// name the file, whoever asks does.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/status.h"

namespace parley::loader {

Status check_image(const std::filesystem::path& file);

// The same for bytes that were read: `head` is the beginning, `size` all of the file, `own` the
// machine this process was built for (e_machine).
Status check_image(std::string_view head, std::uint64_t size, unsigned own);

}  // namespace parley::loader
