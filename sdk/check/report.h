// SPDX-License-Identifier: Apache-2.0
// Findings for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "checker.h"

namespace parley::kit {

// One line each: verdict, check, what was seen; a closing line that counts.
std::string report_text(const std::string& file, const std::vector<Finding>& findings);
// {"file", "ok", "checks": [{"name", "promise", "verdict", "text", "ms"}]}
std::string report_json(const std::string& file, const std::vector<Finding>& findings);

}  // namespace parley::kit
