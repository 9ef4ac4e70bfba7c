// SPDX-License-Identifier: Apache-2.0
// The admin API's part about commands: the table of them, and running one as somebody. As
// admin_api.h.
#pragma once

#include "api/admin_support.h"
#include "api/command_trials.h"

namespace parley::api {

void add_try_routes(Router& router, const Context& context, CommandTrials& trials);

}  // namespace parley::api
