// SPDX-License-Identifier: Apache-2.0
// One line of the log for each command: what was called, by whom, how it ended, how long it took.
//
// debug for what was answered, info for what was refused or failed, the latter at most five a second
// for each session or address. Names and codes only: neither arguments nor the texts of errors, which
// may quote them. Thread: any. Costs one relaxed load when its level is off.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "command/pending_calls.h"

namespace parley::session {
class Session;
}

namespace parley::command {

class Peer;

inline constexpr std::string_view kAnsweredOk = "ok";

// Whether anybody would read that line; asked first, because who and when cost more than this.
bool logs_answered(std::string_view result);
// `session` may be gone. `result` is kAnsweredOk or an error's code.
void log_answered(const Caller& caller, const session::Session* session, std::string_view result,
                  Clock::TimePoint now);
// Before any call was opened.
void log_refused(Peer& peer, const protocol::RequestId& request, std::string_view action,
                 std::string_view code);

}  // namespace parley::command
