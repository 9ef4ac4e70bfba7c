// SPDX-License-Identifier: Apache-2.0
// What the files of SessionRegistry share and nobody else sees.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "session/session_directory.h"
#include "session/session_registry.h"

namespace parley::session {

// One shard's sessions. Only its thread looks in; stats are the exception.
struct SessionRegistry::ShardSessions {
  std::unordered_map<SessionKey, std::unique_ptr<Session>> by_key;
  std::vector<std::unique_ptr<Session>> buried;  // closed during the running task
  std::vector<SessionKey> changed;
  // Who waits for a connection, by when that ends. An entry whose session has come back, or waits
  // anew, is stale and passed over.
  std::multimap<Clock::TimePoint, SessionKey> waiting;
  std::uint64_t last = 0;
  SessionStats stats;
};

}  // namespace parley::session
