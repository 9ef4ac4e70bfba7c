// SPDX-License-Identifier: Apache-2.0
// Where a verb reads and writes; tests put strings in its place.
#pragma once

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>

#include "base/status.h"

namespace parley::ctl {

struct Terminal {
  std::ostream& out;
  std::ostream& err;
  std::size_t width = 0;  // columns; 0: not a terminal, lines as long as they are
  // Asks without echo. Fails when nobody can be asked.
  std::function<Result<std::string>(const std::string& question)> ask_secret;
  // Asks with echo; empty when standard input is no terminal, so that scripts are not stopped.
  std::function<std::string(const std::string& question)> ask;
};

// The process's own: standard output and error, the width of the window, /dev/tty for secrets.
Terminal process_terminal();

}  // namespace parley::ctl
