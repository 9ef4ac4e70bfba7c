// SPDX-License-Identifier: Apache-2.0
// The life of sessions: opened, waiting for a client, back, closed. Reaching them is in
// session_reach.cpp.
#include "session/session_registry.h"

#include <algorithm>
#include <utility>

#include "net/service.h"
#include "session/session_registry_impl.h"

namespace parley::session {

SessionRegistry::SessionRegistry(const ShardSet& shards, const Clock& clock,
                                 const config::Config& config, net::OutboxBudget* budget)
    : shards_(shards),
      clock_(clock),
      early_cap_(config.outbox.hard_cap),
      rings_(config.session),
      budget_(budget),
      directory_(std::make_unique<SessionDirectory>()) {
  for (int i = 0; i < shards_.size(); ++i) local_.push_back(std::make_unique<ShardSessions>());
  configure(config);
}

SessionRegistry::~SessionRegistry() = default;

void SessionRegistry::observe(SessionObserver observer) {
  observers_.push_back(std::move(observer));
}

void SessionRegistry::configure(const config::Config& config) {
  directory_->configure(config.limits, config.session);
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

// Whatever changes them asks for the session to be saved.
std::shared_ptr<SessionVariables> SessionRegistry::variables_for(SessionKey key) {
  return std::make_shared<SessionVariables>(
      [this, key] { post(key, [](Session& session) { session.changed(); }); });
}

Session& SessionRegistry::adopt(ShardSessions& shard, SessionKey key, Session::Setup setup) {
  setup.key = key;
  if (!setup.variables) setup.variables = variables_for(key);
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
  directory_->name(opened.id(), key, opened.variables());
  return &opened;
}

Session* SessionRegistry::restore(std::string id, UserPtr user) {
  ShardSessions& shard = here();
  const SessionKey key = (static_cast<SessionKey>(shards_.current()) << 56) | ++shard.last;
  const auto variables = variables_for(key);
  if (!directory_->name(id, key, variables)) return nullptr;
  Session::Setup setup = setup_for(std::move(user));
  setup.id = std::move(id);
  setup.variables = variables;
  setup.limits = directory_->limits();
  directory_->enter_again(setup.user->id, key);
  Session& restored = adopt(shard, key, std::move(setup));
  restored.resumable_ = true;
  wait(restored);
  return &restored;
}

// From now on it is among those that may be closed when time or memory runs out.
void SessionRegistry::wait(Session& session) {
  ShardSessions& shard = here();
  const config::Session waits = directory_->waits();
  const bool guest = session.user()->kind == "guest";
  session.become_detached(clock_.now() + (guest ? waits.detached_guest : waits.detached));
  directory_->begin_waiting(session.key());
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
    directory_->end_waiting(session.key());
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
  const std::size_t most = directory_->waits().detached_max;
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

}  // namespace parley::session
