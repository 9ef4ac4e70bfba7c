// SPDX-License-Identifier: Apache-2.0
// GET /admin/v1/audit: who did what, from where and with which result, newest first. `limit`,
// `since` (ms since 1970), `user` (a name, an id or another actor, as who did it or to whom it was
// done), `action` (`account` finds `account.login` too).
#pragma once

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

void add_audit_route(Router& router, const Context& context);

}  // namespace parley::api
