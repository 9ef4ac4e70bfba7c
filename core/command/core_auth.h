// SPDX-License-Identifier: Apache-2.0
// The command `auth`: a token, a refresh token (which is used up and replaced) or a guest's name
// becomes a session; on a live session a newer token of the same user takes the place of the old.
//
// Ownership: borrows what CoreDeps names. Thread: run() on the caller's shard; what it asks of
// accounts completes on other threads and goes back through Identity and Replies. Failure: the
// connection stays as it was and is told why.
#pragma once

#include "command/core_commands.h"
#include "command/invocation.h"

namespace parley::command {

class CoreAuth {
 public:
  explicit CoreAuth(CoreDeps deps) : deps_(deps) {}
  void run(const Invocation& call);

 private:
  void with_token(const Invocation& call, SignIn who);
  void with_refresh(const Invocation& call, SignIn who);
  void as_guest(const Invocation& call, SignIn who);
  // `live`: the call came from a session, which goes on.
  void sign_in(CallId id, bool live, const users::TokenClaims& claims, SignIn who);

  CoreDeps deps_;
};

}  // namespace parley::command
