// SPDX-License-Identifier: Apache-2.0
// parley.channels/1: who may publish what, the filters, and then session::Channels.
#include <deque>
#include <iterator>
#include <optional>

#include <parley/ext/channels.h>
#include <parley/ext/messages.h>

#include "base/escape.h"
#include "command/dispatcher.h"
#include "command/keyed.h"
#include "command/replies.h"
#include "plugin/host/entry.h"
#include "plugin/host/json_check.h"
#include "plugin/message_pipeline.h"
#include "plugin/request_view.h"
#include "protocol/json_writer.h"
#include "session/channels.h"
#include "session/session_registry.h"

namespace parley::plugin {
namespace {

using PluginPtr = std::shared_ptr<PluginInstance>;

// A publication on its way through rights and filters to the store.
struct Publication {
  PluginPtr plugin;
  parley_token token = 0;
  command::CallId call;     // the request the host answers, 0: none
  command::KeyedPtr keyed;  // of that request, when it has a key
  std::shared_ptr<ChatMessage> message;
  std::string from, buttons, card;

  void finish(Result<std::int64_t> offset, std::string_view code = {}) const {
    if (call) {
      auto& replies = plugin->services().dispatcher.replies();
      if (offset) {
        replies.ok(call, command::ok_with_offset(*offset));
      } else if (!code.empty()) {
        replies.fail(call, code, offset.status().message());
      } else {
        replies.fail(call, offset.status());
      }
      plugin->settle(call);
    }
    if (token == 0) return;
    plugin->complete([self = plugin, token = token, code = status_code(offset.status()),
                      at = offset ? *offset : 0](void* data) {
      const auto* half = self->halves().channels;
      if (half != nullptr && half->on_offset != nullptr) half->on_offset(data, token, code, at);
    });
  }
};
using PublicationPtr = std::shared_ptr<Publication>;

std::string data_of(const Publication& publication) {
  const auto& message = *publication.message;
  std::string data;
  protocol::ObjectWriter writer(data);
  writer.field("from", publication.from).field("text", message.text);
  writer.field("format", message.format == PARLEY_FORMAT_MARKDOWN ? "markdown" : "plain");
  if (!message.by_plugin.empty()) writer.field("bot", true);
  if (message.reply_to >= 0) writer.field("replyTo", message.reply_to);
  if (message.edited) writer.field("edited", true);
  if (!publication.buttons.empty()) writer.raw("buttons", publication.buttons);
  if (!publication.card.empty()) writer.raw("card", publication.card);
  writer.close();
  return data;
}

void store(const PublicationPtr& publication) {
  const auto& message = publication->message;
  session::Draft draft;
  draft.channel = message->channel;
  draft.user = session::author_of(*message->user);
  draft.data_json = data_of(*publication);
  draft.origin_json = message->origin;
  draft.reply_to = message->reply_to;
  auto& services = publication->plugin->services();
  // With a request it is that one's effect, and stored together with its answer.
  if (!publication->call) services.dispatcher.mark_running(publication->plugin->id());
  services.channels.publish(
      std::move(draft),
      [publication, &services](Result<std::int64_t> offset) {
        if (offset && publication->keyed) publication->keyed->stored();
        publication->finish(offset);
        if (offset)
          services.messages.published(publication->message, *offset, services.clock.wall_ms());
      },
      command::store_ok_with_offset(publication->keyed));
}

// The plugin as somebody who can talk. Ids of users have letters and digits only.
std::shared_ptr<const users::User> bot_of(const std::string& plugin_id, const std::string& name) {
  users::User bot;
  bot.id = "b_";
  std::copy_if(plugin_id.begin(), plugin_id.end(), std::back_inserter(bot.id),
               [](char c) { return c != '-'; });
  bot.name = name;
  bot.kind = "bot";
  return std::make_shared<const users::User>(std::move(bot));
}

std::string_view problem_of(const parley_publication& publication) {
  if (publication.text.size == 0 && publication.card.size == 0) return "the text is empty";
  if (publication.format > PARLEY_FORMAT_MARKDOWN) return "the format is unknown";
  return {};
}

bool may_decorate(PluginInstance& plugin, const parley_publication& publication) {
  if (publication.buttons.size == 0 && publication.card.size == 0) return true;
  if (plugin.granted("buttons")) return true;
  plugin.misbehaved("publish refused: buttons and cards need the permission `buttons`");
  return false;
}

// Who waits for that request, or without one for the command that runs.
std::optional<command::Caller> caller_of(PluginInstance& plugin, parley_id request) {
  command::CallId call{request};
  const auto* scope = CallScope::of(plugin);
  if (!call && scope != nullptr) call = scope->call;
  return plugin.services().dispatcher.replies().peek(call);
}

// The speaker that is named, or nobody: a plugin cannot speak for people who did not ask it to.
std::shared_ptr<const users::User> speaker(const std::optional<command::Caller>& caller,
                                           parley_string user) {
  const bool asked = caller && caller->user != nullptr && caller->user->id == view(user);
  return asked ? caller->user : nullptr;
}

parley_status publish(const parley_host* host, parley_token token,
                      const parley_publication* wanted) {
  auto* plugin = enter(host, {Phase::kPlugin, Phase::kBackground}, "channels.publish");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(wanted, request)) return PARLEY_E_INVALID;
  if (!may_decorate(*plugin, *wanted)) return PARLEY_E_DENIED;
  if (!value_problem("buttons", view(wanted->buttons)).empty() ||
      !object_problem("card", view(wanted->card)).empty())
    return PARLEY_E_INVALID;

  auto publication = std::make_shared<Publication>();
  publication->plugin = plugin->pin();
  publication->token = token;
  publication->buttons = copy(wanted->buttons);
  publication->card = copy(wanted->card);
  auto message = std::make_shared<ChatMessage>();
  message->via = plugin->id();
  message->channel = copy(wanted->channel);
  message->text = copy(wanted->text);
  message->format = wanted->format;
  message->reply_to = wanted->reply_to;
  message->direct = message->channel.substr(0, 3) == "dm:";

  auto& services = plugin->services();
  const auto caller = caller_of(*plugin, wanted->request);
  Status allowed = Status::ok();
  if (wanted->user.size > 0) {
    message->user = speaker(caller, wanted->user);
    if (message->user == nullptr) return PARLEY_E_DENIED;
    const auto* scope = CallScope::of(*plugin);
    message->session = scope->session;
    message->locale = scope->locale;
    publication->from = message->user->name;
    allowed = services.channels.rights().check(*message->user, message->channel,
                                               session::ChannelAccess::kWrite);
  } else {
    if (!plugin->granted("push:channel") || (message->direct && !plugin->granted("dm")))
      return PARLEY_E_DENIED;
    publication->from = wanted->from.size > 0 ? copy(wanted->from) : plugin->id();
    message->user = bot_of(plugin->id(), publication->from);
    message->by_plugin = plugin->id();
  }
  if (const auto why = problem_of(*wanted); allowed && !why.empty())
    allowed = Status::invalid_args("The message cannot be sent: " + std::string(why) + ".");
  const auto limit = services.config()->limits.message;
  if (allowed && limit > 0 && characters(message->text) > limit) {
    allowed = Status(ErrorCode::kTooLarge, "The message is longer than " + std::to_string(limit) +
                                               " characters. Send it in parts.");
  }

  publication->message = message;
  if (wanted->request != 0) {
    publication->call = {wanted->request};
    if (caller) publication->keyed = caller->keyed;
    if (!plugin->defer(publication->call)) return PARLEY_E_STALE;
  }
  if (!allowed) {
    publication->finish(allowed);
    return PARLEY_OK;
  }
  services.messages.filter(message, [publication](const Verdict& verdict) {
    if (verdict.denied) return publication->finish(Status::forbidden(verdict.reason), verdict.code);
    store(publication);
  });
  return PARLEY_OK;
}

void done(const PluginPtr& plugin, parley_token token, parley_status status) {
  if (token == 0) return;
  plugin->complete([plugin, token, status](void* data) {
    const auto* half = plugin->halves().channels;
    if (half != nullptr && half->on_done != nullptr) half->on_done(data, token, status);
  });
}

bool may_change(PluginInstance& plugin, parley_string channel) {
  return plugin.granted("push:channel") &&
         (view(channel).substr(0, 3) != "dm:" || plugin.granted("dm"));
}

void make_channel(const PluginPtr& self, parley_token token, std::string name, std::string topic) {
  auto& channels = self->services().channels;
  channels.info(name, [self, token, &channels, name,
                       text = std::move(topic)](const Result<session::ChannelInfo>& info) mutable {
    if (info) return done(self, token, PARLEY_OK);
    channels.set_topic(name, std::move(text), {}, [self, token](const Status& status) {
      done(self, token, status_code(status));
    });
  });
}

parley_status ensure(const parley_host* host, parley_token token, parley_string channel,
                     parley_string topic) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin}, "channels.ensure");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!may_change(*plugin, channel)) return PARLEY_E_DENIED;
  if (!session::parse_channel_name(view(channel))) return PARLEY_E_INVALID;
  plugin->effects().pass(
      [self = plugin->pin(), token, name = copy(channel), text = copy(topic)]() mutable {
        make_channel(self, token, std::move(name), std::move(text));
      });
  return PARLEY_OK;
}

parley_status set_topic(const parley_host* host, parley_token token, parley_string channel,
                        parley_string topic, parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.set_topic");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  session::Author by;
  if (user.size > 0) {
    const auto who = speaker(caller_of(*plugin, 0), user);
    if (who == nullptr || !plugin->services().channels.rights().check(
                              *who, view(channel), session::ChannelAccess::kWrite))
      return PARLEY_E_DENIED;
    by = session::author_of(*who);
  } else if (!may_change(*plugin, channel)) {
    return PARLEY_E_DENIED;
  }
  auto self = plugin->pin();
  plugin->services().channels.set_topic(
      view(channel), copy(topic), std::move(by),
      [self, token](const Status& status) { done(self, token, status_code(status)); });
  return PARLEY_OK;
}

parley_status info(const parley_host* host, parley_token token, parley_string channel) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.info");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  auto self = plugin->pin();
  plugin->services().channels.info(
      view(channel), [self, token](Result<session::ChannelInfo> found) {
        if (token == 0) return;
        self->complete([self, token, found = std::move(found)](void* data) {
          const auto* half = self->halves().channels;
          if (half == nullptr || half->on_channel == nullptr) return;
          parley_channel shown{};
          shown.size = sizeof shown;
          if (found) {
            shown.direct = found->name.substr(0, 3) == "dm:" ? 1 : 0;
            shown.name = borrow(found->name);
            shown.topic = borrow(found->topic);
            shown.last_offset = found->last_offset;
            shown.members = found->members;
          }
          half->on_channel(data, token, status_code(found.status()), found ? &shown : nullptr);
        });
      });
  return PARLEY_OK;
}

parley_status members(const parley_host* host, parley_token token, parley_string channel,
                      parley_string after, std::uint64_t limit) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.members");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!plugin->granted("accounts.read")) return PARLEY_E_DENIED;
  auto page = plugin->services().channels.present(view(channel), view(after),
                                                  static_cast<std::size_t>(limit));
  plugin->complete([self = plugin->pin(), token, page = std::move(page)](void* data) {
    const auto* half = self->halves().channels;
    if (half == nullptr || half->on_members == nullptr) return;
    std::vector<users::User> people;
    for (const auto& present : page.users)
      people.push_back({present.id, present.name, present.kind, {}});
    std::deque<UserView> views;
    std::vector<const parley_user*> pointers;
    for (const auto& person : people) pointers.push_back(views.emplace_back(&person).get());
    half->on_members(data, token, PARLEY_OK, pointers.data(), pointers.size(),
                     page.next.empty() ? 0 : 1);
  });
  return PARLEY_OK;
}

parley_status is_member(const parley_host* host, parley_token token, parley_string channel,
                        parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.is_member");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const bool found = plugin->services().channels.is_present(view(channel), view(user));
  done(plugin->pin(), token, found ? PARLEY_OK : PARLEY_E_NOT_FOUND);
  return PARLEY_OK;
}

parley_status subscribe(const parley_host* host, parley_token token, parley_string channel,
                        parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.subscribe");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!may_change(*plugin, channel)) return PARLEY_E_DENIED;
  auto& channels = plugin->services().channels;
  const auto reached = plugin->services().sessions.post_to_user(
      view(user), [&channels, name = copy(channel)](session::Session& session) {
        channels.subscribe(session, name, {}, [](const Result<session::Subscribed>&) {});
      });
  done(plugin->pin(), token, reached > 0 ? PARLEY_OK : PARLEY_E_NOT_FOUND);
  return PARLEY_OK;
}

parley_status unsubscribe(const parley_host* host, parley_token token, parley_string channel,
                          parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.unsubscribe");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!may_change(*plugin, channel)) return PARLEY_E_DENIED;
  auto& channels = plugin->services().channels;
  const auto reached = plugin->services().sessions.post_to_user(
      view(user), [&channels, name = copy(channel)](session::Session& session) {
        (void)channels.unsubscribe(session, name);
      });
  done(plugin->pin(), token, reached > 0 ? PARLEY_OK : PARLEY_E_NOT_FOUND);
  return PARLEY_OK;
}

parley_status dm_name(const parley_host*, parley_string a, parley_string b,
                      const parley_sink* name) {
  const auto channel = session::direct_channel(view(a), view(b));
  if (!channel) return PARLEY_E_INVALID;
  give(name, *channel);
  return PARLEY_OK;
}

}  // namespace

const parley_host_channels* channels_table() {
  static const parley_host_channels table{sizeof(parley_host_channels),
                                          0,
                                          publish,
                                          ensure,
                                          set_topic,
                                          info,
                                          members,
                                          is_member,
                                          subscribe,
                                          unsubscribe,
                                          dm_name};
  return &table;
}

}  // namespace parley::plugin
