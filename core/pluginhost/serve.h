// SPDX-License-Identifier: Apache-2.0
// parley-plugin-host --serve: limits, sandbox, hello, and then the plugin.
#pragma once

#include <string>
#include <vector>

namespace parley::pluginhost {

// FILE and what core/plugin/child_process.cpp writes behind it: --sandbox, --lanes, --parent,
// --memory, --descriptors, --frame-max, --answer-timeout, --read. Does not come back; 2: the words are wrong.
int serve(const std::vector<std::string>& words);

}  // namespace parley::pluginhost
