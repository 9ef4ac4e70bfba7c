// SPDX-License-Identifier: Apache-2.0
// Who is kept out of which channel, and letting them in again: also where no plugin does.
#pragma once

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

void add_ban_routes(Router& router, const Context& context);

}  // namespace parley::api
