// SPDX-License-Identifier: Apache-2.0
#include "command/core_account.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/thread_annotations.h"
#include "command/account_texts.h"
#include "protocol/close_codes.h"
#include "protocol/json_writer.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/token_service.h"

namespace parley::command {
namespace {

using protocol::ArrayWriter;
using protocol::ObjectWriter;
using session::Session;
using session::SessionKey;

constexpr std::size_t kMessagesOfAPage = 200;
constexpr std::size_t kBytesOfAPage = 192 * 1024;

// What was found on the shards so far; the last one answers.
struct Gathering {
  Gathering(std::size_t count, std::string locale_of) : locale(std::move(locale_of)), left(count) {}
  const std::string locale;
  Mutex mutex;
  std::map<SessionKey, SessionLine> found PARLEY_GUARDED_BY(mutex);
  std::size_t left PARLEY_GUARDED_BY(mutex);

  // True for the last one.
  bool add(SessionKey key, std::optional<SessionLine> line) {
    const MutexLock lock(mutex);
    if (line) found.emplace(key, std::move(*line));
    return --left == 0;
  }
  std::string list() {
    const MutexLock lock(mutex);
    std::vector<SessionLine> lines;
    for (const auto& [key, one] : found) lines.push_back(one);
    std::string json;
    {
      ObjectWriter data(json);
      data.field("text", sessions_text(lines, locale));
      ArrayWriter all(data.key("sessions"));
      for (const auto& one : lines) append_session(all.next(), one);
    }
    return json;
  }

 private:
  static void append_session(std::string& out, const SessionLine& one) {
    ObjectWriter(out)
        .field("id", one.id)
        .field("client", one.client)
        .field("address", one.address)
        .field("since", one.since_ms)
        .field("connected", one.connected)
        .field("current", one.current);
  }
};

SessionLine describe(const Session& session, bool current) {
  const auto& client = session.client();
  return {.id = std::string(session.id()),
          .client = client.name + (client.version.empty() ? "" : " " + client.version),
          .address = session.link() ? session.link()->peer_address() : std::string(),
          .since_ms = session.opened_wall_ms(),
          .connected = session.link() != nullptr,
          .current = current};
}

void append_person(ObjectWriter& data, const storage::UserRecord& record) {
  ObjectWriter user(data.key("user"));
  user.field("id", record.id).field("name", record.name).field("kind", record.kind);
  user.field("createdAt", record.created_at);
  ArrayWriter roles(user.key("roles"));
  for (const auto& role : record.roles) roles.value(role);
}

// Bytes that are no text show up as U+FFFD; what a plugin keeps is nearly always JSON.
void append_plugins(ObjectWriter& data, const std::vector<storage::KvOfUser>& pairs) {
  ArrayWriter list(data.key("plugins"));
  for (const auto& pair : pairs)
    ObjectWriter(list.next())
        .field("plugin", pair.plugin)
        .field("key", pair.key)
        .field("value", pair.value);
}

// As many as fit; `next` is there when more follow.
void append_messages(ObjectWriter& data, const std::string& json,
                     const std::vector<storage::OwnMessage>& messages, CopySummary& summary) {
  std::int64_t next = 0;
  {
    ArrayWriter list(data.key("messages"));
    for (const auto& message : messages) {
      if (json.size() > kBytesOfAPage) break;
      ObjectWriter(list.next())
          .field("channel", message.channel)
          .field("offset", message.offset)
          .field("ts", message.ts)
          .raw("data", message.data_json);
      next = message.row;
      ++summary.messages;
    }
  }
  const bool all =
      messages.size() < kMessagesOfAPage && (messages.empty() || next == messages.back().row);
  if (all) return;
  data.field("next", next);
  summary.next = next;
}

Result<std::string> copy_of(storage::Reader& reader, const std::string& user_id, std::int64_t after,
                            std::string_view locale) {
  const auto record = reader.user(user_id);
  if (!record) return record.status();
  const auto messages = reader.messages_of(user_id, after, kMessagesOfAPage);
  if (!messages) return messages.status();
  std::string json;
  CopySummary summary;
  {
    ObjectWriter data(json);
    if (after == 0) {
      const auto pairs = reader.kv_naming(user_id);
      if (!pairs) return pairs.status();
      append_person(data, *record);
      append_plugins(data, *pairs);
      summary = {.name = record->name,
                 .id = record->id,
                 .created_ms = record->created_at,
                 .records = pairs->size()};
    }
    append_messages(data, json, *messages, summary);
    data.field("text", copy_text(summary, locale));
  }
  return json;
}

}  // namespace

void CoreAccount::sessions(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  const auto keys = deps_.sessions.sessions_of(call.user->id);
  auto gathering = std::make_shared<Gathering>(keys.size(), std::string(call.locale));
  replies.defer(call.call);
  if (keys.empty())  // it is ending while it asks
    return static_cast<void>(replies.reply(call.call, "sessions", gathering->list()));
  for (const auto key : keys) {
    deps_.sessions.shards().run_on(
        session::shard_of(key), [this, &replies, gathering, key, id = call.call,
                                 own = call.session_key, user = call.user->id] {
          const Session* session = deps_.sessions.find(key);
          const bool is_theirs = session && session->user()->id == user;
          auto line = is_theirs ? std::optional(describe(*session, key == own)) : std::nullopt;
          if (gathering->add(key, std::move(line)))
            replies.reply(id, "sessions", gathering->list());
        });
  }
}

// With its login, so that it does not come back by itself.
void CoreAccount::end_session(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  const auto key = deps_.sessions.key_of(call.args[0].text);
  const auto own = deps_.sessions.sessions_of(call.user->id);
  if (std::find(own.begin(), own.end(), key) == own.end())
    return static_cast<void>(replies.fail(
        call.call, Status::not_found("you have no such session: \"sessions\" lists yours")));
  if (key == call.session_key)
    return static_cast<void>(replies.fail(
        call.call, Status::conflict("this is the session you are in: log out instead")));
  deps_.sessions.post(key, [this, user = call.user->id](Session& session) {
    const auto family = session.credential().family;
    if (!family.empty()) deps_.tokens.revoke_family(user, family, {});
    if (session.state() != session::SessionState::kClosed)
      deps_.sessions.kick(session, protocol::close::kBadCredential,
                          "This session was ended from another one of yours.");
  });
  replies.ok(call.call);
}

void CoreAccount::my_data(const Invocation& call) {
  if (call.args[0].text == "forget") return forget(call);
  copy_data(call, call.args[1].present ? call.args[1].integer : 0);
}

void CoreAccount::copy_data(const Invocation& call, std::int64_t after) {
  auto& replies = deps_.dispatcher.replies();
  replies.defer(call.call);
  const auto status =
      deps_.store.read([&replies, id = call.call, user = call.user->id, after,
                        locale = std::string(call.locale)](storage::Reader& reader) {
        const auto copy = copy_of(reader, user, after, locale);
        copy ? replies.reply(id, "myData", *copy) : replies.fail(id, copy.status());
      });
  if (!status) replies.fail(call.call, status);
}

void CoreAccount::forget(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  const bool sure = call.args[3].present && call.args[3].text == call.user->name;
  if (!sure)
    return static_cast<void>(replies.fail(
        call.call, Status::invalid_args("this deletes " + call.user->name +
                                        " for good: give that name as confirm, and the password "
                                        "of the account")));
  replies.defer(call.call);
  deps_.accounts.forget(call.user->id, call.args[2].present ? call.args[2].text : std::string(),
                        std::string(call.peer_address),
                        [&replies, id = call.call](const Status& status) {
                          status ? replies.ok(id) : replies.fail(id, status);
                        });
}

}  // namespace parley::command
