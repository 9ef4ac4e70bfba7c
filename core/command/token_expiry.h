// SPDX-License-Identifier: Apache-2.0
// Sessions whose token runs out: told beforehand, then a grace in which only `auth` passes, then
// close 4502. A session without a connection is left alone; it is looked at again when it has one.
//
// Ownership: one for each shard; borrows nothing between calls. Thread: the shard's. Cost: a session
// whose token does not run out is not in it; a check looks at what is due only.
#pragma once

#include <cstdint>
#include <map>

#include "session/session.h"

namespace parley::command {

class CallRouter;

class TokenExpiry {
 public:
  // After a session got a connection or another credential.
  void watch(const session::Session& session);
  // Tells and closes; returns how many connections were closed.
  int check(CallRouter& router, std::int64_t wall_ms);
  std::size_t size() const { return due_.size(); }

 private:
  // True: the connection was closed.
  bool look_at(CallRouter& router, session::SessionKey key, std::int64_t wall_ms);

  std::multimap<std::int64_t, session::SessionKey> due_;  // wall time of the next look
};

}  // namespace parley::command
