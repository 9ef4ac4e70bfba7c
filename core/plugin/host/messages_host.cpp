// SPDX-License-Identifier: Apache-2.0
// parley.messages/1: which messages a plugin sees, and what it decides about them.
#include <parley/ext/messages.h>

#include "plugin/host/entry.h"
#include "plugin/message_pipeline.h"

namespace parley::plugin {
namespace {

bool may_listen(const PluginInstance& plugin, const MessageListener& listener) {
  if ((listener.kinds & PARLEY_MESSAGE_DIRECT) != 0 && !plugin.granted("dm")) return false;
  if ((listener.kinds & PARLEY_MESSAGE_CHANNEL) == 0) return true;
  return plugin.granted("filter:" +
                        (listener.channel.empty() ? std::string("*") : listener.channel));
}

parley_status listen(const parley_host* host, const parley_message_filter* filter) {
  auto* plugin = enter(host, {Phase::kStart}, "messages.listen");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(filter, prefix) ||
      (filter->stage != PARLEY_STAGE_FILTER && filter->stage != PARLEY_STAGE_PUBLISHED))
    return PARLEY_E_INVALID;
  MessageListener listener;
  listener.plugin = plugin->weak_from_this();
  listener.plugin_id = plugin->id();
  listener.handler = filter->handler;
  listener.stage = filter->stage;
  listener.kinds = filter->kinds;
  listener.priority = filter->priority;
  listener.channel = copy(filter->channel);
  listener.prefix = copy(filter->prefix);
  if (!may_listen(*plugin, listener)) {
    plugin->misbehaved(
        "messages.listen refused: it needs filter:<channel> for channels and dm for direct "
        "messages");
    return PARLEY_E_DENIED;
  }
  plugin->collecting().listeners.push_back(std::move(listener));
  return PARLEY_OK;
}

parley_status decide(const parley_host* host, parley_id message, parley_verdict verdict,
                     parley_string code, parley_string text) {
  auto* plugin = enter(host, {Phase::kPlugin}, "messages.decide");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  auto* scope = CallScope::of(*plugin);
  if (scope->verdict == nullptr || scope->message_id != message) return PARLEY_E_STALE;
  switch (verdict) {
    case PARLEY_VERDICT_PASS:
      return PARLEY_OK;
    case PARLEY_VERDICT_DENY:
      scope->verdict->denied = true;
      scope->verdict->code =
          plugin->id() + "." + (code.size > 0 ? copy(code) : std::string("denied"));
      scope->verdict->reason = text.size > 0 ? copy(text) : "The message was not accepted.";
      return PARLEY_OK;
    case PARLEY_VERDICT_REPLACE:
      if (text.size == 0) return PARLEY_E_INVALID;
      scope->message->text = copy(text);
      scope->message->edited = true;
      return PARLEY_OK;
    default:
      return PARLEY_E_INVALID;
  }
}

}  // namespace

const parley_host_messages* messages_table() {
  static const parley_host_messages table{sizeof(parley_host_messages), 0, listen, decide};
  return &table;
}

}  // namespace parley::plugin
