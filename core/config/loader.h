// SPDX-License-Identifier: Apache-2.0
// From flags, environment, file and defaults (in this order of precedence) to one checked Config.
//
// Ownership: values. Thread: any; load() reads files and is not for a shard. Failure: every problem
// is reported, not the first only; `config` is usable only when there is none. Limits: a file is at
// most 1 MiB.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.h"
#include "config/config.h"
#include "config/problem.h"

namespace parley::config {

using Settings = std::vector<std::pair<std::string, std::string>>;  // name -> text

// Where values come from. Kept by the server: load(sources) again is a reload.
struct Sources {
  std::string file;      // YAML; empty: none
  Settings environment;  // PARLEY_* variables, whole names; others are ignored
  Settings flags;        // key path -> text, later ones win
};

// The process's PARLEY_* variables.
Settings environment_of(const char* const* environ);
// PARLEY_LIMITS_NEW_CONNECTIONS for limits.new_connections.
std::string environment_name(std::string_view key_path);

struct Origin {
  enum class Source { kDefault, kFile, kEnvironment, kFlag };
  Source source = Source::kDefault;
  std::string file;
  int line = 0;

  std::string text() const;  // "default", "config/parley.yaml:12", "environment", "flag"
};

struct Loaded {
  Config config;
  std::map<std::string, Origin> origins;  // of keys that are not defaults
  std::vector<Problem> problems;

  bool ok() const { return problems.empty(); }
  Origin origin_of(const std::string& key_path) const;
};

Loaded load(const Sources& sources);

struct Change {
  std::string path, before, after;  // as print() shows values
  bool restart = false;             // takes effect at the next start only
};

// Every key as YAML, each with "# origin"; secrets as ***. Loading the output gives the same
// configuration (secrets aside). Of `waiting`, what comes at the next start stands in the comment.
std::string print(const Loaded& loaded, const std::vector<Change>& waiting = {});

// What a reload changes, in the order of the reference file.
std::vector<Change> diff(const Config& before, const Config& after);
// `running` with those values of `next` that may change while the server runs; the others keep
// their running value.
Config reloadable(const Config& running, const Config& next);
// The same with the origins of what is then in force.
Loaded reloadable(const Loaded& running, const Loaded& next);

// What log::init() wants. The file is placed in the state folder.
log::Settings log_settings(const Config& config);

}  // namespace parley::config
