// SPDX-License-Identifier: Apache-2.0
// config/plugins.d as it was when the program was built.
#pragma once

#include <string_view>

namespace parley::config {

// The YAML text shipped for this plugin; empty when it is not one of Parley's own.
std::string_view bundled_plugin_settings(std::string_view id);

}  // namespace parley::config
