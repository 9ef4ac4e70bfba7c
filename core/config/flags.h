// SPDX-License-Identifier: Apache-2.0
// parleyd's command line.
//
//   parleyd [--config FILE] [--state DIR] [--listen HOST:PORT] [--operator HOST:PORT] [--set
//   key.path=value]...
//           [--check-config | --print-config | --restore FILE | --version | --help]
//
// Failure: nothing is printed and nothing exits here; main writes `output` to standard output and
// `complaint` to standard error, and returns `exit_code` (0 done, 1 refused, 2 usage) unless the
// mode is kRun or kRestore.
#pragma once

#include <string>
#include <vector>

#include "config/loader.h"

namespace parley::config {

enum class Mode {
  kRun,      // start the server with `loaded.config`
  kRestore,  // put the backup `restore_file` in place of the database in the state folder, then end
  kDone,     // nothing more to do: help, version, --check-config, --print-config, or a mistake
};

struct Start {
  Mode mode = Mode::kDone;
  int exit_code = 0;
  std::string output;
  std::string complaint;  // mistakes, one a line; what --check-config warns of begins "warning: "
  std::string restore_file;
  Sources sources;  // load(sources) is a reload
  Loaded loaded;
  std::string plugin_settings;  // the plugins.d folder in use; empty: bundled settings only
};

// What --help shows, for the manual page.
struct Flag {
  std::string name;   // --state
  std::string value;  // DIR; empty: a flag without one
  std::string meaning;
};
std::vector<Flag> flags();

Start parse_flags(int argc, const char* const* argv, const Settings& environment);

}  // namespace parley::config
