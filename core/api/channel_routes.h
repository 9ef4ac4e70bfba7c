// SPDX-License-Identifier: Apache-2.0
// The admin API's part about channels: what there is, who is there, what was said; a topic and a
// word of the server's, and a message taken away. As admin_api.h.
//
// What people say to each other alone (`dm:`, `@`) is counted and never shown.
#pragma once

#include <cstddef>

#include "api/admin_support.h"
#include "storage/store.h"

namespace parley::api {

void add_channel_routes(Router& router, const Context& context);

// How many there are, stored or in use; without those stored when the database gives no answer.
std::size_t count_channels(const Context& context, storage::Reader& reader);

}  // namespace parley::api
