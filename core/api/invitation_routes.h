// SPDX-License-Identifier: Apache-2.0
// Admin routes about invitations: make one, list those that are open, take one back.
#pragma once

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

void add_invitation_routes(Router& router, const Context& context);

}  // namespace parley::api
