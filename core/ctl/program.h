// SPDX-License-Identifier: Apache-2.0
// Runs another program and waits for it.
//
// Thread: blocks. Failure: a program that cannot be started is a sentence; one that fails is an
// exit code (128 + signal when it was killed).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"

namespace parley::ctl {

struct Ran {
  int exit_code = 0;
  std::string output;  // standard output and error together; empty when they were not taken
};

// With this process's own terminal.
Result<Ran> run_program(const std::vector<std::string>& words);
// Its output is taken, standard input is empty.
Result<Ran> take_output(const std::vector<std::string>& words);

// The folder that holds this program: the others of Parley lie beside it.
std::filesystem::path program_folder();

}  // namespace parley::ctl
