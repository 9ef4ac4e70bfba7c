// SPDX-License-Identifier: Apache-2.0
// parleyctl: the admin's command line.
#include "ctl/command_line.h"

int main(int argc, char** argv) {
  auto terminal = parley::ctl::process_terminal();
  return parley::ctl::run(argc, argv, terminal);
}
