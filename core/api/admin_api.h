// SPDX-License-Identifier: Apache-2.0
// /admin/v1: what parleyctl does, as JSON over HTTP. Served on the Unix socket and, with a bearer
// token, on the operator port.
//
// Ownership: borrows the context. Thread: any shard. Failure: {"error":{"code","message"}}, with
// "details" for configurations and "steps" for operations on plugins. Every change is audited with
// who asked for it.
#pragma once

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

// POST /admin/v1/admin/redeem: the code itself is the credential.
void add_redeem_route(Router& router, const Context& context);
void add_admin_routes(Router& router, const Context& context);

}  // namespace parley::api
