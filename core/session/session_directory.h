// SPDX-License-Identifier: Apache-2.0
// Where every session of this server is, for threads that have only an id, and how many of a user's
// there may be.
//
// Ownership: holds keys, and the variables of sessions together with them. Thread: any. Failure: as
// documented per function.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/thread_annotations.h"
#include "config/config.h"
#include "session/session.h"
#include "session/string_map.h"

namespace parley::session {

class SessionDirectory {
 public:
  using VariablesPtr = std::shared_ptr<SessionVariables>;

  void configure(const config::Limits& limits, const config::Session& waits);
  config::Limits limits() const;
  config::Session waits() const;

  struct Entered {
    config::Limits limits;
    SessionKey crowded_out = 0;  // waits for a client, and has to make room
  };
  // Only connections count against limits.connections_per_user; as many sessions again may wait for
  // their client. Nothing when that user has enough.
  std::optional<Entered> enter(const std::string& user, SessionKey key);
  // One that was here before and waits for its client.
  void enter_again(const std::string& user, SessionKey key);
  // False: that id is taken.
  bool name(const std::string& id, SessionKey key, VariablesPtr variables);
  void leave(const Session& session);

  void begin_waiting(SessionKey key);
  void end_waiting(SessionKey key);

  SessionKey key_of(std::string_view session_id) const;  // 0: none
  VariablesPtr variables_of(std::string_view session_id) const;
  std::vector<SessionKey> sessions_of(std::string_view user_id) const;
  std::size_t count_of(std::string_view user_id) const;

 private:
  struct Named {
    SessionKey key = 0;
    VariablesPtr variables;
  };
  bool is_waiting(SessionKey key) const PARLEY_REQUIRES(mutex_) { return detached_.contains(key); }

  mutable Mutex mutex_;
  StringMap<Named> by_id_ PARLEY_GUARDED_BY(mutex_);
  StringMap<std::vector<SessionKey>> by_user_ PARLEY_GUARDED_BY(mutex_);
  std::unordered_set<SessionKey> detached_ PARLEY_GUARDED_BY(mutex_);
  config::Limits limits_ PARLEY_GUARDED_BY(mutex_);
  config::Session waits_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::session
