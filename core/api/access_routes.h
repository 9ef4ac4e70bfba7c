// SPDX-License-Identifier: Apache-2.0
// /admin/v1/access: the operator's rules about commands, aliases and cooldowns.
#pragma once

#include "api/admin_support.h"

namespace parley::api {

void add_access_routes(Router& router, const Context& context);

}  // namespace parley::api
