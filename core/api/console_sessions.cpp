// SPDX-License-Identifier: Apache-2.0
#include "api/console_sessions.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"

namespace parley::api {

ConsoleSessions::ConsoleSessions(const Clock& clock, Limits limits)
    : clock_(clock), limits_(std::move(limits)) {}

std::string ConsoleSessions::open(const std::string& user_id) {
  const auto limits = limits_();
  std::string cookie = random_secret("c_");
  const auto now = clock_.now();
  Entry entry{.session = {.user_id = user_id,
                          .csrf = random_secret(),
                          .expires_at = clock_.wall_ms() + limits.session.count()},
              .opened = now,
              .used = now,
              .confirmed = std::nullopt};
  const std::lock_guard lock(mutex_);
  make_room(limits);
  entries_.emplace(sha256(cookie), std::move(entry));
  return cookie;
}

std::optional<ConsoleSession> ConsoleSessions::find(std::string_view cookie, bool at_work) {
  const auto limits = limits_();
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(sha256(cookie));
  if (found == entries_.end()) return std::nullopt;
  auto& entry = found->second;
  if (over(entry, limits)) {
    entries_.erase(found);
    return std::nullopt;
  }
  if (at_work) entry.used = clock_.now();
  auto session = entry.session;
  session.confirmed = entry.confirmed && clock_.now() - *entry.confirmed < limits.confirm;
  return session;
}

void ConsoleSessions::confirm(std::string_view cookie) {
  const std::lock_guard lock(mutex_);
  if (const auto found = entries_.find(sha256(cookie)); found != entries_.end())
    found->second.confirmed = clock_.now();
}

void ConsoleSessions::end(std::string_view cookie) {
  const std::lock_guard lock(mutex_);
  entries_.erase(sha256(cookie));
}

void ConsoleSessions::end_all_of(std::string_view user_id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& one) { return one.second.session.user_id == user_id; });
}

std::size_t ConsoleSessions::count() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool ConsoleSessions::over(const Entry& entry, const config::Console& limits) const {
  const auto now = clock_.now();
  return now - entry.used >= limits.idle || now - entry.opened >= limits.session;
}

void ConsoleSessions::make_room(const config::Console& limits) {
  std::erase_if(entries_, [&](const auto& one) { return over(one.second, limits); });
  while (entries_.size() >= static_cast<std::size_t>(limits.sessions)) {
    entries_.erase(
        std::ranges::min_element(entries_, {}, [](const auto& one) { return one.second.used; }));
  }
}

}  // namespace parley::api
