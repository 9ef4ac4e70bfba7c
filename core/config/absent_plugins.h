// SPDX-License-Identifier: Apache-2.0
// What a configuration says of plugins that are not there: a slip in a name, or a file not brought
// yet.
//
// Nobody is refused for it: the server starts without such a plugin and logs it, and a plugin may be
// brought after its settings. Thread: any; looks at folders.
#pragma once

#include <string>
#include <vector>

#include "config/loader.h"
#include "config/problem.h"

namespace parley::config {

// Plugins of plugins.enabled, files of `settings_folder` (plugins.d; empty: none) and overlays in
// <state>/plugins.d for which there is neither a file in the plugins' folder nor a pinned upload,
// each with its file and line; and settings that lie among the overlays, where nobody reads them.
// Nothing when the plugins' folder is not known.
std::vector<Problem> absent_plugins(const Loaded& loaded, const std::string& settings_folder);

}  // namespace parley::config
