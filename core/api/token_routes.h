// SPDX-License-Identifier: Apache-2.0
// Admin routes about tokens: make one for a user, say why one is refused, revoke, turn the key.
#pragma once

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

void add_token_routes(Router& router, const Context& context);

}  // namespace parley::api
