// SPDX-License-Identifier: Apache-2.0
// The admin API's part about channels: what there is, who is there, what was said; a topic and a
// word of the server's, and a message taken away. As admin_api.h.
//
// What people say to each other alone (`dm:`, `@`) is counted and never shown.
#pragma once

#include "api/admin_support.h"

namespace parley::api {

void add_channel_routes(Router& router, const Context& context);

}  // namespace parley::api
