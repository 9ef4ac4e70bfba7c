// SPDX-License-Identifier: Apache-2.0
// Reads a map from YAML text; map.yaml explains the form by example.
//
// Everything is checked: unknown keys, unknown rooms and things, numbers out of range, keys written
// twice. Thread: any. Failure: `problem` is one sentence with file, line and reason, and there is
// no map.
#pragma once

#include <optional>
#include <string>

#include "world_map.h"

namespace game {

struct LoadedMap {
  std::optional<WorldMap> map = {};
  std::string problem = {};
};

// file: its name in the problem.
LoadedMap load_map(const std::string& yaml, const std::string& file);

}  // namespace game
