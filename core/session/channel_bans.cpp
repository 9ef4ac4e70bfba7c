// SPDX-License-Identifier: Apache-2.0
#include "session/channel_bans.h"

#include <algorithm>
#include <ctime>
#include <iterator>

namespace parley::session {
namespace {

// "2026-01-31 12:00". Whoever reads it may be anywhere, so it is UTC, and the sentence says so.
std::string minute_of(std::int64_t wall_ms) {
  // A ban holds to its last millisecond: the minute shown is the one in which it is over.
  const auto seconds = static_cast<std::time_t>((wall_ms + 59'999) / 60'000 * 60);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts)};
}

}  // namespace

void ChannelBans::put(const storage::BanRecord& ban) {
  const MutexLock lock(mutex_);
  Bans& theirs = by_user_[ban.user_id];
  std::erase_if(theirs, [&](const Ban& one) { return one.channel == ban.channel; });
  theirs.push_back({ban.channel, ban.reason, ban.until});
  count();
}

void ChannelBans::erase(std::string_view channel, std::string_view user) {
  erase_if([&](std::string_view whose, const Ban& ban) {
    return whose == user && ban.channel == channel;
  });
}

void ChannelBans::forget(std::string_view user) {
  erase_if([&](std::string_view whose, const Ban&) { return whose == user; });
}

void ChannelBans::drop_expired() {
  erase_if([now = clock_.wall_ms()](std::string_view, const Ban& ban) {
    return ban.until != 0 && ban.until <= now;
  });
}

template <typename Gone>
void ChannelBans::erase_if(Gone gone) {
  if (size() == 0) return;
  const MutexLock lock(mutex_);
  for (auto one = by_user_.begin(); one != by_user_.end();) {
    std::erase_if(one->second, [&](const Ban& ban) { return gone(one->first, ban); });
    one = one->second.empty() ? by_user_.erase(one) : std::next(one);
  }
  count();
}

void ChannelBans::count() {
  std::size_t all = 0;
  for (const auto& [user, bans] : by_user_) all += bans.size();
  size_.store(all, std::memory_order_release);
}

const ChannelBans::Ban* ChannelBans::find(std::string_view channel, std::string_view user) const {
  const auto theirs = by_user_.find(user);
  if (theirs == by_user_.end()) return nullptr;
  const auto ban = std::find_if(theirs->second.begin(), theirs->second.end(),
                                [&](const Ban& one) { return one.channel == channel; });
  if (ban == theirs->second.end()) return nullptr;
  return ban->until != 0 && ban->until <= clock_.wall_ms() ? nullptr : &*ban;
}

bool ChannelBans::has(std::string_view channel, std::string_view user) const {
  const MutexLock lock(mutex_);
  return find(channel, user) != nullptr;
}

Status ChannelBans::check(std::string_view channel, std::string_view user) const {
  if (size_.load(std::memory_order_acquire) == 0) return Status::ok();
  const MutexLock lock(mutex_);
  const Ban* ban = find(channel, user);
  if (ban == nullptr) return Status::ok();
  const std::string out = "You are banned from #" + std::string(channel);
  if (ban->until == 0)
    return Status::forbidden(
        ban->reason.empty() ? out + " until a moderator lets you in again."
                            : out + " until a moderator lets you in again. Reason: " + ban->reason);
  const std::string end = out + " until " + minute_of(ban->until);
  return Status::forbidden(ban->reason.empty() ? end + " UTC."
                                               : end + " UTC. Reason: " + ban->reason);
}

}  // namespace parley::session
