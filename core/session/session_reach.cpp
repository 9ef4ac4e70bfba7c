// SPDX-License-Identifier: Apache-2.0
// Reaching sessions from any thread, and looking at all of them.
#include <algorithm>
#include <utility>

#include "session/session_registry_impl.h"

namespace parley::session {

void SessionRegistry::end_detached(std::string_view user_id, std::string_view reason) {
  post_to_user(user_id, [this, reason = std::string(reason)](Session& session) {
    if (session.state() == SessionState::kDetached) close(session, reason);
  });
}

void SessionRegistry::post(SessionKey key, OnSession run) {
  const int shard = shard_of(key);
  if (key == 0 || shard >= shards_.size()) return;
  shards_.run_on(shard, [this, key, run = std::move(run)]() mutable {
    if (Session* session = find(key)) run(*session);
  });
}

bool SessionRegistry::post_to_id(std::string_view session_id, OnSession run) {
  const SessionKey key = key_of(session_id);
  if (key != 0) post(key, std::move(run));
  return key != 0;
}

std::size_t SessionRegistry::post_to_user(std::string_view user_id, OnEach run) {
  const std::vector<SessionKey> keys = sessions_of(user_id);
  for (const SessionKey key : keys) post(key, run);
  return keys.size();
}

void SessionRegistry::post_to_all(OnEach run) {
  for (int shard = 0; shard < shards_.size(); ++shard) {
    shards_.run_on(shard, [this, run] {
      // A copy: the function may close sessions. They stay valid until this task has ended.
      std::vector<Session*> sessions;
      sessions.reserve(here().by_key.size());
      for (const auto& [key, session] : here().by_key) sessions.push_back(session.get());
      for (Session* session : sessions) {
        if (session->state() != SessionState::kClosed) run(*session);
      }
    });
  }
}

void SessionRegistry::post_to_role(std::string_view role, OnEach run) {
  post_to_all([role = std::string(role), run = std::move(run)](Session& session) {
    const auto& roles = session.user()->roles;
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) run(session);
  });
}

SessionKey SessionRegistry::key_of(std::string_view session_id) const {
  return directory_->key_of(session_id);
}

std::shared_ptr<SessionVariables> SessionRegistry::variables_of(std::string_view session_id) const {
  return directory_->variables_of(session_id);
}

std::vector<SessionKey> SessionRegistry::sessions_of(std::string_view user_id) const {
  return directory_->sessions_of(user_id);
}

std::size_t SessionRegistry::count_of(std::string_view user_id) const {
  return directory_->count_of(user_id);
}

SessionTotals SessionRegistry::totals() const {
  SessionTotals totals;
  for (const auto& shard : local_) totals.add(shard->stats);
  return totals;
}

SessionSummary SessionRegistry::summary_of(const Session& session) {
  const Link* link = session.link();
  const ClientInfo& client = session.client();
  return {.key = session.key(),
          .id = session.id(),
          .user_id = session.user()->id,
          .user_name = session.user()->name,
          .user_kind = session.user()->kind,
          .address = link ? link->peer_address() : std::string(),
          .client = client.version.empty() ? client.name : client.name + " " + client.version,
          .since_ms = session.opened_wall_ms(),
          .state = session.state(),
          .queued_bytes = link ? link->queued_bytes() : 0,
          .channels = session.subscriptions().size(),
          .inflight = session.inflight()};
}

void SessionRegistry::summaries(absl::AnyInvocable<void(std::vector<SessionSummary>)> done) {
  struct Gather {
    Mutex mutex;
    std::vector<SessionSummary> all;
    int missing = 0;
    absl::AnyInvocable<void(std::vector<SessionSummary>)> done;
  };
  const auto gather = std::make_shared<Gather>();
  gather->missing = shards_.size();
  gather->done = std::move(done);
  for (int shard = 0; shard < shards_.size(); ++shard) {
    shards_.run_on(shard, [this, gather] {
      {
        const MutexLock lock(gather->mutex);
        for (const auto& [key, session] : here().by_key) {
          gather->all.push_back(summary_of(*session));
        }
        if (--gather->missing > 0) return;
      }
      std::sort(gather->all.begin(), gather->all.end(),
                [](const auto& a, const auto& b) { return a.key < b.key; });
      gather->done(std::move(gather->all));
    });
  }
}

bool SessionRegistry::kick_user(std::string_view user_id, std::uint16_t code,
                                std::string_view reason) {
  return post_to_user(user_id, [this, code, reason = std::string(reason)](Session& session) {
           kick(session, code, reason);
         }) > 0;
}

bool SessionRegistry::kick_id(std::string_view session_id, std::uint16_t code,
                              std::string_view reason) {
  return post_to_id(session_id, [this, code, reason = std::string(reason)](Session& session) {
    kick(session, code, reason);
  });
}

}  // namespace parley::session
