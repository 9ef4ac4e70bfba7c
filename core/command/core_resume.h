// SPDX-License-Identifier: Apache-2.0
// The command `resume`: a session that lost its connection goes on with this one.
//
// Whatever is wrong (no such session, wrong secret, another user, a token that was revoked or has
// expired) is answered with one and the same `unauthorized`, so that nobody learns anything by
// trying, and counts as a failed login of that session from that address. A secret that was
// replaced, and whose successor the client has used, is in two hands: the session ends, and the
// audit says so.
//
// Ownership: borrows what CoreDeps names. Thread: run() on the caller's shard, which is the
// session's when it lives (Dispatcher brings the connection there).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "command/core_commands.h"
#include "command/identity.h"
#include "command/invocation.h"

namespace parley::session {
class Session;
struct SavedSession;
}  // namespace parley::session

namespace parley::command {

class CoreResume {
 public:
  explicit CoreResume(CoreDeps deps) : deps_(deps) {}
  void run(const Invocation& call);

 private:
  struct Attempt;
  using AttemptPtr = std::shared_ptr<Attempt>;

  Status read(const Invocation& call, Attempt& attempt) const;
  void with_token(const AttemptPtr& attempt);
  void look_up(const AttemptPtr& attempt);
  void with_session(const AttemptPtr& attempt, session::Session& session);
  void with_store(const AttemptPtr& attempt);
  void with_user(const AttemptPtr& attempt, const std::string& user_id);
  void finish(const AttemptPtr& attempt, const std::shared_ptr<const users::User>& user);
  std::vector<std::string> max_roles_of(const Attempt& attempt);
  bool credential_holds(const Attempt& attempt, const session::Credential& kept,
                        const std::string& user_id) const;
  void end_stolen(const Attempt& attempt, session::Session& session);
  void refuse(Attempt& attempt);

  CoreDeps deps_;
};

}  // namespace parley::command
