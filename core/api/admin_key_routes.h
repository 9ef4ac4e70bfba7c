// SPDX-License-Identifier: Apache-2.0
// /admin/v1/admin-keys: make a key for a program that administers, list them, revoke one.
#pragma once

#include "api/admin_keys.h"
#include "api/context.h"
#include "api/router.h"

namespace parley::api {

void add_admin_key_routes(Router& router, const Context& context, AdminKeys& keys);

}  // namespace parley::api
