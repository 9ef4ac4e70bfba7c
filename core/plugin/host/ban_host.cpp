// SPDX-License-Identifier: Apache-2.0
// parley.channels/1, ban, unban and bans: who may not be in a channel.
#include <deque>

#include "plugin/host/speaking.h"
#include "session/channels.h"

namespace parley::plugin {
namespace {

parley_ban shown(const storage::BanRecord& one) {
  parley_ban ban{};
  ban.size = sizeof ban;
  ban.channel = borrow(one.channel);
  ban.user = borrow(one.user_id);
  ban.reason = borrow(one.reason);
  ban.by = borrow(one.by_name);
  ban.until = one.until;
  ban.since = one.since;
  ban.name = borrow(one.user_name);
  return ban;
}

void tell(const PluginPtr& self, parley_token token, Result<storage::BanPage> found) {
  if (token == 0) return;
  self->complete([self, token, found = std::move(found)](void* data) {
    const auto* half = self->halves().channels;
    if (half == nullptr || !PARLEY_HAS(half, on_bans) || half->on_bans == nullptr) return;
    std::deque<parley_ban> bans;
    std::vector<const parley_ban*> pointers;
    if (found) {
      for (const auto& one : found->bans) pointers.push_back(&bans.emplace_back(shown(one)));
    }
    half->on_bans(data, token, status_code(found.status()), pointers.data(), pointers.size(),
                  found && found->more ? 1 : 0);
  });
}

}  // namespace

parley_status ban(const parley_host* host, parley_token token, const parley_ban* wanted) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin}, "channels.ban");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(wanted, until)) return PARLEY_E_INVALID;
  if (!may_change(*plugin, wanted->channel)) return PARLEY_E_DENIED;
  plugin->effects().pass([self = plugin->pin(), token,
                          ban = storage::BanRecord{.channel = copy(wanted->channel),
                                                   .user_id = copy(wanted->user),
                                                   .by = copy(wanted->by),
                                                   .reason = copy(wanted->reason),
                                                   .until = wanted->until}]() mutable {
    self->services().channels.ban(std::move(ban), [self, token](const Status& status) {
      done(self, token, status_code(status));
    });
  });
  return PARLEY_OK;
}

parley_status unban(const parley_host* host, parley_token token, parley_string channel,
                    parley_string user) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.unban");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!may_change(*plugin, channel)) return PARLEY_E_DENIED;
  auto self = plugin->pin();
  plugin->services().channels.unban(view(channel), view(user), [self, token](const Status& status) {
    done(self, token, status_code(status));
  });
  return PARLEY_OK;
}

parley_status bans(const parley_host* host, parley_token token, parley_string channel,
                   const parley_ban* after, std::uint64_t limit) {
  auto* plugin = enter(host, {Phase::kPlugin}, "channels.bans");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!may_change(*plugin, channel)) return PARLEY_E_DENIED;
  storage::BanQuery query{.channel = copy(channel), .limit = static_cast<std::size_t>(limit)};
  if (after != nullptr && PARLEY_HAS(after, user)) {
    query.after_channel = copy(after->channel);
    query.after_user = copy(after->user);
  }
  plugin->services().channels.bans(std::move(query),
                                   [self = plugin->pin(), token](Result<storage::BanPage> found) {
                                     tell(self, token, std::move(found));
                                   });
  return PARLEY_OK;
}

}  // namespace parley::plugin
