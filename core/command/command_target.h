// SPDX-License-Identifier: Apache-2.0
// Where a command goes: implemented by the plugin host and by the core's own commands.
//
// Contract: for every invoke() the target calls Dispatcher::returned(call) when the handler has
// returned, from any thread (a second time does nothing); and answers through Replies at most once,
// before or after that. An answer that does not come is `plugin_timeout`; a handler that returned
// without answering and without Replies::defer() is the target's to answer (`plugin_error`).
#pragma once

#include "command/invocation.h"

namespace parley::command {

class CommandTarget {
 public:
  virtual ~CommandTarget() = default;
  // [shard of the session] Must not block. May answer and return before it returns.
  virtual void invoke(InvocationPtr invocation) = 0;
  // [shard of the session] The caller was told `plugin_timeout`; the work may stop.
  virtual void cancelled(CallId call) { (void)call; }
};

}  // namespace parley::command
