// SPDX-License-Identifier: Apache-2.0
// Reads a plugin's manifest without mapping the file into this process.
//
// dlopen runs static constructors, so a file of unknown content is opened first by a child
// (parley-plugin-host --describe FILE), which writes the manifest as JSON to descriptor 3 and ends.
// Thread: blocks for at most `timeout`; call it where that much time may pass. Failure: a sentence with
// what the child said, that it crashed (and by which signal), or that it hung.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "base/status.h"
#include "loader/manifest.h"

namespace parley::loader {

struct DescribeOptions {
  std::filesystem::path host_program;  // parley-plugin-host
  Millis timeout{3'000};
  std::size_t max_answer = 256 * 1024;  // bytes
};

Result<Manifest> describe(const std::filesystem::path& file, const DescribeOptions& options);

}  // namespace parley::loader
