// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/changes.h"

#include <string>

namespace parley::storage {
namespace {

struct Position {
  std::int64_t channel;
  std::int64_t offset;
};

// The counter lives in the row and not in memory: a savepoint that is rolled back takes the offset
// back with it.
Position next_position(Connection& connection, const MessageDraft& draft) {
  auto row = connection.query(
      "INSERT INTO channels (name, created_at, created_by, last_offset) VALUES (?, ?, ?, 1) "
      "ON CONFLICT (name) DO UPDATE SET last_offset = last_offset + 1 RETURNING id, last_offset");
  row.text_ref(draft.channel).number(draft.ts).text_ref(draft.user_id).step();
  const Position position{row.number_at(0), row.number_at(1)};
  row.run();
  return position;
}

Status taken(const UserRecord& user) {
  return Status::conflict("The name " + user.name + " is taken.");
}

Query& bind_user(Query& query, const UserRecord& user) {
  query.text(user.name).text(user.skeleton).text(user.kind).text(join_roles(user.roles));
  query.text(user.password_hash).number(user.disabled ? 1 : 0).number(user.created_at);
  return query.number(user.expires_at).text(user.id);
}

bool is_conflict(const Status& status) {
  return status.code() == ErrorCode::kConflict;
}

}  // namespace

Result<std::int64_t> Changes::append_message(const MessageDraft& draft) {
  return connection_.attempt([&]() -> Result<std::int64_t> {
    const Position position = next_position(connection_, draft);
    auto row = connection_.query(
        "INSERT INTO messages (channel, position, ts, type, user_id, user_name, user_kind, data, "
        "origin, extra, about) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    row.number(position.channel).number(position.offset).number(draft.ts).text_ref(draft.type);
    row.text_ref(draft.user_id).text_ref(draft.user_name).text_ref(draft.user_kind);
    row.text_ref(draft.data_json).text_ref(draft.origin_json).text_ref(draft.extra_json);
    row.text_ref(draft.about).run();
    return position.offset;
  });
}

Status Changes::rewrite_message(std::string_view channel, std::int64_t offset,
                                std::string_view data_json) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "UPDATE messages SET data = ? WHERE position = ? AND channel = "
        "(SELECT id FROM channels WHERE name = ?)");
    row.text(data_json).number(offset).text(channel);
    return row.run() > 0 ? Status::ok() : Status::not_found("There is no such message.");
  });
}

Result<std::int64_t> Changes::put_read_mark(std::string_view user_id, std::string_view channel,
                                            std::int64_t offset) {
  return connection_.attempt([&]() -> Result<std::int64_t> {
    auto row = connection_.query(
        "INSERT INTO read_marks (user_id, channel, position) "
        "SELECT ?1, id, min(?2, last_offset) FROM channels WHERE name = ?3 "
        "ON CONFLICT (user_id, channel) DO UPDATE SET position = max(position, excluded.position) "
        "RETURNING position");
    if (!row.text(user_id).number(offset).text(channel).step())
      return Status::not_found("There is no such channel.");
    const std::int64_t held = row.number_at(0);
    row.run();
    return held;
  });
}

Status Changes::create_channel(const ChannelRecord& channel) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO channels (name, topic, created_at, created_by) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (name) DO NOTHING");
    row.text(channel.name)
        .text(channel.topic)
        .number(channel.created_at)
        .text(channel.created_by)
        .run();
    return Status::ok();
  });
}

Status Changes::set_topic(std::string_view channel, std::string_view topic, std::string_view by) {
  return connection_.attempt([&] {
    auto row = connection_.query("UPDATE channels SET topic = ?, topic_by = ? WHERE name = ?");
    return row.text(topic).text(topic.empty() ? std::string_view() : by).text(channel).run() > 0
               ? Status::ok()
               : Status::not_found("There is no such channel.");
  });
}

void Changes::drop_expired_namesake(const UserRecord& user, std::int64_t now) {
  auto row = connection_.query(
      "DELETE FROM users WHERE skeleton = ? AND id <> ? AND kind = 'guest' AND expires_at > 0 AND "
      "expires_at <= ?");
  row.text(user.skeleton).text(user.id).number(now).run();
}

Status Changes::insert_user(const UserRecord& user) {
  const Status status = connection_.attempt([&] {
    drop_expired_namesake(user, user.created_at);
    auto row = connection_.query(
        "INSERT INTO users (name, skeleton, kind, roles, password_hash, disabled, created_at, "
        "expires_at, id) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_user(row, user).run();
    return Status::ok();
  });
  return is_conflict(status) ? taken(user) : status;
}

Status Changes::update_user(const UserRecord& user) {
  const Status status = connection_.attempt([&] {
    auto row = connection_.query(
        "UPDATE users SET name = ?, skeleton = ?, kind = ?, roles = ?, password_hash = ?, disabled "
        "= ?, "
        "created_at = ?, expires_at = ? WHERE id = ?");
    return bind_user(row, user).run() > 0 ? Status::ok()
                                          : Status::not_found("There is no such user.");
  });
  return is_conflict(status) ? taken(user) : status;
}

Status Changes::delete_by(std::string_view sql, std::string_view key) {
  return connection_.attempt([&] {
    connection_.query(sql).text(key).run();
    return Status::ok();
  });
}

Status Changes::delete_user(std::string_view id) {
  for (const char* sql :
       {"DELETE FROM command_keys WHERE user_id = ?",
        "DELETE FROM outside_identities WHERE user_id = ?", "DELETE FROM users WHERE id = ?"}) {
    if (Status status = delete_by(sql, id); !status) return status;
  }
  return Status::ok();
}

Status Changes::put_block(const BlockRecord& block) {
  return connection_.attempt([&] {
    auto row =
        connection_.query("INSERT OR IGNORE INTO blocks (user_id, blocked_id) VALUES (?, ?)");
    row.text(block.user_id).text(block.blocked_id).run();
    return Status::ok();
  });
}

Status Changes::delete_block(const BlockRecord& block) {
  return connection_.attempt([&] {
    auto row = connection_.query("DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?");
    row.text(block.user_id).text(block.blocked_id).run();
    return Status::ok();
  });
}

Status Changes::link_outside(std::string_view issuer, std::string_view subject,
                             std::string_view user_id) {
  const Status status = connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO outside_identities (issuer, subject, user_id) VALUES (?, ?, ?)");
    row.text(issuer).text(subject).text(user_id).run();
    return Status::ok();
  });
  return is_conflict(status) ? Status::conflict("This identity stands for somebody already.")
                             : status;
}

Status Changes::put_forgotten_identity(const ForgottenIdentity& identity) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT OR REPLACE INTO forgotten_identities (hash, forgotten_at, expires_at) "
        "VALUES (?, ?, ?)");
    row.blob(identity.hash).number(identity.forgotten_at).number(identity.expires_at).run();
    return Status::ok();
  });
}

Status Changes::set_guest_expiry(std::string_view id, std::int64_t expires_at) {
  return connection_.attempt([&] {
    auto row = connection_.query("UPDATE users SET expires_at = ? WHERE id = ? AND kind = 'guest'");
    return row.number(expires_at).text(id).run() > 0 ? Status::ok()
                                                     : Status::not_found("There is no such guest.");
  });
}

Status Changes::put_session(const SessionRecord& session) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT OR REPLACE INTO sessions "
        "(id, user_id, resume_hash, previous_hash, subscriptions, positions, variables, "
        "credential, "
        "saved_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    row.text(session.id).text(session.user_id).blob(session.resume_hash);
    row.blob(session.previous_hash).text(session.subscriptions_json).text(session.positions_json);
    row.text(session.variables_json).text(session.credential_json);
    row.number(session.saved_at).number(session.expires_at).run();
    return Status::ok();
  });
}

Status Changes::delete_session(std::string_view id) {
  return delete_by("DELETE FROM sessions WHERE id = ?", id);
}

Status Changes::delete_sessions_of(std::string_view user_id) {
  return delete_by("DELETE FROM sessions WHERE user_id = ?", user_id);
}

Status Changes::put_command_key(const CommandKeyRecord& record) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT OR REPLACE INTO command_keys (user_id, key, fingerprint, reply, expires_at) "
        "VALUES (?, ?, ?, ?, ?)");
    row.text(record.user_id).text(record.key).blob(record.fingerprint).text(record.reply_json);
    row.number(record.expires_at).run();
    return Status::ok();
  });
}

Status Changes::delete_command_key(std::string_view user_id, std::string_view key) {
  return connection_.attempt([&] {
    auto row = connection_.query("DELETE FROM command_keys WHERE user_id = ? AND key = ?");
    row.text(user_id).text(key).run();
    return Status::ok();
  });
}

Status Changes::revoke_token(std::string_view jti, std::int64_t expires_at) {
  return connection_.attempt([&] {
    auto row =
        connection_.query("INSERT OR REPLACE INTO revoked_tokens (jti, expires_at) VALUES (?, ?)");
    row.text(jti).number(expires_at).run();
    return Status::ok();
  });
}

Status Changes::revoke_tokens_of(std::string_view user_id, std::int64_t issued_up_to) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO revoked_users (user_id, issued_up_to) VALUES (?, ?) ON CONFLICT (user_id) "
        "DO UPDATE SET issued_up_to = max(issued_up_to, excluded.issued_up_to)");
    row.text(user_id).number(issued_up_to).run();
    return Status::ok();
  });
}

Status Changes::insert_refresh_token(const RefreshRecord& token) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO refresh_tokens (hash, family, user_id, used, expires_at) VALUES (?, ?, ?, ?, "
        "?)");
    row.blob(token.hash).text(token.family).text(token.user_id).number(token.used ? 1 : 0);
    row.number(token.expires_at).run();
    return Status::ok();
  });
}

Status Changes::mark_refresh_used(std::string_view hash) {
  return connection_.attempt([&] {
    auto row = connection_.query("UPDATE refresh_tokens SET used = 1 WHERE hash = ?");
    return row.blob(hash).run() > 0 ? Status::ok()
                                    : Status::not_found("There is no such refresh token.");
  });
}

Status Changes::delete_refresh_family(std::string_view family) {
  return delete_by("DELETE FROM refresh_tokens WHERE family = ?", family);
}

Status Changes::delete_refresh_tokens_of(std::string_view user_id) {
  return delete_by("DELETE FROM refresh_tokens WHERE user_id = ?", user_id);
}

Status Changes::put_setting(std::string_view name, std::string_view value) {
  return connection_.attempt([&] {
    auto row = connection_.query("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)");
    row.text(name).blob(value).run();
    return Status::ok();
  });
}

Status Changes::delete_setting(std::string_view name) {
  return delete_by("DELETE FROM settings WHERE name = ?", name);
}

Status Changes::append_audit(const AuditEntry& entry) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO audit (ts, actor, address, action, target, result, detail) VALUES (?, ?, ?, "
        "?, ?, ?, ?)");
    row.number(entry.ts).text(entry.actor).text(entry.address).text(entry.action);
    row.text(entry.target).text(entry.result).text(entry.detail).run();
    return Status::ok();
  });
}

Result<Expired> Changes::expire_step(const Retention& retention, std::size_t max_rows) {
  const auto now = retention.now;
  const auto limit = static_cast<std::int64_t>(max_rows);
  const auto remove = [&](std::string_view sql, std::int64_t time) -> std::int64_t {
    return connection_.query(sql).number(time).number(limit).run();
  };
  return connection_.attempt([&]() -> Result<Expired> {
    Expired gone;
    gone.messages = remove(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE ts < ? ORDER BY ts LIMIT "
        "?)",
        retention.messages_before);
    gone.sessions = remove(
        "DELETE FROM sessions WHERE rowid IN (SELECT rowid FROM sessions WHERE expires_at <= ? "
        "LIMIT ?)",
        now);
    gone.guests = remove(
        "DELETE FROM users WHERE rowid IN (SELECT rowid FROM users WHERE expires_at > 0 AND "
        "expires_at <= ? "
        "AND kind = 'guest' LIMIT ?)",
        now);
    gone.tokens = remove(
        "DELETE FROM revoked_tokens WHERE rowid IN "
        "(SELECT rowid FROM revoked_tokens WHERE expires_at <= ? LIMIT ?)",
        now);
    gone.tokens += remove(
        "DELETE FROM refresh_tokens WHERE rowid IN "
        "(SELECT rowid FROM refresh_tokens WHERE expires_at <= ? LIMIT ?)",
        now);
    gone.audit = remove(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE ts < ? ORDER BY id LIMIT ?)",
        retention.audit_before);
    gone.keys = remove(
        "DELETE FROM command_keys WHERE rowid IN "
        "(SELECT rowid FROM command_keys WHERE expires_at <= ? LIMIT ?)",
        now);
    gone.tokens += remove(
        "DELETE FROM invitations WHERE rowid IN "
        "(SELECT rowid FROM invitations WHERE expires_at <= ? LIMIT ?)",
        now);
    gone.tokens += remove(
        "DELETE FROM forgotten_identities WHERE rowid IN "
        "(SELECT rowid FROM forgotten_identities WHERE expires_at <= ? LIMIT ?)",
        now);
    gone.bans = remove(
        "DELETE FROM bans WHERE rowid IN "
        "(SELECT rowid FROM bans WHERE until > 0 AND until <= ? LIMIT ?)",
        now);
    return gone;
  });
}

Status Changes::insert_invitation(const InvitationRecord& invitation) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT INTO invitations (id, hash, made_by, note, created_at, expires_at) VALUES (?, ?, "
        "?, ?, ?, ?)");
    row.text(invitation.id).blob(invitation.hash).text(invitation.made_by).text(invitation.note);
    row.number(invitation.created_at).number(invitation.expires_at).run();
    return Status::ok();
  });
}

Status Changes::delete_invitation(std::string_view id) {
  return connection_.attempt([&] {
    auto row = connection_.query("DELETE FROM invitations WHERE id = ?");
    return row.text(id).run() > 0 ? Status::ok()
                                  : Status::not_found("There is no such invitation.");
  });
}

}  // namespace parley::storage
