// SPDX-License-Identifier: Apache-2.0
// One person's (or program's) stay on this server, apart from the connection that carries it.
//
// Purpose: who it is, what it subscribed to, the order of its commands and of the frames addressed
// to it. Life: connecting (opened, the welcome is not sent yet) -> ready -> detached (no link) ->
// closed. Ownership: SessionRegistry owns it. Thread: its shard's, everything here; from elsewhere
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
#include "session/session_stats.h"
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
    const Clock* clock = nullptr;
    SessionStats* stats = nullptr;
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

  Link* link() const { return link_; }  // null while detached and after close

  // A new resume secret ("r_…", 256 bits); only its SHA-256 is kept.
  std::string renew_resume_secret();
  const std::string& resume_hash() const { return resume_hash_; }

  // --- commands ---
  Lane& lane() { return lane_; }
  TokenBucket& bucket() { return bucket_; }
  // False: that id is in flight already. An id that is none always begins. end() frees it.
  bool begin(const protocol::RequestId& id);
  void end(const protocol::RequestId& id);
  // Commands between begin() and end(), with and without id.
  std::size_t inflight() const { return inflight_; }

  // --- frames addressed to this session ---
  // seq of the next such frame; whoever takes one sends it with send_direct() at once.
  std::uint64_t next_seq() { return ++last_seq_; }
  std::uint64_t last_seq() const { return last_seq_; }
  // A whole JSON frame that carries `seq`. Before the welcome it waits for it.
  void send_direct(std::uint64_t seq, std::string_view json);
  // Frames without seq, never recovered: progress, pong, replies of read-only commands, volatile
  // pushes. They go out at once, or not at all when they are volatile and the welcome is not sent.
  void send_plain(std::string_view json);
  void send_shared(const net::SharedFrame& frame, bool volatile_);

  // --- channels; kept by Channels ---
  const std::vector<Subscription>& subscriptions() const { return subscriptions_; }

 private:
  friend class SessionRegistry;
  friend class Channels;
  friend class ShardMembers;
  struct Early;

  void become_ready();
  void become_closed();
  void hold_early(std::string_view json);

  const SessionKey key_;
  const std::string id_;
  SessionState state_ = SessionState::kConnecting;
  bool announced_ = false;  // observers were told that it opened
  Link* link_;
  UserPtr user_;
  ClientInfo client_;
  Credential credential_;
  bool told_expiring_ = false;
  std::string_view locale_ = "en";
  std::string resume_hash_;
  const Clock::TimePoint opened_at_;
  const std::int64_t opened_wall_ms_;
  SessionStats* stats_;

  Lane lane_;
  TokenBucket bucket_;
  std::vector<protocol::RequestId> inflight_ids_;  // a few: a scan beats a hash
  std::size_t inflight_ = 0;

  std::uint64_t last_seq_ = 0;
  const std::size_t early_cap_;
  std::unique_ptr<Early> early_;  // direct frames made before the welcome

  std::vector<Subscription> subscriptions_;
  bool attached_ = false;  // Channels::attach() has joined what is joined by itself
  // Direct channels whose first message came before that.
  std::vector<std::shared_ptr<ChannelEntry>> also_attach_;
};

}  // namespace parley::session
