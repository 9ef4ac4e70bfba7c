// SPDX-License-Identifier: Apache-2.0
// parley.channels/1: looking after channels. Publishing is in publish_host.cpp, topics that people set
// in topic_host.cpp, bans in ban_host.cpp.
#include <deque>

#include "plugin/host/speaking.h"
#include "plugin/request_view.h"
#include "session/channels.h"
#include "session/session_registry.h"

namespace parley::plugin {
namespace {

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
    if (who == nullptr ||
        !plugin->services().channels.allowed(*who, view(channel), session::ChannelAccess::kWrite))
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
        (void)channels.expel(session, name);
      });
  done(plugin->pin(), token, reached > 0 ? PARLEY_OK : PARLEY_E_NOT_FOUND);
  return PARLEY_OK;
}

parley_status may_write(const parley_host* host, parley_token token, parley_string channel,
                        parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.may_write");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto who = speaker(caller_of(*plugin, 0), user);
  if (who == nullptr) return PARLEY_E_DENIED;
  done(plugin->pin(), token,
       status_code(plugin->services().channels.allowed(*who, view(channel),
                                                       session::ChannelAccess::kWrite)));
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
                                          dm_name,
                                          may_write,
                                          change_topic,
                                          ban,
                                          unban,
                                          bans};
  return &table;
}

}  // namespace parley::plugin
