// SPDX-License-Identifier: Apache-2.0
#include "api/find_user.h"

#include <utility>

#include "session/channel_rights.h"

namespace parley::api {

void with_user(const Context& context, const std::string& name, const SharedResponder& answer,
               FoundUser then) {
  const auto nobody = [name, answer] {
    respond(*answer,
            Status::not_found("There is nobody called " + name +
                              "; `parleyctl user list` shows who there is, or give the id."));
  };
  context.accounts.by_name(name, [&context, name, answer, then = std::move(then),
                                  nobody](const Result<users::User>& user) {
    if (user) return then(*user, answer);
    if (user.status().code() != ErrorCode::kNotFound) return respond(*answer, user.status());
    if (!session::is_user_id(name)) return nobody();
    context.accounts.by_id(name, [answer, then, nobody](const Result<users::User>& by_id) {
      by_id ? then(*by_id, answer) : nobody();
    });
  });
}

}  // namespace parley::api
