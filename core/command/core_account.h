// SPDX-License-Identifier: Apache-2.0
// The commands of people about themselves: `sessions` and `endSession`, their connections; `mydata`,
// a copy of what is kept about them, and its deletion.
//
// Ownership: borrows what CoreDeps names. Thread: each on the caller's shard; answers come from
// other threads through Replies.
#pragma once

#include "command/core_commands.h"
#include "command/invocation.h"

namespace parley::command {

class CoreAccount {
 public:
  explicit CoreAccount(CoreDeps deps) : deps_(deps) {}

  void sessions(const Invocation& call);
  void end_session(const Invocation& call);
  void my_data(const Invocation& call);

 private:
  void copy_data(const Invocation& call, std::int64_t after);
  void forget(const Invocation& call);

  CoreDeps deps_;
};

}  // namespace parley::command
