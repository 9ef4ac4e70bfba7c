// SPDX-License-Identifier: Apache-2.0
// The admin API's part about plugins. As admin_api.h.
#pragma once

#include <vector>

#include "api/admin_support.h"
#include "config/problem.h"

namespace parley::api {

void add_plugin_routes(Router& router, const Context& context);
Json problems_json(const std::vector<config::Problem>& problems);

}  // namespace parley::api
