// SPDX-License-Identifier: Apache-2.0
// Pushes: frames that no command asked for, to a session, users, a channel, a role or everyone.
//
// A push to sessions carries each session's own seq and so is encoded per session; a volatile one
// and one to a channel is encoded once and shared. Ownership: borrows registry and channels.
// Thread: any; on the caller's own shard it is sent at once, so that what one handler does keeps
// its order. Failure: not_found for a session that is not there; nobody online is no failure.
//
//   pusher.push(PushTarget::user(id), {.type = "playerStateUpdate", .data_json = json});
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "session/channels.h"
#include "session/session_registry.h"

namespace parley::session {

struct PushTarget {
  enum class Kind { kSession, kUsers, kChannel, kRole, kAll };
  Kind kind = Kind::kAll;
  std::vector<std::string> names;  // wire id of a session; user ids; a channel; a role

  static PushTarget session(std::string id) { return {Kind::kSession, {std::move(id)}}; }
  static PushTarget user(std::string id) { return {Kind::kUsers, {std::move(id)}}; }
  static PushTarget users(std::vector<std::string> ids) { return {Kind::kUsers, std::move(ids)}; }
  static PushTarget channel(std::string name) { return {Kind::kChannel, {std::move(name)}}; }
  static PushTarget role(std::string name) { return {Kind::kRole, {std::move(name)}}; }
  static PushTarget all() { return {Kind::kAll, {}}; }
};

struct PushFrame {
  std::string type;
  std::string data_json;    // "" leaves it out
  std::string fields_json;  // object of further top-level fields, "" for none
};

struct PushOptions {
  bool volatile_ = false;  // no seq, may be dropped
  // For frames that wait for a session, which lags or has no connection: only the newest with this
  // key waits, in the place of the first; "": all wait. Nothing of a channel or a volatile frame
  // waits, and what is stored is history.
  std::string conflate;
  Millis ttl{0};                          // it waits no longer than this; 0: as long as its session
  std::string except_session;             // wire id
  std::vector<std::string> except_users;  // ids
  // Users and channels only: kept in @<id>'s or the channel's durable history and delivered from
  // there, so that someone offline gets it later.
  bool store = false;
  // With `store`: told once per stored copy, with its offset, on the database writer's thread or at
  // once when refused.
  std::function<void(Result<std::int64_t>)> on_stored;
  Author author;  // whom a stored or channel push is from; may be empty
};

class Pusher {
 public:
  Pusher(SessionRegistry& registry, Channels& channels)
      : registry_(registry), channels_(channels) {}

  // not_found: no such session. unsupported: `store` for a session, a role or everyone, or together
  // with volatile_ or except. invalid_args: no channel or user id.
  Status push(const PushTarget& target, PushFrame frame, const PushOptions& options = {});
  // The same by key, for who holds one.
  void push_to(SessionKey key, PushFrame frame, bool volatile_ = false);

 private:
  Status store(const PushTarget& target, const PushFrame& frame, const PushOptions& options);
  Status push_channel(const std::string& channel, PushFrame frame, const PushOptions& options);

  SessionRegistry& registry_;
  Channels& channels_;
};

}  // namespace parley::session
