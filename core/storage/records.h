// SPDX-License-Identifier: Apache-2.0
// What the database keeps, as plain values: one struct per table, nothing of SQL.
//
// Ownership: values. Units: every time is milliseconds since the Unix epoch, 0 meaning "never" or
// "not set". Fields named *_json hold JSON text that the caller made and gets back byte for byte;
// the store does not parse it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace parley::storage {

// One channel message before it has an offset. `type` and `data_json` are the frame's, `user_name`
// is what the person was called then, `extra_json` is an object of further top-level fields ("" for
// none).
struct MessageDraft {
  std::string channel;
  std::string type = "chatMessage";
  std::string user_id;
  std::string user_name;
  std::string user_kind = "user";  // user | guest | bot | service
  std::string data_json = "{}";
  std::string origin_json;  // {"ns":…,"id":…} when it came over a bridge, else ""
  std::string extra_json;
  std::string
      about;  // id of whom it speaks of when that is not the author: it goes with their words
  std::int64_t ts = 0;
};

struct StoredMessage : MessageDraft {
  std::int64_t offset = 0;  // 1, 2, 3 … in its channel, no gaps
};

// Frames that only say that an earlier message has changed. That one reads as it is now.
inline constexpr const char* kEditedType = "chatEdited";
inline constexpr const char* kDeletedType = "chatDeleted";

// Exactly one of `before` and `after` may be set. `after` (which is also "since"): the oldest
// messages with offset > after. `before`: the newest with offset < before. Neither: the newest of
// all.
struct HistoryQuery {
  std::string channel;
  std::optional<std::int64_t> before;
  std::optional<std::int64_t> after;
  std::size_t limit = 50;
  bool changes =
      true;  // false: only messages, each as it reads now; kEditedType and such are passed over
};

struct HistoryPage {
  std::vector<StoredMessage> messages;  // oldest first
  bool more = false;                    // there are further ones in the direction that was asked
};

// A message that was taken back, and where it stands.
struct ErasedMessage {
  std::string channel;
  std::int64_t offset = 0;
};

// What one step of taking a person's words back came to.
struct ErasedStep {
  std::int64_t next = 0;              // row where the next step begins, 0 at the end
  std::vector<ErasedMessage> erased;  // those that could be read until now
};

// One user will have nothing of another's direct messages.
struct BlockRecord {
  std::string user_id;
  std::string blocked_id;
};

// Somebody is kept out of a channel.
struct BanRecord {
  std::string channel;
  std::string user_id;
  std::string by;  // id of who decided it, or a name where there is no id; "" for plugins
  std::string reason;
  std::int64_t since = 0;
  std::int64_t until = 0;  // 0: until it is lifted
  // As they are called now; read, never written.
  std::string user_name, by_name;
};

// Those that hold at `now`, by channel and then by user id.
struct BanQuery {
  std::string channel;                    // "": of all channels
  std::string after_channel, after_user;  // of the last one of the page before
  std::int64_t now = 0;
  std::size_t limit = 100;
};
struct BanPage {
  std::vector<BanRecord> bans;
  bool more = false;
};

struct ChannelRecord {
  std::string name;
  std::string topic;
  std::int64_t created_at = 0;
  std::string created_by;  // user id, or "" when the server made it
  std::int64_t last_offset =
      0;  // 0: nothing was said yet; never falls, also when messages are deleted
};

// An account, a bot, or a guest. A guest has no password and an expiry; its row goes when that has
// passed.
struct UserRecord {
  std::string id;  // u_… or g_…; a guest that registers keeps its id
  std::string name;
  std::string skeleton;  // unique over accounts and guests that live
  std::string kind = "user";
  std::vector<std::string> roles;
  std::string password_hash;  // argon2id in its own text form, "" for none
  bool disabled = false;
  std::int64_t created_at = 0;
  std::int64_t expires_at = 0;  // guests only
};

// Lets one person register where registration is by invitation. Gone once it is used.
struct InvitationRecord {
  std::string id;    // "i_…", what lists show
  std::string hash;  // SHA-256 of the code, 32 bytes
  std::string made_by;
  std::string note;
  std::int64_t created_at = 0;
  std::int64_t expires_at = 0;
};

// Who somebody is elsewhere.
struct OutsideIdentity {
  std::string issuer, subject;
};

// Somebody of an outside issuer whose account was deleted.
struct ForgottenIdentity {
  std::string hash;  // of issuer and subject, 32 bytes: who it was is not kept
  std::int64_t forgotten_at = 0;
  std::int64_t expires_at = 0;
};

// Something a person wrote, for a copy of their data.
struct OwnMessage {
  std::int64_t row = 0;  // the cursor
  std::string channel;
  std::int64_t offset = 0;
  std::int64_t ts = 0;
  std::string data_json;
};

// A session as it can be resumed after it has closed, or the server has. Written when it opens,
// when what it says changes, and when its connection is lost.
struct SessionRecord {
  std::string id;
  std::string user_id;
  std::string resume_hash;         // SHA-256 of the resume secret, 32 bytes
  std::string previous_hash;       // of the one before while it is valid too, else ""
  std::string subscriptions_json;  // ["global", …]
  std::string positions_json;      // {"global":56, …}
  std::string variables_json;
  std::string credential_json;  // what it was opened with, "" for a guest
  std::int64_t saved_at = 0;
  std::int64_t expires_at = 0;
};

// What a command with an idempotency key came to. Without a reply: it had begun, and nobody knows
// how far it came.
struct CommandKeyRecord {
  std::string user_id;
  std::string key;
  std::string fingerprint;  // of the command and its arguments, 32 bytes
  std::string reply_json;   // the terminal answer, or ""
  std::int64_t expires_at = 0;
};

// One link of a chain of refresh tokens. A used one that comes back means theft: the family ends.
struct RefreshRecord {
  std::string hash;  // SHA-256 of the token, 32 bytes
  std::string family;
  std::string user_id;
  bool used = false;
  std::int64_t expires_at = 0;
};

// Everything that was revoked and has not expired, to be held in memory by who verifies tokens.
struct Revocations {
  std::map<std::string, std::int64_t> tokens;  // jti -> when it expires anyway
  std::map<std::string, std::int64_t> users;   // user id -> tokens issued up to this time are dead
};

// A step of one atomic change of a plugin's keys. `expect` compares: the value must be exactly
// `value`, or the key must be absent when there is none; otherwise the whole change is refused with
// `conflict`.
struct KvOp {
  enum class Kind { kPut, kErase, kExpect };
  Kind kind = Kind::kPut;
  std::string key;
  std::optional<std::string> value;

  static KvOp put(std::string key, std::string value) {
    return {Kind::kPut, std::move(key), std::move(value)};
  }
  static KvOp erase(std::string key) { return {Kind::kErase, std::move(key), std::nullopt}; }
  static KvOp expect(std::string key, std::optional<std::string> value) {
    return {Kind::kExpect, std::move(key), std::move(value)};
  }
};

// From config::PluginLimits. A plugin's use is the sum of its keys' and values' bytes.
struct KvLimits {
  std::size_t quota = 64 * 1024 * 1024;
  std::size_t value_max = 1024 * 1024;
  std::size_t key_max = 512;
};

struct KvPair {
  std::string key;
  std::string value;
};

// A plugin's pair whose key names a user.
struct KvOfUser {
  std::string plugin;
  std::string key;
  std::string value;
};

// Keys in byte order. `next` is the cursor for the following page, "" after the last one.
struct KvPage {
  std::vector<KvPair> pairs;
  std::string next;
};

struct AuditEntry {
  std::int64_t id = 0;  // given by the store
  std::int64_t ts = 0;
  std::string actor;    // user id, "parleyctl", "system"
  std::string address;  // where the actor came from, "" when local
  std::string action;   // login, plugin.load, …
  std::string target;
  std::string result;  // "ok" or an error code
  std::string detail;
};

// Newest first. Empty filters match everything; `before` is the id of the last entry of the
// previous page. `who` and `who_else` are two spellings of one: it acted, or it was acted on;
// "parleyctl" finds "parleyctl (uid 0)". The action "account" finds "account.login".
struct AuditQuery {
  std::string actor;
  std::string who, who_else;
  std::string action;
  std::int64_t since = 0;
  std::int64_t before = 0;
  std::size_t limit = 100;
};

// What may go: whose own time has passed at `now`, and messages and audit entries older than these
// (0: none).
struct Retention {
  std::int64_t now = 0;
  std::int64_t messages_before = 0;
  std::int64_t audit_before = 0;
};

// What one call of Store::expire removed.
struct Expired {
  std::int64_t messages = 0;
  std::int64_t sessions = 0;
  std::int64_t guests = 0;
  std::int64_t tokens = 0;
  std::int64_t keys = 0;  // idempotency keys
  std::int64_t audit = 0;
  std::int64_t bans = 0;
};

// Counters for /metrics and /readyz, all since the start except queue and last_*.
struct StoreStats {
  std::uint64_t batches = 0;   // commits that held
  std::uint64_t items = 0;     // items answered with success
  std::uint64_t failures = 0;  // items answered with an error
  std::uint64_t refused = 0;   // items refused because the queue was full
  std::uint64_t queue = 0;     // items waiting now
  std::int64_t last_commit_us = 0;
  std::int64_t max_commit_us = 0;
  std::string last_error;  // why the last batch failed as a whole; "" while writing works
};

}  // namespace parley::storage
