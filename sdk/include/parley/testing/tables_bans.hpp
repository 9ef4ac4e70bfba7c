// SPDX-License-Identifier: Apache-2.0
// Who is kept out of which channel, over a FakeServer: whoever is has no messages to say there.
#pragma once

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "fake_server.hpp"

namespace parley::testing {

struct BanTable {
  static parley_status ban(const parley_host* host, parley_token token, const parley_ban* abi) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin)) return status;
    if (!server.allowed("push:channel")) return PARLEY_E_DENIED;
    Ban ban{.channel = text(abi->channel),
            .user = text(abi->user),
            .reason = text(abi->reason),
            .by = text(abi->by),
            .until = abi->until};
    done(server, token, [&server, ban = std::move(ban)]() mutable {
      const Outcome wanted = std::exchange(server.next_write, Outcome::kOk);
      if (!is_ok(wanted)) return wanted;
      if (ban.channel.rfind("dm:", 0) == 0 || ban.channel.rfind('@', 0) == 0)
        return Outcome::kInvalid;
      const auto account = server.accounts.find(ban.user);
      if (account == server.accounts.end()) return Outcome::kNotFound;
      const auto by = server.accounts.find(ban.by);
      if (by != server.accounts.end()) ban.by = by->second.user.name;
      ban.name = account->second.user.name;
      ban.since = server.now;
      const auto channel = server.channels.find(ban.channel);
      if (channel != server.channels.end()) std::erase(channel->second.members, ban.user);
      const std::pair place(ban.channel, ban.user);
      server.bans.insert_or_assign(place, std::move(ban));
      return Outcome::kOk;
    });
    return PARLEY_OK;
  }
  static parley_status unban(const parley_host* host, parley_token token, parley_string channel,
                             parley_string user) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("push:channel")) return PARLEY_E_DENIED;
    done(server, token, [&server, place = std::pair(text(channel), text(user))] {
      const Outcome wanted = std::exchange(server.next_write, Outcome::kOk);
      if (!is_ok(wanted)) return wanted;
      return server.bans.erase(place) > 0 ? Outcome::kOk : Outcome::kNotFound;
    });
    return PARLEY_OK;
  }
  static parley_status bans(const parley_host* host, parley_token token, parley_string channel,
                            const parley_ban* after, std::uint64_t limit) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("push:channel")) return PARLEY_E_DENIED;
    const auto above = after == nullptr ? std::pair<std::string, std::string>()
                                        : std::pair(text(after->channel), text(after->user));
    server.complete(
        token, [&server, token, above, wanted = text(channel), most = limit == 0 ? kMost : limit] {
          std::deque<parley_ban> list;
          bool more = false;
          for (auto at = server.bans.upper_bound(above); at != server.bans.end(); ++at) {
            if (!wanted.empty() && at->first.first != wanted) continue;
            if (!server.holds(at->second)) continue;
            more = list.size() == most;
            if (more) break;
            list.push_back(shown(at->second));
          }
          std::vector<const parley_ban*> pointers;
          for (const parley_ban& one : list) pointers.push_back(&one);
          server.half<parley_plugin_channels>(PARLEY_EXT_CHANNELS)
              ->on_bans(server.data(), token, PARLEY_OK, pointers.data(), pointers.size(),
                        more ? 1 : 0);
        });
    return PARLEY_OK;
  }

 private:
  static constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }
  static std::string text(parley_string string) { return std::string(detail::to_view(string)); }

  static parley_ban shown(const Ban& ban) {
    auto abi = detail::sized<parley_ban>();
    abi.channel = detail::to_abi(ban.channel);
    abi.user = detail::to_abi(ban.user);
    abi.reason = detail::to_abi(ban.reason);
    abi.by = detail::to_abi(ban.by);
    abi.until = ban.until;
    abi.since = ban.since;
    abi.name = detail::to_abi(ban.name);
    return abi;
  }
  static void done(FakeServer& server, parley_token token, std::function<Outcome()> work) {
    server.later([&server, token, work = std::move(work)] {
      const auto status = static_cast<parley_status>(work());
      if (token == 0) return;
      server.in(kOnPlugin, [&] {
        server.half<parley_plugin_channels>(PARLEY_EXT_CHANNELS)
            ->on_done(server.data(), token, status);
      });
    });
  }
};

}  // namespace parley::testing
