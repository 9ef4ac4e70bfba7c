// SPDX-License-Identifier: Apache-2.0
// One person's (or program's) stay on this server, apart from the connection that carries it.
//
// Purpose: who it is, what it subscribed to, the order of its commands and of the frames addressed
// to it. Life: connecting (opened, the welcome is not sent yet) -> ready <-> detached (no link: its
// commands go on, its frames wait in the ring) -> closed. One that is restored from the store begins
// detached. Ownership: SessionRegistry owns it. Thread: its shard's, everything here; from elsewhere
// SessionRegistry::post(key(), …). Lifetime: after close() the object lives until the running task
// of its shard has ended; a key that is posted to later finds nothing. Failure: sending without a
// link does nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "protocol/request_id.h"
#include "session/credential.h"
#include "session/lane.h"
#include "session/link.h"
#include "session/replay_ring.h"
#include "session/session_stats.h"
#include "session/session_variables.h"
#include "session/subscription.h"
#include "session/token_bucket.h"
#include "users/accounts.h"

namespace parley::session {

using SessionKey = std::uint64_t;  // shard index in the top byte; never reused; 0 is nobody
using UserPtr = std::shared_ptr<const users::User>;

inline int shard_of(SessionKey key) {
  return static_cast<int>(key >> 56);
}

// What the client said of itself in `auth`.
struct ClientInfo {
  std::string name;     // "web"
  std::string version;  // "1.2"
  std::string locale;   // whatever was asked for; Session::locale() is one that is served
};

enum class SessionState { kConnecting, kReady, kDetached, kClosed };

class Session {
 public:
  struct Setup {
    SessionKey key = 0;
    UserPtr user;
    ClientInfo client;
    Link* link = nullptr;
    config::Limits limits;
    std::size_t early_cap = 0;  // bytes that may wait for the welcome: config::Outbox.hard_cap
    ReplayRing::Limits ring;
    net::OutboxBudget* budget = nullptr;         // null: rings are not charged
    std::string id;                              // of a restored session; "": a new one
    std::vector<SessionKey>* changed = nullptr;  // its shard's list of those to be saved
    const Clock* clock = nullptr;
    SessionStats* stats = nullptr;
    std::shared_ptr<SessionVariables> variables;
  };
  explicit Session(Setup setup);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  SessionKey key() const { return key_; }
  const std::string& id() const { return id_; }  // "s_…", what clients and admins see
  SessionState state() const { return state_; }

  const UserPtr& user() const { return user_; }
  // The same person with other roles or another name. Call Channels::recheck() after it.
  void set_user(UserPtr user) { user_ = std::move(user); }
  const ClientInfo& client() const { return client_; }
  std::string_view locale() const { return locale_; }  // "en" | "ru"
  void set_locale(std::string_view asked);
  void set_client(ClientInfo client);
  // What it was opened with, or was renewed with since.
  const Credential& credential() const { return credential_; }
  void set_credential(Credential credential) {
    credential_ = std::move(credential);
    told_expiring_ = false;
  }
  bool has_expired(std::int64_t wall_ms) const {
    return credential_.expires_at > 0 && credential_.expires_at <= wall_ms;
  }
  // True the first time: the client is told once for each credential.
  bool tell_expiring() { return !std::exchange(told_expiring_, true); }
  Clock::TimePoint opened_at() const { return opened_at_; }
  std::int64_t opened_wall_ms() const { return opened_wall_ms_; }

  // What plugins keep in it. Never null in a session of the registry.
  const std::shared_ptr<SessionVariables>& variables() const { return variables_; }

  Link* link() const { return link_; }  // null while detached and after close

  // --- resume secrets: only their SHA-256 is kept ---
  // A new one ("r_…", 256 bits). `presented` is the hash of the one that was resumed with: it stays
  // valid until confirm_resume(), because the welcome with the new one may get lost.
  std::string renew_resume_secret(std::string_view presented = {});
  // The first frame on the new connection came: the client has the new secret.
  void confirm_resume();
  bool unconfirmed() const { return !previous_hash_.empty(); }
  enum class Secret { kWrong, kValid, kRetired };  // kRetired: was replaced, and that was confirmed
  Secret check_secret(std::string_view hash) const;
  const std::string& resume_hash() const { return resume_hash_; }
  const std::string& previous_hash() const { return previous_hash_; }
  void restore_secrets(std::string current, std::string previous);

  // --- commands ---
  Lane& lane() { return lane_; }
  TokenBucket& bucket() { return bucket_; }
  // False: that id is in flight already. An id that is none always begins. end() frees it.
  bool begin(const protocol::RequestId& id);
  void end(const protocol::RequestId& id);
  // Commands between begin() and end(), with and without id.
  std::size_t inflight() const { return inflight_; }
  const std::vector<protocol::RequestId>& inflight_ids() const { return inflight_ids_; }

  // --- frames addressed to this session ---
  // seq of the next such frame; whoever takes one sends it with send_direct() at once.
  std::uint64_t next_seq() { return ++last_seq_; }
  std::uint64_t last_seq() const { return last_seq_; }
  // A whole JSON frame that carries `seq`. It is kept for replay; before the welcome it waits for
  // it, and while the client lags it waits for that to end, unless it is `terminal`: then what waits
  // goes out before it.
  void send_direct(std::uint64_t seq, std::string_view json, bool terminal = false,
                   Waiting waiting = {});
  // The seq of a frame with that key that was not sent yet, 0 for none: a newer one takes its place.
  std::uint64_t waiting(std::string_view conflate) const;
  void replace_waiting(std::uint64_t seq, std::string_view json, Clock::TimePoint until) {
    ring_.replace(seq, json, until);
  }
  const ReplayRing& ring() const { return ring_; }
  void trim_ring(std::uint64_t seq) { ring_.trim(seq); }
  // Sends again what the ring has after `seq`; returns how many.
  std::size_t replay_after(std::uint64_t seq);
  // What was lost cannot be replayed: the counter starts again.
  void restart_seq();
  // Frames without seq, never recovered: progress, pong, replies of read-only commands, volatile
  // pushes. They go out at once, or not at all when they are volatile and the welcome is not sent.
  void send_plain(std::string_view json);
  void send_shared(const net::SharedFrame& frame, bool volatile_);

  // --- a client that does not take its frames fast enough ---
  // Channel frames are skipped, direct ones wait in the ring. Tells the client `lag`, once.
  void begin_lag();
  bool lagging() const { return lagging_; }
  // The client has taken what it was sent: direct frames that waited go out. False: it is behind
  // again. end_lag() says `caughtUp`.
  bool send_waiting();
  void end_lag();

  // Something that is saved has changed: subscriptions, variables, secrets.
  void changed();
  bool is_changed() const { return changed_; }
  Clock::TimePoint saved_at() const { return saved_at_; }
  void was_saved(Clock::TimePoint now) {
    saved_at_ = now;
    changed_ = false;
  }
  // Whether it can be resumed once it has closed: not after a logout or a kick.
  bool resumable() const { return resumable_; }

  // --- channels; kept by Channels ---
  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }

 private:
  friend class SessionRegistry;
  friend class Channels;
  friend class ShardMembers;
  struct Early;

  void become_ready();
  void become_detached(Clock::TimePoint until);
  void become_attached(Link& link);
  void become_closed();
  void after_send(net::SendResult result);
  void hold_early(std::string_view json);

  const SessionKey key_;
  const std::string id_;
  SessionState state_ = SessionState::kConnecting;
  bool announced_ = false;  // observers were told that it opened
  Link* link_;
  UserPtr user_;
  ClientInfo client_;
  std::string_view locale_ = "en";
  Credential credential_;
  bool told_expiring_ = false;
  std::string resume_hash_;
  std::string previous_hash_;  // valid until the first frame on the new connection
  std::string retired_hash_;   // was valid before; whoever comes with it stole it
  const Clock& clock_;
  const Clock::TimePoint opened_at_;
  const std::int64_t opened_wall_ms_;
  SessionStats* stats_;
  const std::shared_ptr<SessionVariables> variables_;

  Lane lane_;
  TokenBucket bucket_;
  std::vector<protocol::RequestId> inflight_ids_;  // a few: a scan beats a hash
  std::size_t inflight_ = 0;

  std::uint64_t last_seq_ = 0;
  std::uint64_t sent_seq_ = 0;  // handed to this or an earlier link
  ReplayRing ring_;
  bool lagging_ = false;
  std::uint32_t link_epoch_ = 0;  // counts the links it has had
  Clock::TimePoint detached_until_{};
  Clock::TimePoint saved_at_{};
  std::vector<SessionKey>* changed_list_;
  bool changed_ = false;
  bool resumable_ = false;
  const std::size_t early_cap_;
  std::unique_ptr<Early> early_;  // direct frames made before the welcome

  std::vector<Subscription> subscriptions_;
  bool attached_ = false;     // Channels::attach() has joined what is joined by itself
  bool catching_up_ = false;  // a page of history is being read for it
  // Direct channels whose first message came before that.
  std::vector<std::shared_ptr<ChannelEntry>> also_attach_;
};

}  // namespace parley::session
