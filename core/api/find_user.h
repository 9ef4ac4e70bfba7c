// SPDX-License-Identifier: Apache-2.0
// The account that an admin names.
#pragma once

#include <functional>
#include <string>

#include "api/admin_support.h"
#include "users/accounts.h"

namespace parley::api {

using FoundUser = std::function<void(const users::User&, const SharedResponder&)>;

// By id first: nobody may pass for another by being called like that one's id. Then by name. `then`
// runs on any thread; it is not called, and the request answered, when there is nobody.
void with_user(const Context& context, const std::string& name, const SharedResponder& answer,
               FoundUser then);

}  // namespace parley::api
