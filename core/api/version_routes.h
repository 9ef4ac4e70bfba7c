// SPDX-License-Identifier: Apache-2.0
// The admin API's part about uploaded versions, pins and revocations. As admin_api.h.
#pragma once

#include "api/admin_support.h"

namespace parley::api {

void add_version_routes(Router& router, const Context& context);

}  // namespace parley::api
