// SPDX-License-Identifier: Apache-2.0
#include "api/find_user.h"

#include <utility>

#include "session/channel_rights.h"

namespace parley::api {

namespace {

void by_name(const Context& context, const std::string& name, const SharedResponder& answer,
             const FoundUser& then) {
  context.accounts.by_name(name, [name, answer, then](const Result<users::User>& user) {
    if (user) return then(*user, answer);
    if (user.status().code() != ErrorCode::kNotFound) return respond(*answer, user.status());
    respond(*answer,
            Status::not_found("There is nobody called " + name +
                              "; `parleyctl user list` shows who there is, or give the id."));
  });
}

}  // namespace

void with_user(const Context& context, const std::string& name, const SharedResponder& answer,
               FoundUser then) {
  if (!session::is_user_id(name)) return by_name(context, name, answer, then);
  context.accounts.by_id(
      name, [&context, name, answer, then = std::move(then)](const Result<users::User>& user) {
        if (user) return then(*user, answer);
        if (user.status().code() != ErrorCode::kNotFound) return respond(*answer, user.status());
        by_name(context, name, answer, then);
      });
}

}  // namespace parley::api
