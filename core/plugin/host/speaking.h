// SPDX-License-Identifier: Apache-2.0
// What the files of parley.channels/1 share: who speaks, and how a plugin hears that it is done.
#pragma once

#include <memory>
#include <optional>

#include <parley/ext/channels.h>

#include "command/dispatcher.h"
#include "command/replies.h"
#include "plugin/host/entry.h"

namespace parley::plugin {

using PluginPtr = std::shared_ptr<PluginInstance>;

// Who waits for that request, or without one for the command that runs.
inline std::optional<command::Caller> caller_of(PluginInstance& plugin, parley_id request) {
  command::CallId call{request};
  const auto* scope = CallScope::of(plugin);
  if (!call && scope != nullptr) call = scope->call;
  return plugin.services().dispatcher.replies().peek(call);
}

// The speaker that is named, or nobody: a plugin cannot speak for people who did not ask it to.
inline std::shared_ptr<const users::User> speaker(const std::optional<command::Caller>& caller,
                                                  parley_string user) {
  const bool asked = caller && caller->user != nullptr && caller->user->id == view(user);
  return asked ? caller->user : nullptr;
}

// Whether the plugin may look after that channel and who is in it.
inline bool may_change(PluginInstance& plugin, parley_string channel) {
  return plugin.granted("push:channel") &&
         (view(channel).substr(0, 3) != "dm:" || plugin.granted("dm"));
}

inline void done(const PluginPtr& plugin, parley_token token, parley_status status) {
  if (token == 0) return;
  plugin->complete([plugin, token, status](void* data) {
    const auto* half = plugin->halves().channels;
    if (half != nullptr && half->on_done != nullptr) half->on_done(data, token, status);
  });
}

// publish_host.cpp, topic_host.cpp, ban_host.cpp
parley_status publish(const parley_host* host, parley_token token,
                      const parley_publication* wanted);
parley_status change_topic(const parley_host* host, parley_token token, parley_string channel,
                           parley_string topic, parley_id request);
parley_status ban(const parley_host* host, parley_token token, const parley_ban* wanted);
parley_status unban(const parley_host* host, parley_token token, parley_string channel,
                    parley_string user);
parley_status bans(const parley_host* host, parley_token token, parley_string channel,
                   const parley_ban* after, std::uint64_t limit);

}  // namespace parley::plugin
