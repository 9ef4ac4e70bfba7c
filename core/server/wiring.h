// SPDX-License-Identifier: Apache-2.0
// Upward calls. net knows no session, session knows no plugin, and users knows neither: what they
// notice is told from here. Thread: once, before the shards start.
#pragma once

#include "base/clock.h"
#include "plugin/event_bus.h"
#include "server/doors.h"
#include "server/runtime.h"
#include "server/users.h"

namespace parley::server {

// Sessions that open and close, and channels that are joined and left, become plugins' events.
void tell_plugins(Runtime& runtime, plugin::EventBus& events, const Clock& clock);

// A changed password, role or state of an account reaches its tokens and its live sessions.
void heed_account_changes(Users& users, Runtime& runtime, Doors& doors, plugin::EventBus& events,
                          const Clock& clock);

}  // namespace parley::server
