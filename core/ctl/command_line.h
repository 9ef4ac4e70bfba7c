// SPDX-License-Identifier: Apache-2.0
// parleyctl's command line: `parleyctl --help` is its documentation.
#pragma once

#include <string>
#include <vector>

#include "ctl/terminal.h"

namespace parley::ctl {

// Runs one command. Returns 0 done, 1 refused, 2 usage.
int run(int argc, const char* const* argv, Terminal& terminal);

// Every verb as it is typed: "status", "plugin load". For tests and documentation.
std::vector<std::string> verb_paths();

}  // namespace parley::ctl
