// SPDX-License-Identifier: Apache-2.0
// parley.channels/1, change_topic: a topic is somebody's words, so rights and filters come first.
#include "plugin/host/speaking.h"
#include "plugin/message_pipeline.h"
#include "protocol/json_writer.h"
#include "session/channels.h"

namespace parley::plugin {
namespace {

// A topic on its way through rights and filters to the store.
struct TopicChange {
  PluginPtr plugin;
  parley_token token = 0;
  command::CallId call;
  std::shared_ptr<ChatMessage> message;

  void finish(const Status& status, std::string_view code = {}) const {
    auto& replies = plugin->services().dispatcher.replies();
    if (status) {
      std::string data;
      protocol::ObjectWriter(data).field("channel", message->channel).field("topic", message->text);
      replies.reply(call, "topic", data);
    } else if (!code.empty()) {
      replies.fail(call, code, status.message());
    } else {
      replies.fail(call, status);
    }
    plugin->settle(call);
    done(plugin, token, status_code(status));
  }
};

}  // namespace

parley_status change_topic(const parley_host* host, parley_token token, parley_string channel,
                           parley_string topic, parley_id request) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.change_topic");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto caller = caller_of(*plugin, request);
  if (request == 0 || !caller || caller->user == nullptr || !plugin->defer({request}))
    return PARLEY_E_STALE;
  auto message = std::make_shared<ChatMessage>();
  message->user = caller->user;
  message->via = plugin->id();
  message->channel = copy(channel);
  message->text = copy(topic);
  message->direct = message->channel.starts_with("dm:");
  if (const auto* scope = CallScope::of(*plugin); scope != nullptr) {
    message->session = scope->session;
    message->locale = scope->locale;
  }
  const auto change = std::make_shared<const TopicChange>(
      TopicChange{plugin->pin(), token, {request}, std::move(message)});
  auto& services = plugin->services();
  const auto allowed = services.channels.allowed(*caller->user, change->message->channel,
                                                 session::ChannelAccess::kWrite);
  if (!allowed) {
    change->finish(allowed);
    return PARLEY_OK;
  }
  services.messages.filter(change->message, [change, &services](const Verdict& verdict) {
    if (verdict.denied) return change->finish(Status::forbidden(verdict.reason), verdict.code);
    services.dispatcher.mark_running(change->plugin->id());
    services.channels.set_topic(change->message->channel, change->message->text,
                                session::author_of(*change->message->user),
                                [change](const Status& status) { change->finish(status); });
  });
  return PARLEY_OK;
}

}  // namespace parley::plugin
