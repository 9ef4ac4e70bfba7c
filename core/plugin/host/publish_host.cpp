// SPDX-License-Identifier: Apache-2.0
// parley.channels/1, publish: who may say what, the filters, and then session::Channels.
#include <algorithm>
#include <iterator>

#include <parley/ext/messages.h>

#include "base/escape.h"
#include "command/keyed.h"
#include "plugin/host/json_check.h"
#include "plugin/host/speaking.h"
#include "plugin/message_pipeline.h"
#include "protocol/json_writer.h"
#include "session/channels.h"

namespace parley::plugin {
namespace {

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
  draft.about = message->about;
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

Status still_allowed(const Publication& publication) {
  const auto& message = *publication.message;
  if (!message.by_plugin.empty()) return Status::ok();
  return publication.plugin->services().channels.allowed(*message.user, message.channel,
                                                         session::ChannelAccess::kWrite);
}

bool may_decorate(PluginInstance& plugin, const parley_publication& publication) {
  if (publication.buttons.size == 0 && publication.card.size == 0) return true;
  if (plugin.granted("buttons")) return true;
  plugin.misbehaved("publish refused: buttons and cards need the permission `buttons`");
  return false;
}

}  // namespace

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
    allowed =
        services.channels.allowed(*message->user, message->channel, session::ChannelAccess::kWrite);
  } else {
    if (!plugin->granted("push:channel") || (message->direct && !plugin->granted("dm")))
      return PARLEY_E_DENIED;
    publication->from = wanted->from.size > 0 ? copy(wanted->from) : plugin->id();
    message->user = bot_of(plugin->id(), publication->from);
    message->by_plugin = plugin->id();
    if (PARLEY_HAS(wanted, about)) message->about = copy(wanted->about);
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
    // A filter may take its time, and the author was perhaps sent out meanwhile.
    if (auto now = still_allowed(*publication); !now) return publication->finish(now);
    store(publication);
  });
  return PARLEY_OK;
}

}  // namespace parley::plugin
