// SPDX-License-Identifier: Apache-2.0
#include "command/core_resume.h"

#include <optional>
#include <string>
#include <utility>

#include "base/ids.h"
#include "command/client_said.h"
#include "protocol/close_codes.h"
#include "protocol/json.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/login_guard.h"
#include "users/token_service.h"

namespace parley::command {
namespace {

constexpr const char* kResumes = "resume";  // what wrong ones are counted under

enum Argument { kSession, kResume, kSeq, kChannels, kToken, kClient, kLocale };

Result<std::vector<protocol::ChannelPosition>> read_positions(const std::string& json) {
  thread_local protocol::JsonReader reader({.depth = 2, .keys = 4096, .size = 1 << 20});
  const auto parsed = reader.parse(json);
  const Status wrong = Status::invalid_args("`channels` is an object of offsets: {\"global\":56}");
  if (!parsed || !parsed->is_object()) return wrong;
  std::vector<protocol::ChannelPosition> positions;
  bool good = true;
  parsed->each_member([&](std::string_view name, protocol::JsonView offset) {
    const auto value = offset.as_int();
    good = value && *value >= 0;
    if (good) positions.push_back({std::string(name), *value});
    return good;
  });
  if (!good) return wrong;
  return positions;
}

}  // namespace

struct CoreResume::Attempt {
  CallId call;
  std::string session_id;
  std::string secret_hash;
  std::string address;
  std::optional<users::TokenClaims> token;
  std::string token_user;  // whom it speaks for
  std::optional<session::SavedSession> saved;
  Identity::Return back;
};

void CoreResume::run(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  if (call.session_key)
    return static_cast<void>(replies.fail(
        call.call, Status::conflict("this connection has a session already: resume on a new one")));
  const auto attempt = std::make_shared<Attempt>();
  if (auto status = read(call, *attempt); !status)
    return static_cast<void>(replies.fail(call.call, status));
  replies.defer(call.call);
  if (call.args[kToken].present) {
    auto claims = deps_.tokens.authenticate(call.args[kToken].text);
    if (!claims) return refuse(*attempt);
    attempt->token = std::move(claims).value();
    attempt->back.who.credential = credential_of(*attempt->token);
    return with_token(attempt);
  }
  look_up(attempt);
}

// Whom an issuer's token speaks for is known after a look into the store.
void CoreResume::with_token(const AttemptPtr& attempt) {
  deps_.accounts.by_claims(*attempt->token, [this, attempt](const Result<users::User>& user) {
    const bool good = user && deps_.tokens.still_good(*attempt->token, user->id).is_ok();
    if (!good) return refuse(*attempt);
    attempt->token_user = user->id;
    deps_.sessions.shards().run_on(static_cast<int>(attempt->call.shard()),
                                   [this, attempt] { look_up(attempt); });
  });
}

void CoreResume::look_up(const AttemptPtr& attempt) {
  const auto key = deps_.sessions.key_of(attempt->session_id);
  if (auto* session = deps_.sessions.find(key)) return with_session(attempt, *session);
  if (key != 0) {
    // It came to live on another shard a moment ago.
    deps_.dispatcher.replies().fail(attempt->call,
                                    Status::overloaded("the session is being resumed: try again"));
    return;
  }
  with_store(attempt);
}

Status CoreResume::read(const Invocation& call, Attempt& attempt) const {
  attempt.call = call.call;
  attempt.address = call.peer_address;
  attempt.session_id = call.args[kSession].text;
  attempt.secret_hash = sha256(call.args[kResume].text);
  attempt.back.presented = attempt.secret_hash;
  attempt.back.seq =
      call.args[kSeq].present ? static_cast<std::uint64_t>(call.args[kSeq].integer) : 0;
  take_client(call.args[kClient], call.args[kLocale], attempt.back.who);
  if (!call.args[kChannels].present) return Status::ok();
  auto positions = read_positions(call.args[kChannels].text);
  if (!positions) return positions.status();
  attempt.back.positions = std::move(positions).value();
  return Status::ok();
}

bool CoreResume::credential_holds(const Attempt& attempt, const session::Credential& kept,
                                  const std::string& user_id) const {
  if (attempt.token) return attempt.token_user == user_id;
  if (kept.expires_at == 0) return true;
  if (kept.expires_at <= deps_.clock.wall_ms()) return false;
  users::TokenClaims claims;
  claims.subject = user_id;
  claims.id = kept.token_id;
  claims.family = kept.family;
  claims.issuer = kept.issuer;
  claims.key = kept.key;
  claims.issued_at = kept.issued_at;
  claims.expires_at = kept.expires_at;
  return !deps_.tokens.is_revoked(claims, user_id);
}

void CoreResume::with_session(const AttemptPtr& attempt, session::Session& session) {
  using Secret = session::Session::Secret;
  const auto secret = session.check_secret(attempt->secret_hash);
  if (secret == Secret::kRetired) end_stolen(*attempt, session);
  if (secret != Secret::kValid || session.state() == session::SessionState::kConnecting ||
      !credential_holds(*attempt, session.credential(), session.user()->id))
    return refuse(*attempt);
  attempt->back.session_key = session.key();
  with_user(attempt, session.user()->id);
}

void CoreResume::with_store(const AttemptPtr& attempt) {
  deps_.keeper.find(attempt->session_id, [this, attempt](Result<session::SavedSession> saved) {
    const bool current = saved && constant_time_equal(saved->resume_hash, attempt->secret_hash);
    const bool previous = saved && !saved->previous_hash.empty() &&
                          constant_time_equal(saved->previous_hash, attempt->secret_hash);
    if ((!current && !previous) || !credential_holds(*attempt, saved->credential, saved->user_id))
      return refuse(*attempt);
    attempt->saved = std::move(saved).value();
    with_user(attempt, attempt->saved->user_id);
  });
}

// Rights are today's.
void CoreResume::with_user(const AttemptPtr& attempt, const std::string& user_id) {
  deps_.accounts.by_id(user_id, [this, attempt](Result<users::User> user) {
    if (!user) return refuse(*attempt);
    auto fresh = std::make_shared<const users::User>(std::move(*user));
    deps_.sessions.shards().run_on(
        static_cast<int>(attempt->call.shard()),
        [this, attempt, fresh = std::move(fresh)] { finish(attempt, fresh); });
  });
}

// What the credential that the session goes on with may give at most.
std::vector<std::string> CoreResume::max_roles_of(const Attempt& attempt) {
  if (attempt.token) return attempt.token->max_roles;
  if (attempt.saved) return attempt.saved->credential.max_roles;
  const auto* session = deps_.sessions.find(attempt.back.session_key);
  return session ? session->credential().max_roles : std::vector<std::string>();
}

void CoreResume::finish(const AttemptPtr& attempt,
                        const std::shared_ptr<const users::User>& found) {
  auto& back = attempt->back;
  const auto user =
      std::make_shared<const users::User>(users::narrowed(*found, max_roles_of(*attempt)));
  back.who.user = user;
  if (!deps_.dispatcher.replies().is_open(attempt->call)) return;
  if (attempt->saved) {
    // It may have been brought back and ended since its row was read.
    if (deps_.keeper.was_ended(attempt->session_id)) return refuse(*attempt);
    auto* restored = deps_.sessions.restore(attempt->session_id, user);
    if (!restored) {
      deps_.dispatcher.replies().fail(
          attempt->call, Status::overloaded("the session is being resumed: try again"));
      return;
    }
    if (user->kind == "guest") deps_.accounts.hold_guest(user->id);
    restored->restore_secrets(attempt->saved->resume_hash, attempt->saved->previous_hash);
    restored->set_credential(attempt->saved->credential);
    restored->variables()->restore(attempt->saved->variables_json);
    back.session_key = restored->key();
    back.saved = std::move(attempt->saved->positions);
    back.restored = true;
  }
  // Somebody else may have resumed it while the user was looked up.
  auto* session = deps_.sessions.find(back.session_key);
  if (!session || session->check_secret(attempt->secret_hash) != session::Session::Secret::kValid)
    return refuse(*attempt);
  deps_.dispatcher.identity().come_back(attempt->call, std::move(back));
}

void CoreResume::end_stolen(const Attempt& attempt, session::Session& session) {
  deps_.store.append_audit({.ts = deps_.clock.wall_ms(),
                            .actor = session.user()->id,
                            .address = attempt.address,
                            .action = "session.resume",
                            .target = session.id(),
                            .result = "unauthorized",
                            .detail =
                                "a resume secret that had been replaced was used: the session "
                                "was ended"});
  deps_.sessions.kick(session, protocol::close::kBadCredential,
                      "The session was ended: its resume secret was used twice. Log in again.");
}

void CoreResume::refuse(Attempt& attempt) {
  const auto counted = deps_.guard.wrong(kResumes, attempt.address);
  deps_.dispatcher.replies().fail(
      attempt.call,
      counted ? Status::unauthorized("there is no such session to resume: authenticate again")
              : counted);
}

}  // namespace parley::command
