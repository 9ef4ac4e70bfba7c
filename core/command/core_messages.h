// SPDX-License-Identifier: Apache-2.0
// The commands around what was said: editMessage, deleteMessage, markRead, block, unblock, blocked.
//
// Who wrote a message may change it and take it away; moderators and admins may do so with others',
// which is audited, but not in direct channels. A new text passes the same filters as the first one did.
//
// Ownership: borrows what CoreDeps names. Thread: run functions on the caller's shard.
#pragma once

#include <optional>
#include <string>

#include <absl/functional/any_invocable.h>

#include "command/core_commands.h"
#include "command/invocation.h"
#include "session/channel_rights.h"
#include "session/channel_types.h"
#include "users/accounts.h"

namespace parley::command {

class CoreMessages {
 public:
  explicit CoreMessages(CoreDeps deps) : deps_(deps) {}
  void edit(const Invocation& call);
  void erase(const Invocation& call);
  void mark_read(const Invocation& call);
  void block(const Invocation& call, bool wanted);  // false: unblock
  void blocked(const Invocation& call);

 private:
  // Nothing when the call was answered with why not.
  std::optional<session::Revision> revision_of(const Invocation& call,
                                               session::ChannelAccess access);
  void revise(CallId id, KeyedPtr keyed, session::Revision revision);
  using WithUser = absl::AnyInvocable<void(const users::User&)>;
  void with_named_user(const Invocation& call, WithUser then);

  CoreDeps deps_;
};

}  // namespace parley::command
