// SPDX-License-Identifier: Apache-2.0
#include "session/session_registry.h"

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "net/service.h"
#include "session/string_map.h"

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

// Where everybody is, for threads that have only an id.
struct SessionRegistry::Directory {
  Mutex mutex;
  StringMap<SessionKey> by_id PARLEY_GUARDED_BY(mutex);
  StringMap<std::vector<SessionKey>> by_user PARLEY_GUARDED_BY(mutex);
  std::unordered_set<SessionKey> detached PARLEY_GUARDED_BY(mutex);
  config::Limits limits PARLEY_GUARDED_BY(mutex);
  config::Session waits PARLEY_GUARDED_BY(mutex);

  struct Entered {
    config::Limits limits;
    SessionKey crowded_out = 0;  // waits for a client, and has to make room
  };
  // Only connections count against the limit; as many sessions again may wait for their client.
  // Nothing when that user has enough.
  std::optional<Entered> enter(const std::string& user, SessionKey key) {
    const MutexLock lock(mutex);
    const auto most = static_cast<std::size_t>(std::max(limits.connections_per_user, 0));
    auto& keys = by_user[user];
    Entered entered{limits};
    if (most > 0) {
      const auto is_waiting = [this](SessionKey one)
                                  PARLEY_REQUIRES(mutex) { return detached.contains(one); };
      const auto waiting =
          static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), is_waiting));
      if (keys.size() - waiting >= most) return std::nullopt;
      if (waiting >= most)
        entered.crowded_out = *std::find_if(keys.begin(), keys.end(), is_waiting);
    }
    keys.push_back(key);
    return entered;
  }
  bool name(const std::string& id, SessionKey key) {
    const MutexLock lock(mutex);
    return by_id.emplace(id, key).second;
  }
  void leave(const Session& session) {
    const MutexLock lock(mutex);
    const auto named = by_id.find(session.id());
    if (named != by_id.end() && named->second == session.key()) by_id.erase(named);
    detached.erase(session.key());
    const auto found = by_user.find(session.user()->id);
    if (found == by_user.end()) return;
    std::erase(found->second, session.key());
    if (found->second.empty()) by_user.erase(found);
  }
};

SessionRegistry::SessionRegistry(const ShardSet& shards, const Clock& clock,
                                 const config::Config& config, net::OutboxBudget* budget)
    : shards_(shards),
      clock_(clock),
      early_cap_(config.outbox.hard_cap),
      rings_(config.session),
      budget_(budget),
      directory_(std::make_unique<Directory>()) {
  for (int i = 0; i < shards_.size(); ++i) local_.push_back(std::make_unique<ShardSessions>());
  configure(config);
}

SessionRegistry::~SessionRegistry() = default;

void SessionRegistry::observe(SessionObserver observer) {
  observers_.push_back(std::move(observer));
}

void SessionRegistry::configure(const config::Config& config) {
  const MutexLock lock(directory_->mutex);
  directory_->limits = config.limits;
  directory_->waits = config.session;
}

SessionRegistry::ShardSessions& SessionRegistry::here() {
  return *local_[static_cast<std::size_t>(shards_.current())];
}

SessionStats& SessionRegistry::stats() {
  return here().stats;
}

// --- opening and coming back ---

Session::Setup SessionRegistry::setup_for(UserPtr user) const {
  const bool guest = user->kind == "guest";
  Session::Setup setup;
  setup.user = std::move(user);
  setup.early_cap = early_cap_;
  setup.ring = {.frames = guest ? rings_.guest_ring_frames : rings_.ring_frames,
                .bytes = guest ? rings_.guest_ring_bytes : rings_.ring_bytes,
                .yields = guest};
  setup.budget = budget_;
  setup.clock = &clock_;
  return setup;
}

Session& SessionRegistry::adopt(ShardSessions& shard, SessionKey key, Session::Setup setup) {
  setup.key = key;
  setup.stats = &shard.stats;
  setup.changed = &shard.changed;
  auto session = std::make_unique<Session>(std::move(setup));
  Session& adopted = *session;
  shard.by_key.emplace(key, std::move(session));
  shard.stats.opened.bump();
  shard.stats.open.bump();
  count_.fetch_add(1, std::memory_order_relaxed);
  return adopted;
}

Result<Session*> SessionRegistry::open(Link& link, UserPtr user, ClientInfo client) {
  ShardSessions& shard = here();
  const SessionKey key = (static_cast<SessionKey>(shards_.current()) << 56) | ++shard.last;
  const auto entered = directory_->enter(user->id, key);
  if (!entered) {
    shard.stats.refused.bump();
    return Status::forbidden(
        "You are connected too many times. Close another window or device and try again.");
  }
  if (entered->crowded_out != 0) {
    post(entered->crowded_out,
         [this](Session& old) { close(old, "another session of the user", true); });
  }
  Session::Setup setup = setup_for(std::move(user));
  setup.client = std::move(client);
  setup.link = &link;
  setup.limits = entered->limits;
  Session& opened = adopt(shard, key, std::move(setup));
  directory_->name(opened.id(), key);
  return &opened;
}

Session* SessionRegistry::restore(std::string id, UserPtr user) {
  ShardSessions& shard = here();
  const SessionKey key = (static_cast<SessionKey>(shards_.current()) << 56) | ++shard.last;
  if (!directory_->name(id, key)) return nullptr;
  Session::Setup setup = setup_for(std::move(user));
  setup.id = std::move(id);
  {
    const MutexLock lock(directory_->mutex);
    setup.limits = directory_->limits;
    directory_->by_user[setup.user->id].push_back(key);
  }
  Session& restored = adopt(shard, key, std::move(setup));
  restored.resumable_ = true;
  wait(restored);
  return &restored;
}

// From now on it is among those that may be closed when time or memory runs out.
void SessionRegistry::wait(Session& session) {
  ShardSessions& shard = here();
  {
    const MutexLock lock(directory_->mutex);
    const config::Session& waits = directory_->waits;
    const bool guest = session.user()->kind == "guest";
    session.become_detached(clock_.now() + (guest ? waits.detached_guest : waits.detached));
    directory_->detached.insert(session.key());
  }
  shard.waiting.emplace(session.detached_until_, session.key());
  shard.stats.detached.bump();
  detached_.fetch_add(1, std::memory_order_relaxed);
}

void SessionRegistry::detach(Session& session) {
  if (session.state() == SessionState::kConnecting) return close(session, "connection closed");
  if (session.state() != SessionState::kReady) return;
  wait(session);
  for (const SessionObserver& observer : observers_) {
    if (observer.detached) observer.detached(session);
  }
}

void SessionRegistry::attach(Session& session, Link& link) {
  if (session.state() == SessionState::kDetached) {
    const MutexLock lock(directory_->mutex);
    directory_->detached.erase(session.key());
    here().stats.detached.drop();
    detached_.fetch_sub(1, std::memory_order_relaxed);
  }
  session.become_attached(link);
  const bool known = std::exchange(session.announced_, true);
  for (const SessionObserver& observer : observers_) {
    const auto& tell = known ? observer.resumed : observer.opened;
    if (tell && session.state() != SessionState::kClosed) tell(session);
  }
}

void SessionRegistry::tick() {
  ShardSessions& shard = here();
  const Clock::TimePoint now = clock_.now();
  while (!shard.waiting.empty() && shard.waiting.begin()->first <= now) {
    const auto [until, key] = *shard.waiting.begin();
    shard.waiting.erase(shard.waiting.begin());
    Session* session = find(key);
    const bool waits = session && session->state() == SessionState::kDetached;
    if (waits && session->detached_until_ == until) close(*session, "did not come back", true);
  }
  evict();
}

// Memory is for those who are here: who waits for a client is saved and closed, guests first.
void SessionRegistry::evict() {
  ShardSessions& shard = here();
  std::size_t most = 0;
  {
    const MutexLock lock(directory_->mutex);
    most = directory_->waits.detached_max;
  }
  for (const bool guests : {true, false}) {
    auto next = shard.waiting.begin();
    while (next != shard.waiting.end()) {
      if (detached() <= most && !(budget_ && budget_->exceeded())) return;
      const auto [until, key] = *next;
      Session* session = find(key);
      const bool waits = session && session->state() == SessionState::kDetached &&
                         session->detached_until_ == until;
      const bool its_turn = waits && (session->user()->kind == "guest") == guests;
      next = !waits || its_turn ? shard.waiting.erase(next) : std::next(next);
      if (its_turn) close(*session, "made room", true);
    }
  }
}

void SessionRegistry::each_here(const OnEach& run) {
  for (const auto& [key, session] : here().by_key) run(*session);
}

std::vector<SessionKey> SessionRegistry::take_changed() {
  return std::exchange(here().changed, {});
}

void SessionRegistry::end_detached(std::string_view user_id, std::string_view reason) {
  post_to_user(user_id, [this, reason = std::string(reason)](Session& session) {
    if (session.state() == SessionState::kDetached) close(session, reason);
  });
}

void SessionRegistry::ready(Session& session) {
  if (session.state() != SessionState::kConnecting) return;
  session.become_ready();
  session.announced_ = true;
  session.resumable_ = true;
  for (const SessionObserver& observer : observers_) {
    if (observer.opened && session.state() != SessionState::kClosed) observer.opened(session);
  }
}

void SessionRegistry::close(Session& session, std::string_view reason, bool resumable) {
  ShardSessions& shard = here();
  if (!shard.by_key.contains(session.key())) return;
  session.resumable_ = session.resumable_ && resumable;
  for (const SessionObserver& observer : observers_) {
    if (observer.ending) observer.ending(session);
  }
  const auto found = shard.by_key.find(session.key());
  if (found == shard.by_key.end()) return;
  if (session.state() == SessionState::kDetached) {
    shard.stats.detached.drop();
    detached_.fetch_sub(1, std::memory_order_relaxed);
  }
  std::unique_ptr<Session> owned = std::move(found->second);
  shard.by_key.erase(found);
  directory_->leave(session);
  for (const SessionObserver& observer : observers_) {
    if (observer.removed) observer.removed(session);
  }
  session.become_closed();
  for (const SessionObserver& observer : observers_) {
    if (session.announced_ && observer.closed) observer.closed(session, reason);
  }
  shard.stats.closed.bump();
  shard.stats.open.drop();
  count_.fetch_sub(1, std::memory_order_relaxed);
  bury(std::move(owned));
}

void SessionRegistry::kick(Session& session, std::uint16_t code, std::string_view reason) {
  if (Link* link = session.link()) link->close(code, reason);
  close(session, reason);
}

// Whoever closed the session may still be inside one of its functions.
void SessionRegistry::bury(std::unique_ptr<Session> session) {
  ShardSessions& shard = here();
  shard.buried.push_back(std::move(session));
  if (shard.buried.size() > 1) return;
  shards_.post(shards_.current(), [&shard] { shard.buried.clear(); });
}

Session* SessionRegistry::find(SessionKey key) {
  const ShardSessions& shard = here();
  const auto found = shard.by_key.find(key);
  return found == shard.by_key.end() ? nullptr : found->second.get();
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
  const MutexLock lock(directory_->mutex);
  const auto found = directory_->by_id.find(session_id);
  return found == directory_->by_id.end() ? 0 : found->second;
}

std::vector<SessionKey> SessionRegistry::sessions_of(std::string_view user_id) const {
  const MutexLock lock(directory_->mutex);
  const auto found = directory_->by_user.find(user_id);
  return found == directory_->by_user.end() ? std::vector<SessionKey>() : found->second;
}

std::size_t SessionRegistry::count_of(std::string_view user_id) const {
  const MutexLock lock(directory_->mutex);
  const auto found = directory_->by_user.find(user_id);
  return found == directory_->by_user.end() ? 0 : found->second.size();
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
