// SPDX-License-Identifier: Apache-2.0
// The admin API's part about accounts. As admin_api.h. `{name}` is a name or an id.
#pragma once

#include "api/admin_support.h"

namespace parley::api {

void add_user_routes(Router& router, const Context& context);

}  // namespace parley::api
