// SPDX-License-Identifier: Apache-2.0
// People, sessions, plugins' keys and the audit. Messages and channels are in message_queries.cpp.
#include "storage/sqlite/queries.h"

#include <algorithm>
#include <limits>
#include <sstream>

namespace parley::storage {
namespace {

#define PARLEY_USER_COLUMNS                                                                       \
  "SELECT id, name, skeleton, kind, roles, password_hash, disabled, created_at, expires_at FROM " \
  "users "
#define PARLEY_INVITATION_COLUMNS \
  "SELECT id, hash, made_by, note, created_at, expires_at FROM invitations "

std::vector<std::string> split_roles(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> roles;
  for (std::string role; words >> role;) roles.push_back(role);
  return roles;
}

UserRecord user_of(const Query& row) {
  UserRecord user;
  user.id = row.string_at(0);
  user.name = row.string_at(1);
  user.skeleton = row.string_at(2);
  user.kind = row.string_at(3);
  user.roles = split_roles(row.string_at(4));
  user.password_hash = row.string_at(5);
  user.disabled = row.number_at(6) != 0;
  user.created_at = row.number_at(7);
  user.expires_at = row.number_at(8);
  return user;
}

InvitationRecord invitation_of(const Query& row) {
  return {row.string_at(0), row.string_at(1), row.string_at(2),
          row.string_at(3), row.number_at(4), row.number_at(5)};
}

AuditEntry audit_of(const Query& row) {
  return {row.number_at(0), row.number_at(1), row.string_at(2), row.string_at(3),
          row.string_at(4), row.string_at(5), row.string_at(6), row.string_at(7)};
}

// Where a scan begins: at the prefix, or right behind the cursor.
std::string scan_start(std::string_view prefix, std::string_view cursor) {
  if (cursor.empty() || cursor < prefix) return std::string(prefix);
  return std::string(cursor) + '\0';
}

}  // namespace

Status missing(const char* what) {
  return Status::not_found(std::string("There is no such ") + what + ".");
}

std::int64_t limit_plus_one(std::size_t limit) {
  constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int64_t>(std::min(limit, kMost)) + 1;
}

std::string join_roles(const std::vector<std::string>& roles) {
  std::string text;
  for (const auto& role : roles) text += (text.empty() ? "" : " ") + role;
  return text;
}

template <typename I>
Result<UserRecord> Queries<I>::user(std::string_view id) {
  return connection_.attempt([&]() -> Result<UserRecord> {
    auto row = connection_.query(PARLEY_USER_COLUMNS "WHERE id = ?");
    if (!row.text(id).step()) return missing("user");
    return user_of(row);
  });
}

template <typename I>
Result<UserRecord> Queries<I>::user_by_skeleton(std::string_view skeleton) {
  return connection_.attempt([&]() -> Result<UserRecord> {
    auto row = connection_.query(PARLEY_USER_COLUMNS "WHERE skeleton = ?");
    if (!row.text(skeleton).step()) return missing("user");
    return user_of(row);
  });
}

template <typename I>
Result<std::vector<UserRecord>> Queries<I>::users(std::string_view after, std::size_t limit) {
  return connection_.attempt([&]() -> Result<std::vector<UserRecord>> {
    auto row = connection_.query(PARLEY_USER_COLUMNS "WHERE id > ? ORDER BY id LIMIT ?");
    row.text(after).number(limit_plus_one(limit) - 1);
    std::vector<UserRecord> page;
    while (row.step()) page.push_back(user_of(row));
    return page;
  });
}

template <typename I>
Result<std::int64_t> Queries<I>::count_role(std::string_view role) {
  return connection_.attempt([&]() -> Result<std::int64_t> {
    auto row = connection_.query(
        "SELECT count(*) FROM users WHERE disabled = 0 AND instr(' ' || roles || ' ', ' ' || ? || "
        "' ') > 0");
    row.text(role).step();
    return row.number_at(0);
  });
}

template <typename I>
Result<std::vector<BlockRecord>> Queries<I>::blocks() {
  return connection_.attempt([&]() -> Result<std::vector<BlockRecord>> {
    auto row = connection_.query("SELECT user_id, blocked_id FROM blocks ORDER BY rowid");
    std::vector<BlockRecord> all;
    while (row.step()) all.push_back({row.string_at(0), row.string_at(1)});
    return all;
  });
}

namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "score:u_1" and "u_1/u_2" name u_1, "u_12" does not.
bool names(std::string_view key, std::string_view id) {
  for (auto at = key.find(id); at != key.npos; at = key.find(id, at + 1)) {
    const auto end = at + id.size();
    if ((at == 0 || !is_word(key[at - 1])) && (end == key.size() || !is_word(key[end])))
      return true;
  }
  return false;
}

}  // namespace

template <typename I>
Result<std::vector<KvOfUser>> Queries<I>::kv_naming(std::string_view user_id) {
  return connection_.attempt([&]() -> Result<std::vector<KvOfUser>> {
    auto row = connection_.query(
        "SELECT plugin, key, value FROM plugin_kv WHERE instr(key, ?) > 0 ORDER BY plugin, key");
    row.blob(user_id);
    std::vector<KvOfUser> found;
    while (row.step()) {
      if (names(row.string_at(1), user_id))
        found.push_back({row.string_at(0), row.string_at(1), row.string_at(2)});
    }
    return found;
  });
}

template <typename I>
Result<std::vector<InvitationRecord>> Queries<I>::invitations() {
  return connection_.attempt([&]() -> Result<std::vector<InvitationRecord>> {
    auto row = connection_.query(PARLEY_INVITATION_COLUMNS "ORDER BY created_at, id");
    std::vector<InvitationRecord> all;
    while (row.step()) all.push_back(invitation_of(row));
    return all;
  });
}

template <typename I>
Result<InvitationRecord> Queries<I>::invitation(std::string_view hash, std::int64_t now) {
  return connection_.attempt([&]() -> Result<InvitationRecord> {
    auto row = connection_.query(PARLEY_INVITATION_COLUMNS "WHERE hash = ? AND expires_at > ?");
    if (!row.blob(hash).number(now).step()) return missing("invitation");
    return invitation_of(row);
  });
}

template <typename I>
Result<std::string> Queries<I>::outside_user(std::string_view issuer, std::string_view subject) {
  return connection_.attempt([&]() -> Result<std::string> {
    auto row = connection_.query(
        "SELECT user_id FROM outside_identities WHERE issuer = ? AND subject = ?");
    if (!row.text(issuer).text(subject).step()) return missing("outside identity");
    return row.string_at(0);
  });
}

template <typename I>
Result<std::vector<OutsideIdentity>> Queries<I>::outside_identities_of(std::string_view user_id) {
  return connection_.attempt([&]() -> Result<std::vector<OutsideIdentity>> {
    auto row =
        connection_.query("SELECT issuer, subject FROM outside_identities WHERE user_id = ?");
    row.text(user_id);
    std::vector<OutsideIdentity> all;
    while (row.step()) all.push_back({row.string_at(0), row.string_at(1)});
    return all;
  });
}

template <typename I>
Result<ForgottenIdentity> Queries<I>::forgotten_identity(std::string_view hash) {
  return connection_.attempt([&]() -> Result<ForgottenIdentity> {
    auto row = connection_.query(
        "SELECT forgotten_at, expires_at FROM forgotten_identities WHERE hash = ?");
    if (!row.blob(hash).step()) return missing("forgotten identity");
    return ForgottenIdentity{std::string(hash), row.number_at(0), row.number_at(1)};
  });
}

template <typename I>
Result<SessionRecord> Queries<I>::session(std::string_view id) {
  return connection_.attempt([&]() -> Result<SessionRecord> {
    auto row = connection_.query(
        "SELECT id, user_id, resume_hash, previous_hash, subscriptions, positions, variables, "
        "credential, saved_at, expires_at FROM sessions WHERE id = ?");
    if (!row.text(id).step()) return missing("session");
    return SessionRecord{row.string_at(0), row.string_at(1), row.string_at(2), row.string_at(3),
                         row.string_at(4), row.string_at(5), row.string_at(6), row.string_at(7),
                         row.number_at(8), row.number_at(9)};
  });
}

template <typename I>
Result<CommandKeyRecord> Queries<I>::command_key(std::string_view user_id, std::string_view key) {
  return connection_.attempt([&]() -> Result<CommandKeyRecord> {
    auto row = connection_.query(
        "SELECT user_id, key, fingerprint, reply, expires_at FROM command_keys "
        "WHERE user_id = ? AND key = ?");
    if (!row.text(user_id).text(key).step()) return missing("command key");
    return CommandKeyRecord{row.string_at(0), row.string_at(1), row.string_at(2), row.string_at(3),
                            row.number_at(4)};
  });
}

template <typename I>
Result<std::vector<CommandKeyRecord>> Queries<I>::command_keys(std::int64_t now) {
  return connection_.attempt([&]() -> Result<std::vector<CommandKeyRecord>> {
    auto row = connection_.query(
        "SELECT user_id, key, fingerprint, substr(reply, 1, 1), expires_at FROM command_keys "
        "WHERE expires_at > ? ORDER BY expires_at");
    row.number(now);
    std::vector<CommandKeyRecord> all;
    while (row.step())
      all.push_back({row.string_at(0), row.string_at(1), row.string_at(2), row.string_at(3),
                     row.number_at(4)});
    return all;
  });
}

template <typename I>
Result<RefreshRecord> Queries<I>::refresh_token(std::string_view hash) {
  return connection_.attempt([&]() -> Result<RefreshRecord> {
    auto row = connection_.query(
        "SELECT hash, family, user_id, used, expires_at FROM refresh_tokens WHERE hash = ?");
    if (!row.blob(hash).step()) return missing("refresh token");
    return RefreshRecord{row.string_at(0), row.string_at(1), row.string_at(2),
                         row.number_at(3) != 0, row.number_at(4)};
  });
}

template <typename I>
Result<Revocations> Queries<I>::revocations() {
  return connection_.attempt([&]() -> Result<Revocations> {
    Revocations all;
    auto tokens = connection_.query("SELECT jti, expires_at FROM revoked_tokens");
    while (tokens.step()) all.tokens.emplace(tokens.string_at(0), tokens.number_at(1));
    auto users = connection_.query("SELECT user_id, issued_up_to FROM revoked_users");
    while (users.step()) all.users.emplace(users.string_at(0), users.number_at(1));
    return all;
  });
}

template <typename I>
Result<std::string> Queries<I>::kv_get(std::string_view plugin, std::string_view key) {
  return connection_.attempt([&]() -> Result<std::string> {
    auto row = connection_.query("SELECT value FROM plugin_kv WHERE plugin = ? AND key = ?");
    if (!row.text(plugin).blob(key).step()) return missing("key");
    return row.string_at(0);
  });
}

template <typename I>
Result<KvPage> Queries<I>::kv_scan(std::string_view plugin, std::string_view prefix,
                                   std::string_view cursor, std::size_t limit) {
  return connection_.attempt([&]() -> Result<KvPage> {
    auto row = connection_.query(
        "SELECT key, value FROM plugin_kv WHERE plugin = ? AND key >= ? ORDER BY key LIMIT ?");
    row.text(plugin).blob(scan_start(prefix, cursor)).number(limit_plus_one(limit));
    KvPage page;
    while (row.step()) {
      std::string key = row.string_at(0);
      if (!key.starts_with(prefix)) break;
      if (page.pairs.size() == limit) {
        page.next = page.pairs.empty() ? std::string() : page.pairs.back().key;
        break;
      }
      page.pairs.push_back({std::move(key), row.string_at(1)});
    }
    return page;
  });
}

template <typename I>
Result<std::size_t> Queries<I>::kv_usage(std::string_view plugin) {
  return connection_.attempt([&]() -> Result<std::size_t> {
    auto row = connection_.query("SELECT bytes FROM plugin_usage WHERE plugin = ?");
    return row.text(plugin).step() ? static_cast<std::size_t>(row.number_at(0)) : std::size_t{0};
  });
}

template <typename I>
Result<std::string> Queries<I>::setting(std::string_view name) {
  return connection_.attempt([&]() -> Result<std::string> {
    auto row = connection_.query("SELECT value FROM settings WHERE name = ?");
    if (!row.text(name).step()) return missing("setting");
    return row.string_at(0);
  });
}

template <typename I>
Result<std::vector<AuditEntry>> Queries<I>::audit(const AuditQuery& query) {
  return connection_.attempt([&]() -> Result<std::vector<AuditEntry>> {
    auto row = connection_.query(
        "SELECT id, ts, actor, address, action, target, result, detail FROM audit "
        "WHERE (?1 = '' OR actor = ?1) "
        "AND (?2 = '' OR action = ?2 OR substr(action, 1, length(?2) + 1) = ?2 || '.') "
        "AND ts >= ?3 AND (?4 = 0 OR id < ?4) "
        "AND (?6 = '' OR actor IN (?6, ?7) OR target IN (?6, ?7) "
        "OR substr(actor, 1, length(?6) + 1) = ?6 || ' ') "
        "ORDER BY id DESC LIMIT ?5");
    row.text(query.actor).text(query.action).number(query.since).number(query.before);
    row.number(limit_plus_one(query.limit) - 1).text(query.who).text(query.who_else);
    std::vector<AuditEntry> entries;
    while (row.step()) entries.push_back(audit_of(row));
    return entries;
  });
}

template class Queries<Reader>;
template class Queries<Writer>;

}  // namespace parley::storage
