// SPDX-License-Identifier: Apache-2.0
// The admin API's part about the server's own configuration and its log's levels. As admin_api.h.
#pragma once

#include "api/admin_support.h"

namespace parley::api {

void add_config_routes(Router& router, const Context& context);

}  // namespace parley::api
