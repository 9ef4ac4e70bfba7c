// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/migrations.h"

#include <string>

#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy_file.h"

namespace parley::storage {
namespace {

// Messages are a rowid table with an index: clustered on (channel, offset) it appends a third
// slower. The column is `position` because OFFSET is a word of SQL.
constexpr const char* kFirst = R"sql(
CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  topic TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL DEFAULT '',
  last_offset INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL REFERENCES channels(id),
  position INTEGER NOT NULL,
  ts INTEGER NOT NULL,
  type TEXT NOT NULL,
  user_id TEXT NOT NULL,
  user_name TEXT NOT NULL,
  user_kind TEXT NOT NULL,
  data TEXT NOT NULL,
  origin TEXT NOT NULL,
  extra TEXT NOT NULL
);
CREATE UNIQUE INDEX messages_position ON messages(channel, position);
CREATE INDEX messages_ts ON messages(ts);
CREATE TABLE users (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  skeleton TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  roles TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  disabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX users_expiry ON users(expires_at) WHERE expires_at > 0;
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  resume_hash BLOB NOT NULL,
  subscriptions TEXT NOT NULL,
  positions TEXT NOT NULL,
  variables TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX sessions_user ON sessions(user_id);
CREATE INDEX sessions_expiry ON sessions(expires_at);
CREATE TABLE revoked_tokens (jti TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);
CREATE TABLE revoked_users (user_id TEXT PRIMARY KEY, issued_up_to INTEGER NOT NULL);
CREATE TABLE refresh_tokens (
  hash BLOB PRIMARY KEY,
  family TEXT NOT NULL,
  user_id TEXT NOT NULL,
  used INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX refresh_family ON refresh_tokens(family);
CREATE INDEX refresh_user ON refresh_tokens(user_id);
CREATE INDEX refresh_expiry ON refresh_tokens(expires_at);
CREATE TABLE plugin_kv (
  plugin TEXT NOT NULL,
  key BLOB NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (plugin, key)
);
CREATE TABLE plugin_usage (plugin TEXT PRIMARY KEY, bytes INTEGER NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ts INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  result TEXT NOT NULL,
  detail TEXT NOT NULL
);
)sql";

// Sessions outlive the server: both secrets that are valid during a resume, and the credential.
constexpr const char* kSessions = R"sql(
ALTER TABLE sessions ADD COLUMN previous_hash BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN credential TEXT NOT NULL DEFAULT '';
)sql";

// What keyed commands came to, for the few minutes in which they may be sent again.
constexpr const char* kCommandKeys = R"sql(
CREATE TABLE command_keys (
  user_id TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  reply TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, key)
);
CREATE INDEX command_keys_expiry ON command_keys(expires_at);
)sql";

// What people have read, and whose direct messages they refuse. Both end with whom they belong to.
constexpr const char* kReading = R"sql(
CREATE TABLE read_marks (
  user_id TEXT NOT NULL,
  channel INTEGER NOT NULL REFERENCES channels(id),
  position INTEGER NOT NULL,
  PRIMARY KEY (user_id, channel)
) WITHOUT ROWID;
CREATE TABLE blocks (user_id TEXT NOT NULL, blocked_id TEXT NOT NULL);
CREATE UNIQUE INDEX blocks_pair ON blocks(user_id, blocked_id);
CREATE INDEX blocks_other ON blocks(blocked_id);
CREATE TRIGGER users_gone AFTER DELETE ON users BEGIN
  DELETE FROM read_marks WHERE user_id = old.id;
  DELETE FROM blocks WHERE user_id = old.id OR blocked_id = old.id;
END;
)sql";

// Who of an outside issuer is whom here, and who may register by invitation.
constexpr const char* kOutside = R"sql(
CREATE TABLE outside_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;
CREATE INDEX outside_user ON outside_identities(user_id);
CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  made_by TEXT NOT NULL,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX invitations_expiry ON invitations(expires_at);
)sql";

// Who of an outside issuer was deleted here, as hashes, for as long as tokens of then may live.
constexpr const char* kForgotten = R"sql(
CREATE TABLE forgotten_identities (
  hash BLOB PRIMARY KEY,
  forgotten_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX forgotten_expiry ON forgotten_identities(expires_at);
)sql";

// Whose words a topic is, and of whom a message speaks that somebody else wrote.
constexpr const char* kAuthors = R"sql(
ALTER TABLE channels ADD COLUMN topic_by TEXT NOT NULL DEFAULT '';
UPDATE channels SET topic_by = created_by WHERE topic <> '';
CREATE INDEX channels_topic_by ON channels(topic_by) WHERE topic_by <> '';
ALTER TABLE messages ADD COLUMN about TEXT NOT NULL DEFAULT '';
)sql";

// Who is kept out of which channel. A ban ends with whom it keeps out, and forgets who decided it when
// they are gone.
constexpr const char* kBans = R"sql(
CREATE TABLE bans (
  channel TEXT NOT NULL,
  user_id TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  reason TEXT NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER NOT NULL
);
CREATE UNIQUE INDEX bans_place ON bans(channel, user_id);
CREATE INDEX bans_user ON bans(user_id);
CREATE INDEX bans_until ON bans(until) WHERE until > 0;
CREATE TRIGGER banned_gone AFTER DELETE ON users BEGIN
  DELETE FROM bans WHERE user_id = old.id;
  UPDATE bans SET decided_by = '' WHERE decided_by = old.id;
END;
)sql";

constexpr Migration kMigrations[] = {{1, kFirst},   {2, kSessions}, {3, kCommandKeys},
                                     {4, kReading}, {5, kOutside},  {6, kForgotten},
                                     {7, kAuthors}, {8, kBans}};

bool is_empty(Connection& connection) {
  auto query = connection.query("SELECT count(*) FROM sqlite_master");
  query.step();
  return query.number_at(0) == 0;
}

Status apply(Connection& connection, const Migration& step) {
  const Status status = connection.attempt([&] {
    connection.exec("BEGIN IMMEDIATE");
    connection.exec(step.sql);
    connection.exec("PRAGMA application_id = " + std::to_string(kApplicationId));
    connection.exec("PRAGMA user_version = " + std::to_string(step.version));
    connection.exec("COMMIT");
    return Status::ok();
  });
  if (status.is_ok()) return status;
  if (connection.in_transaction()) connection.exec("ROLLBACK");
  return Status::internal("Bringing " + connection.label() + " to schema " +
                          std::to_string(step.version) + " failed; it is as it was. " +
                          status.message());
}

Status keep_copy(Connection& connection, const std::filesystem::path& file, int version) {
  std::filesystem::path copy = file;
  copy += ".before-" + std::to_string(version);
  const Status status = copy_database(connection, copy, Overwrite::kYes);
  if (status.is_ok()) return status;
  return Status::internal("No copy of " + connection.label() +
                          " could be made before its schema is changed, so nothing was changed. " +
                          status.message());
}

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}
int newest_version() {
  return migrations().back().version;
}

Result<int> schema_version(Connection& connection, int newest) {
  return connection.attempt([&]() -> Result<int> {
    const auto version = static_cast<int>(connection.pragma("user_version"));
    const bool ours = connection.pragma("application_id") == kApplicationId;
    if (!ours && version == 0 && is_empty(connection)) return 0;
    if (!ours) {
      return Status::internal("The database " + connection.label() +
                              " belongs to another program. Set storage.file to another name.");
    }
    if (version <= newest) return version;
    return Status::internal(
        "The database " + connection.label() + " has schema " + std::to_string(version) +
        ", made by a newer Parley; this one knows schemas up to " + std::to_string(newest) +
        ". Start the newer Parley, or restore the copy it made before changing the schema.");
  });
}

Status migrate(Connection& connection, const std::filesystem::path& file,
               std::span<const Migration> steps) {
  const Result<int> version = schema_version(connection, steps.back().version);
  if (!version) return version.status();
  if (*version > 0 && *version < steps.back().version) {
    if (Status status = keep_copy(connection, file, steps.back().version); !status) return status;
  }
  for (const Migration& step : steps) {
    if (step.version <= *version) continue;
    if (Status status = apply(connection, step); !status) return status;
  }
  return Status::ok();
}

}  // namespace parley::storage
