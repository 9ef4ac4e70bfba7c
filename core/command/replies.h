// SPDX-License-Identifier: Apache-2.0
// How a target answers: from any thread, exactly once per call.
//
// On the owning shard's own thread an answer is sent at once, elsewhere it is posted; the frames of
// one thread to one session keep their order. Ownership: texts are copied before a call returns.
// Lifetime: as its Dispatcher. Failure: kStale for a call that was answered, timed out or never
// was.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "command/call_id.h"
#include "command/pending_calls.h"

namespace parley::command {

enum class ReplyResult { kSent, kStale };

class CallRouter;

class Replies {
 public:
  explicit Replies(CallRouter& router) : router_(router) {}

  // The terminal frame. `data_json` is ready JSON, "" for none; `fields_json` a ready object of
  // further top-level fields that passed protocol::check_fields, "" for none.
  ReplyResult reply(CallId call, std::string_view type, std::string_view data_json = {},
                    std::string_view fields_json = {});
  // {"type":"ok"}
  ReplyResult ok(CallId call, std::string_view data_json = {}) {
    return reply(call, "ok", data_json);
  }
  // {"type":"ok"} to a caller that gave an id, no frame to one that did not.
  ReplyResult done(CallId call);
  // The terminal error. `details_json` is an object whose members join `data`, "" for none.
  ReplyResult fail(CallId call, const Status& status, std::string_view details_json = {});
  // A plugin's own `<plugin>.<code>`, or a name of the protocol.
  ReplyResult fail(CallId call, std::string_view code, std::string_view message,
                   std::string_view details_json = {});
  // A frame on the way; dropped without error when the caller gave no id.
  ReplyResult progress(CallId call, std::string_view data_json);
  // The answer comes after the handler has returned; the deadline becomes deferred_budget.
  ReplyResult defer(CallId call);
  // Another version of the plugin serves it now, and is the one that is told when it is late.
  void taken_over(CallId call, EntryPtr entry);
  // Who is waiting; nothing when stale.
  std::optional<Caller> peek(CallId call) const;
  bool is_open(CallId call) const;

 private:
  CallRouter& router_;
};

}  // namespace parley::command
