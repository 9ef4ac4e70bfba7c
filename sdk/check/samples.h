// SPDX-License-Identifier: Apache-2.0
// Arguments for a command, made from its declaration.
#pragma once

#include <parley/testing.hpp>

namespace parley::kit {

enum class SampleKind {
  kUsual,    // short, inside every range
  kLargest,  // as large as the declaration and a frame of 64 KiB allow
  kEmpty,    // empty texts, the least numbers; what is optional left out
  kNotUtf8,  // texts that no server lets through: bad sequences, surrogates, U+0000
};

// "the usual", "the largest", ...
std::string_view sample_name(SampleKind kind);
Json sample(const testing::DeclaredCommand& command, SampleKind kind);

}  // namespace parley::kit
