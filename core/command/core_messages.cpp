// SPDX-License-Identifier: Apache-2.0
#include "command/core_messages.h"

#include <utility>

#include "command/keyed.h"
#include "protocol/json_writer.h"
#include "session/channel_rights.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "users/blank.h"
#include "users/blocks.h"

namespace parley::command {
namespace {

using protocol::ObjectWriter;

bool looks_after_others(const users::User& user) {
  return user.has_role("moderator") || user.has_role("admin");
}

std::string without_mark(const std::string& name) {
  return !name.empty() && name[0] == '@' ? name.substr(1) : name;
}

}  // namespace

// --- what was said ---

std::optional<session::Revision> CoreMessages::revision_of(const Invocation& call,
                                                           session::ChannelAccess access) {
  auto& replies = deps_.dispatcher.replies();
  const auto allowed = deps_.channels.allowed(*call.user, call.channel, access);
  if (!allowed) {
    replies.fail(call.call, allowed);
    return std::nullopt;
  }
  return session::Revision{
      .channel = call.channel,
      .offset = call.args[1].integer,
      .by = session::author_of(*call.user),
      .of_others = looks_after_others(*call.user) && !call.channel.starts_with("dm:")};
}

// With a key, the answer is stored together with what it speaks of.
void CoreMessages::revise(CallId id, KeyedPtr keyed, session::Revision revision) {
  deps_.channels.revise(
      std::move(revision),
      [&replies = deps_.dispatcher.replies(), id, keyed](Result<std::int64_t> offset) {
        if (!offset) return static_cast<void>(replies.fail(id, offset.status()));
        if (keyed) keyed->stored();
        replies.ok(id, ok_with_offset(*offset));
      },
      store_ok_with_offset(keyed));
}

void CoreMessages::edit(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  if (users::is_blank(call.args[2].text))
    return static_cast<void>(replies.fail(
        call.call, Status::invalid_args("The message is empty. Delete it if that is meant.")));
  auto revision = revision_of(call, session::ChannelAccess::kWrite);
  if (!revision) return;
  replies.defer(call.call);
  deps_.channels.look_over(
      {.user = call.user,
       .session = call.session_id,
       .channel = call.channel,
       .locale = std::string(call.locale),
       .text = std::string(call.args[2].text)},
      [this, &replies, id = call.call, keyed = call.keyed, revision = std::move(*revision)](
          Status refused, std::string code, std::string text) mutable {
        if (!refused && !code.empty())
          return static_cast<void>(replies.fail(id, code, refused.message()));
        if (!refused) return static_cast<void>(replies.fail(id, refused));
        revision.text = std::move(text);
        revise(id, keyed, std::move(revision));
      });
}

void CoreMessages::erase(const Invocation& call) {
  // Also who may no longer speak there takes back what they said.
  auto revision = revision_of(call, session::ChannelAccess::kRead);
  if (!revision) return;
  deps_.dispatcher.replies().defer(call.call);
  revise(call.call, call.keyed, std::move(*revision));
}

void CoreMessages::mark_read(const Invocation& call) {
  auto* session = deps_.sessions.find(call.session_key);
  if (!session) return;
  auto& replies = deps_.dispatcher.replies();
  replies.defer(call.call);
  deps_.channels.mark_read(
      *session, call.channel, call.args[1].integer,
      [&replies, id = call.call, channel = call.channel](Result<session::Unread> unread) {
        if (!unread) return static_cast<void>(replies.fail(id, unread.status()));
        replies.reply(id, "read", unread->data_json(channel));
      });
}

// --- who may write to whom ---

void CoreMessages::with_named_user(const Invocation& call, WithUser then) {
  auto& replies = deps_.dispatcher.replies();
  replies.defer(call.call);
  const auto name = without_mark(std::string(call.args[0].text));
  auto answer = [&replies, id = call.call, name,
                 then = std::move(then)](Result<users::User> user) mutable {
    if (user) return then(*user);
    if (user.status().code() == ErrorCode::kNotFound ||
        user.status().code() == ErrorCode::kInvalidArgs)
      return static_cast<void>(
          replies.fail(id, Status::not_found("There is nobody called " + name + ".")));
    replies.fail(id, user.status());
  };
  if (session::is_user_id(name)) return deps_.accounts.by_id(name, std::move(answer));
  deps_.accounts.by_name(name, std::move(answer));
}

void CoreMessages::block(const Invocation& call, bool wanted) {
  with_named_user(call,
                  [this, id = call.call, self = call.user->id, wanted](const users::User& other) {
                    auto answer = [&replies = deps_.dispatcher.replies(), id, name = other.name,
                                   wanted](const Status& status) {
                      if (!status) return static_cast<void>(replies.fail(id, status));
                      std::string data;
                      ObjectWriter(data).field(wanted ? "blocked" : "unblocked", name);
                      replies.ok(id, data);
                    };
                    if (wanted) return deps_.blocks.add(self, other.id, std::move(answer));
                    deps_.blocks.remove(self, other.id, std::move(answer));
                  });
}

void CoreMessages::blocked(const Invocation& call) {
  auto& replies = deps_.dispatcher.replies();
  replies.defer(call.call);
  const auto queued = deps_.store.read(
      [&replies, id = call.call, ids = deps_.blocks.of(call.user->id)](storage::Reader& reader) {
        std::string data;
        ObjectWriter object(data);
        {
          protocol::ArrayWriter list(object.key("users"));
          for (const auto& one : ids) {
            const auto user = reader.user(one);
            ObjectWriter entry(list.next());
            entry.field("id", one);
            if (user) entry.field("name", user->name);
          }
        }
        object.close();
        replies.reply(id, "blocked", data);
      });
  if (!queued) replies.fail(call.call, queued);
}

}  // namespace parley::command
