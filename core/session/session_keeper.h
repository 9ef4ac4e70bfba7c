// SPDX-License-Identifier: Apache-2.0
// Sessions in the store, so that they can be resumed after a restart.
//
// Variables go with their session. Those of an account are also kept apart from it, so that the next
// session of that person begins with them; a guest's end with the guest.
//
// When: before the welcome that carries a new resume secret (a crash right behind it must find the
// secret), when the connection is lost, when a session ends that may come back, and about once a
// second for those whose subscriptions or variables have changed.
//
// Ownership: borrows registry, store and clock. Thread: save() and tick() on the session's shard;
// `done` of find() on a reader's thread, of save() on the writer's. Failure: a session that cannot
// be saved goes on; it is lost with the server, which is logged.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "config/config.h"
#include "protocol/frames.h"
#include "session/session.h"
#include "session/session_registry.h"
#include "storage/store.h"

namespace parley::session {

// A saved session that may still be resumed.
struct SavedSession {
  std::string id;
  std::string user_id;
  std::string resume_hash, previous_hash;
  std::vector<protocol::ChannelPosition> positions;  // of every subscription
  std::string variables_json;
  Credential credential;
};

class SessionKeeper {
 public:
  using SavedDone = absl::AnyInvocable<void(Status)>;
  using FoundDone = absl::AnyInvocable<void(Result<SavedSession>)>;

  SessionKeeper(SessionRegistry& registry, storage::Store& store, const Clock& clock,
                const config::Config& config);

  void configure(const config::Config& config);  // after a reload [any]

  void save(Session& session, SavedDone done = {});
  // The first save() of a new session. An account's begins with the variables that the one before
  // left; they are there when `done` is called.
  void begin(Session& session, SavedDone done);
  void forget(std::string session_id);  // [any]
  // Was it ended a moment ago? Its row, or a copy of it that somebody has read, may still be about.
  bool was_ended(const std::string& session_id) const;  // [any]
  // not_found: never was, was ended, or is too old.
  void find(std::string session_id, FoundDone done);  // [any]
  // Every 50 to 200 ms.
  void tick();

 private:
  storage::SessionRecord record_of(const Session& session) const;
  storage::Store::WriteJob job_of(Session& session, std::string news) const;
  void end(Session& session);
  void note_end(const std::string& session_id);
  void note_gone(const std::string& session_id, const Status& status);

  SessionRegistry& registry_;
  storage::Store& store_;
  const Clock& clock_;
  std::atomic<std::int64_t> keep_ms_;
  struct alignas(64) ShardTime {
    Clock::TimePoint next{};
    Clock::TimePoint next_round{};
  };
  std::vector<ShardTime> times_;  // each of its shard
  mutable Mutex ended_mutex_;
  // When its row went; nothing: it has not yet.
  std::unordered_map<std::string, std::optional<Clock::TimePoint>> ended_
      PARLEY_GUARDED_BY(ended_mutex_);
  Clock::TimePoint next_look_at_ended_ PARLEY_GUARDED_BY(ended_mutex_) = {};
};

}  // namespace parley::session
