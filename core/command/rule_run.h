// SPDX-License-Identifier: Apache-2.0
// A command that a plugin runs as its speaker, and what becomes of its end: a frame to the session
// like that of a typed command, or the answer of an open call that the plugin handed on.
//
// Ownership: shared by the invocation and the call it becomes. Thread: the session's shard; `ended`
// is called there, once. Failure: whatever keeps the command from running ends it too, with a code.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "command/call_id.h"
#include "protocol/frames.h"

namespace parley::command {

class CallRouter;

enum class RuleEnd { kDone, kFailed, kNobodyThere };

struct RuleRun {
  std::string plugin;  // whose rule it is
  CallId answers;      // this call gets the terminal frame; none: the session does
  // `code` is that of the error, "" when there was none.
  std::function<void(RuleEnd end, std::string_view code)> ended;

  void done(CallRouter& router, std::string_view type, std::string_view data_json,
            std::string_view fields_json) const;
  void failed(CallRouter& router, const protocol::ErrorFrame& error) const;
  void progress(CallRouter& router, std::string_view data_json) const;
  // The speaker's session or connection is gone.
  void nobody_there(CallRouter& router) const;

 private:
  void tell(RuleEnd end, std::string_view code) const {
    if (ended) ended(end, code);
  }
};

}  // namespace parley::command
