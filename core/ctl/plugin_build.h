// SPDX-License-Identifier: Apache-2.0
// Finds out how a plugin's folder is built, and builds it.
//
// A folder of the tree that this program was built in (plugins/dice) is built there; any other, a
// CMake project of its own, in <folder>/build/dev. Thread: blocks. Failure: what is missing, or the
// compiler's own words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"

namespace parley::ctl {

struct PluginBuild {
  std::filesystem::path source;  // the plugin's folder
  std::filesystem::path tree;    // the build folder
  std::vector<std::string> ids;  // of its parley_add_plugin lines
  bool own_project = false;      // configured by us

  std::filesystem::path file(const std::string& id) const {
    return tree / "plugins" / (id + ".so");
  }
};

// `programs` is the folder of parleyctl: bin of a build tree or of an installed SDK.
Result<PluginBuild> find_plugin_build(const std::filesystem::path& folder,
                                      const std::filesystem::path& programs);

// Configures when that is due, and builds. Failure: the output, without progress lines.
Status build_plugin(const PluginBuild& build, const std::filesystem::path& programs);

}  // namespace parley::ctl
