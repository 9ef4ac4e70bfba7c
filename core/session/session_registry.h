// SPDX-License-Identifier: Apache-2.0
// Every session of this server: where it lives, whose it is, how to reach it.
//
// Ownership: owns the sessions; borrows shards and clock. Thread: open, ready, close, kick and find
// on the session's shard; everything else from any thread. A function posted to a session runs on
// its shard, at once when the caller is on it already, and not at all when the session has closed.
// Lifetime: destroyed after the shards have stopped. Failure: open() refuses what is over
// limits.connections_per_user (0: no limit): close that connection with 4505.
//
//   auto opened = registry.open(link, user, client);           // state connecting
//   channels.attach(*opened.value(), [&](auto positions) {     // joins what is joined by itself
//     link.send(welcome(positions));
//     registry.ready(session);                                  // observers hear of it
//   });
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "config/config.h"
#include "session/session.h"
#include "session/shard_set.h"

namespace parley::session {

// Called on the session's shard. `opened` comes once the welcome was sent, `closed` only to those
// that were told `opened`. `removed` comes for every session that ends, before `closed`: for who
// keeps something per session.
// `detached` and `resumed` come for the loss of the connection and the return, `ending` first of all
// when a session ends, while it still is in its channels.
struct SessionObserver {
  std::function<void(Session&)> opened;
  std::function<void(Session&)> detached;
  std::function<void(Session&)> resumed;
  std::function<void(Session&)> ending;
  std::function<void(Session&, std::string_view reason)> closed;
  std::function<void(Session&)> removed;
};

// For the admin API.
struct SessionSummary {
  SessionKey key = 0;
  std::string id;
  std::string user_id, user_name, user_kind;
  std::string address;
  std::string client;  // "web 1.2"
  std::int64_t since_ms = 0;
  SessionState state = SessionState::kConnecting;
  std::size_t queued_bytes = 0;
  std::size_t channels = 0;
  std::size_t inflight = 0;
};

class SessionDirectory;

class SessionRegistry {
 public:
  using OnSession = absl::AnyInvocable<void(Session&)>;
  // For several sessions: copied to each shard, so it may run on several shards at once.
  using OnEach = std::function<void(Session&)>;

  // `budget` may be null: then rings are charged to nobody.
  SessionRegistry(const ShardSet& shards, const Clock& clock, const config::Config& config,
                  net::OutboxBudget* budget = nullptr);
  ~SessionRegistry();

  const ShardSet& shards() const { return shards_; }
  const Clock& clock() const { return clock_; }

  void observe(SessionObserver observer);        // before the first open()
  void configure(const config::Config& config);  // after a reload; for sessions that open later

  // --- the session's shard ---
  Result<Session*> open(Link& link, UserPtr user, ClientInfo client);
  // The welcome was sent: state ready, frames that waited for it go out.
  void ready(Session& session);
  // A session of an earlier run, detached; null when one with that id is there already.
  Session* restore(std::string id, UserPtr user);
  // The connection is gone, the session waits for another: config::Session.detached. One that was
  // not welcomed is closed.
  void detach(Session& session);
  // The connection that resumed it. The caller sends the welcome.
  void attach(Session& session, Link& link);
  // Forgets the session; the link stays as it is and may carry another one. Idempotent. `resumable`:
  // it was saved and may come back.
  void close(Session& session, std::string_view reason, bool resumable = false);
  // Closes the link too.
  void kick(Session& session, std::uint16_t code, std::string_view reason);
  Session* find(SessionKey key);  // of this shard
  SessionStats& stats();          // of this shard
  // Every 50 to 200 ms: closes those who have waited too long, or are too many.
  void tick();
  void each_here(const OnEach& run);  // run() must not open or close sessions
  // Sessions of this shard that have changed since they were saved.
  std::vector<SessionKey> take_changed();

  // --- any thread ---
  void post(SessionKey key, OnSession run);
  // False: there is no such session now.
  bool post_to_id(std::string_view session_id, OnSession run);
  // How many sessions were posted to.
  std::size_t post_to_user(std::string_view user_id, OnEach run);
  void post_to_role(std::string_view role, OnEach run);
  void post_to_all(OnEach run);

  SessionKey key_of(std::string_view session_id) const;  // 0: none
  // What plugins keep in that session; null when there is no such session.
  std::shared_ptr<SessionVariables> variables_of(std::string_view session_id) const;
  std::vector<SessionKey> sessions_of(std::string_view user_id) const;
  std::size_t count() const { return count_.load(std::memory_order_relaxed); }
  std::size_t detached() const { return detached_.load(std::memory_order_relaxed); }
  // Those of that user that wait for their client are closed for good.
  void end_detached(std::string_view user_id, std::string_view reason);
  std::size_t count_of(std::string_view user_id) const;
  SessionTotals totals() const;
  // `done` runs once, on the last shard that answered; ordered by key.
  void summaries(absl::AnyInvocable<void(std::vector<SessionSummary>)> done);
  // Closes every session of that user or that one session; false: there was none.
  bool kick_user(std::string_view user_id, std::uint16_t code, std::string_view reason);
  bool kick_id(std::string_view session_id, std::uint16_t code, std::string_view reason);

 private:
  struct ShardSessions;

  ShardSessions& here();
  Session& adopt(ShardSessions& shard, SessionKey key, Session::Setup setup);
  Session::Setup setup_for(UserPtr user) const;
  std::shared_ptr<SessionVariables> variables_for(SessionKey key);
  void wait(Session& session);
  void evict();
  void bury(std::unique_ptr<Session> session);
  static SessionSummary summary_of(const Session& session);

  const ShardSet& shards_;
  const Clock& clock_;
  const std::size_t early_cap_;
  const config::Session rings_;
  net::OutboxBudget* const budget_;
  std::vector<SessionObserver> observers_;
  std::vector<std::unique_ptr<ShardSessions>> local_;  // each touched by its shard only
  std::unique_ptr<SessionDirectory> directory_;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> detached_{0};
};

}  // namespace parley::session
