// SPDX-License-Identifier: Apache-2.0
#include "api/admin_keys.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/ids.h"

namespace parley::api {
namespace {

using Json = nlohmann::json;
using Keys = std::vector<AdminKey>;

constexpr const char* kSetting = "admin_keys";
constexpr std::size_t kNameMax = 64;
constexpr std::int64_t kNoteUseEvery = 60'000;  // milliseconds: last use is kept no finer

Json to_json(const Keys& keys) {
  Json rows = Json::array();
  for (const auto& key : keys)
    rows.push_back({{"id", key.id},
                    {"name", key.name},
                    {"hash", key.hash},
                    {"scopes", key.scopes},
                    {"madeBy", key.made_by},
                    {"createdAt", key.created_at},
                    {"expiresAt", key.expires_at},
                    {"usedAt", key.used_at}});
  return rows;
}

Result<Keys> parse(const std::string& text) {
  try {
    Keys keys;
    for (const auto& row : Json::parse(text))
      keys.push_back({.id = row.at("id"),
                      .name = row.at("name"),
                      .hash = row.at("hash"),
                      .scopes = row.at("scopes"),
                      .made_by = row.at("madeBy"),
                      .created_at = row.at("createdAt"),
                      .expires_at = row.at("expiresAt"),
                      .used_at = row.at("usedAt")});
    return keys;
  } catch (const Json::exception& error) {
    return Status::internal(std::string("the stored admin keys cannot be read: ") + error.what());
  }
}

Result<Keys> stored(storage::Reader& reader) {
  const auto text = reader.setting(kSetting);
  if (text) return parse(*text);
  if (text.status().code() == ErrorCode::kNotFound) return Keys();
  return text.status();
}

bool is_scope(const std::string& text) {
  return std::ranges::find(kAdminScopes, text) != std::end(kAdminScopes);
}

Status check(const AdminKeys::Wanted& wanted) {
  if (wanted.name.empty() || wanted.name.size() > kNameMax)
    return Status::invalid_args("name the key after what uses it, with up to 64 bytes");
  if (wanted.scopes.empty() || !std::ranges::all_of(wanted.scopes, is_scope))
    return Status::invalid_args("scopes are: read, plugins, people, server, upload");
  if (wanted.life.count() <= 0)
    return Status::invalid_args("--for takes a duration such as 12h, 30d or 90d");
  return Status::ok();
}

storage::AuditEntry entry_of(const Clock& clock, AdminKeys::By by, std::string action,
                             std::string target, std::string detail) {
  return {.ts = clock.wall_ms(),
          .actor = std::move(by.actor),
          .address = std::move(by.address),
          .action = std::move(action),
          .target = std::move(target),
          .result = "ok",
          .detail = std::move(detail)};
}

std::string joined(const std::vector<std::string>& scopes) {
  std::string text;
  for (const auto& scope : scopes) text += (text.empty() ? "" : ", ") + scope;
  return text;
}

Keys::iterator by_id(Keys& keys, const std::string& id) {
  return std::ranges::find(keys, id, &AdminKey::id);
}

}  // namespace

std::string_view scope_for(std::string_view method, std::string_view path) {
  constexpr std::string_view kTop = "/admin/v1/";
  if (!path.starts_with(kTop)) return kNoKey;
  path.remove_prefix(kTop.size());
  if (method == "GET" || method == "HEAD") return "read";
  const auto first = path.substr(0, path.find('/'));
  // A key makes no keys and opens no session of a person.
  if (first == "admin-keys" || first == "session") return kNoKey;
  if (first == "plugins") return path.ends_with("/upload") ? "upload" : "plugins";
  if (first == "plugin-revocations") return "plugins";
  for (const auto* of_people :
       {"users", "invitations", "tokens", "token", "access", "admin", "try"})
    if (first == of_people) return "people";
  return "server";
}

bool AdminKey::may(std::string_view scope) const {
  return !scope.empty() && std::ranges::find(scopes, scope) != scopes.end();
}

Result<std::unique_ptr<AdminKeys>> AdminKeys::open(storage::Store& store, const Clock& clock) {
  auto keys = store.read_blocking([](storage::Reader& reader) { return stored(reader); });
  if (!keys) return keys.status();
  auto made = std::unique_ptr<AdminKeys>(new AdminKeys(store, clock));
  made->keys_ = std::move(*keys);
  return made;
}

void AdminKeys::change(absl::AnyInvocable<Status(Keys&)> edit,
                       std::optional<storage::AuditEntry> entry, StatusDone done) {
  auto changed = std::make_shared<Keys>();
  store_.write(
      [changed, edit = std::move(edit), entry = std::move(entry)](storage::Writer& writer) mutable {
        auto keys = stored(writer);
        if (!keys) return keys.status();
        if (Status status = edit(*keys); !status) return status;
        *changed = std::move(*keys);
        if (Status status = writer.put_setting(kSetting, to_json(*changed).dump()); !status)
          return status;
        return entry ? writer.append_audit(*entry) : Status::ok();
      },
      [this, changed, done = std::move(done)](Status status) mutable {
        if (status) {
          const std::lock_guard lock(mutex_);
          keys_ = std::move(*changed);
        }
        if (done) done(std::move(status));
      });
}

void AdminKeys::make(By by, Wanted wanted, MadeDone done) {
  if (Status status = check(wanted); !status) return done(status);
  Made made;
  made.secret = random_secret("ak_");
  const auto now = clock_.wall_ms();
  made.key = {.id = random_id('k'),
              .name = std::move(wanted.name),
              .hash = to_hex(sha256(made.secret)),
              .scopes = std::move(wanted.scopes),
              .made_by = by.actor,
              .created_at = now,
              .expires_at = now + wanted.life.count(),
              .used_at = 0};
  auto entry = entry_of(clock_, std::move(by), "admin-key.make", made.key.id,
                        made.key.name + ": " + joined(made.key.scopes));
  auto add = [key = made.key, now](Keys& keys) {
    std::erase_if(keys, [now](const AdminKey& one) { return one.expires_at <= now; });
    if (keys.size() >= kMost)
      return Status::conflict("there are 200 admin keys already: revoke some first");
    keys.push_back(key);
    return Status::ok();
  };
  change(std::move(add), std::move(entry),
         [made = std::move(made), done = std::move(done)](const Status& status) mutable {
           status ? done(std::move(made)) : done(status);
         });
}

void AdminKeys::revoke(By by, std::string id, StatusDone done) {
  auto entry = entry_of(clock_, std::move(by), "admin-key.revoke", id, "");
  auto remove = [id](Keys& keys) {
    const auto found = by_id(keys, id);
    if (found == keys.end())
      return Status::not_found("there is no admin key " + id +
                               "; `parleyctl admin-key list` shows what there is");
    keys.erase(found);
    return Status::ok();
  };
  change(std::move(remove), std::move(entry), std::move(done));
}

std::vector<AdminKey> AdminKeys::list() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

std::optional<AdminKey> AdminKeys::find(std::string_view secret) {
  const auto hash = to_hex(sha256(secret));
  const auto now = clock_.wall_ms();
  AdminKey key;
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find_if(
        keys_, [&](const AdminKey& one) { return constant_time_equal(one.hash, hash); });
    if (found == keys_.end() || found->expires_at <= now) return std::nullopt;
    key = *found;
    if (now - found->used_at < kNoteUseEvery) return key;
    found->used_at = now;
  }
  note_use(key.id);
  return key;
}

void AdminKeys::note_use(const std::string& id) {
  change(
      [id, now = clock_.wall_ms()](Keys& keys) {
        if (const auto found = by_id(keys, id); found != keys.end()) found->used_at = now;
        return Status::ok();
      },
      std::nullopt, {});
}

}  // namespace parley::api
