// SPDX-License-Identifier: Apache-2.0
// The admin API's part about plugins. As admin_api.h.
#pragma once

#include <vector>

#include "api/admin_support.h"
#include "config/problem.h"
#include "plugin/operation.h"

namespace parley::api {

void add_plugin_routes(Router& router, const Context& context);
// Its steps and, on failure, its error; `body` holds what else a success tells.
void answer_operation(net::HttpResponder& responder, const plugin::Operation& operation,
                      Json body = Json::object());
Json problems_json(const std::vector<config::Problem>& problems);

}  // namespace parley::api
