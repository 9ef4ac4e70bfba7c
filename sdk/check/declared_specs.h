// SPDX-License-Identifier: Apache-2.0
// What a plugin declared, as the server's own description of a command: its checks and its command
// lines hold here too.
#pragma once

#include <parley/testing.hpp>

#include "command/command_spec.h"

namespace parley::kit {

// A type that no server knows comes out as text; validate() of the ABI's values is not done here.
command::CommandSpec spec_of(const testing::DeclaredCommand& declared);

}  // namespace parley::kit
