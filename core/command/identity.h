// SPDX-License-Identifier: Apache-2.0
// Who a connection speaks for. A change of identity is a new session on the same connection: the
// old one is closed, `welcome` is sent.
//
// Ownership: borrows the registry of sessions and the dispatcher's peers. Thread: by call id [any],
// by Peer [shard]. Failure: Status in `done` or the peer closed with the documented code
// (4505 connection limit, 4503 blocked).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "command/call_id.h"
#include "protocol/frames.h"
#include "protocol/request_id.h"
#include "session/credential.h"

namespace parley::users {
struct TokenClaims;
struct User;
}  // namespace parley::users

namespace parley::session {
class Session;
struct Resumed;
}  // namespace parley::session

namespace parley::command {

class Peer;
class CallRouter;

using session::Credential;

Credential credential_of(const users::TokenClaims& claims);

struct SignIn {
  std::shared_ptr<const users::User> user;
  Credential credential;
  std::string client_name;     // "web"
  std::string client_version;  // "1.2"
  std::string locale;          // "en" or "ru"; "" keeps what the connection had
  std::string extra_json;      // an object whose members join welcome.data: {"token":"…"}
};

class Identity {
 public:
  explicit Identity(CallRouter& router) : router_(router) {}

  // [shard] After a credential in the upgrade request: `welcome` without id. False: the connection
  // was closed (4505).
  bool sign_in(Peer& peer, SignIn who);
  // [any] Answers the call with `welcome`. The caller's connection speaks for that user from then
  // on. Stale calls change nothing.
  void sign_in(CallId call, SignIn who);
  // [any] Answers the call with `welcome`: the same session goes on with this credential.
  // `conflict` when it is another user's, and nothing changes.
  void renew(CallId call, SignIn who);
  // [shard] What opened the session is worth nothing from now on: `expiring`, a grace in which only
  // `auth` passes, then 4502. One that waits for its client ends, for good.
  void withdraw(session::Session& session);
  // [any] Answers `ok`; the connection is unauthenticated again.
  void sign_out(CallId call);
  // [shard] The peer's session, if it has one, ends for good, and nobody is told an answer.
  void end(Peer& peer);

  // [shard] Answers the call with the welcome of a session that comes back on the caller's
  // connection: its secret is renewed and saved first. `presented` is the hash of the secret that
  // was shown. False: the caller is gone, nothing was changed.
  struct Return {
    std::uint64_t session_key = 0;
    std::string presented;
    std::uint64_t seq = 0;                             // the last frame the client has
    std::vector<protocol::ChannelPosition> positions;  // that the client named
    std::vector<protocol::ChannelPosition> saved;      // of a session from the store
    bool restored = false;                             // from the store
    SignIn who;                                        // today's user; a new credential, if any
  };
  void come_back(CallId call, Return back);

  // Before the first connection: told on a shard when a user's last session has closed, or a
  // sign-in came to nothing because the connection was gone. For letting go of guests.
  void on_left(std::function<void(const users::User&)> listener);
  // Before the first connection: told on a shard of a guest who cannot come back: it logged out, or is
  // somebody else now.
  void on_guest_ended(std::function<void(const users::User&)> listener);
  // Before the first connection: told on a shard who has signed out, and with which credential.
  // For ending what that credential opens elsewhere.
  void on_signed_out(std::function<void(const users::User&, const Credential&)> listener);

 private:
  bool start(Peer& peer, SignIn who, protocol::RequestId id);
  void finish_return(CallId call, Return& back, const std::string& secret,
                     session::Resumed resumed);
  void sign_in_here(CallId call, SignIn who);
  void renew_here(CallId call, SignIn who);
  void sign_out_here(CallId call);

  CallRouter& router_;
};

}  // namespace parley::command
