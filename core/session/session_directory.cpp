// SPDX-License-Identifier: Apache-2.0
#include "session/session_directory.h"

#include <algorithm>
#include <utility>

namespace parley::session {

void SessionDirectory::configure(const config::Limits& limits, const config::Session& waits) {
  const MutexLock lock(mutex_);
  limits_ = limits;
  waits_ = waits;
}

config::Limits SessionDirectory::limits() const {
  const MutexLock lock(mutex_);
  return limits_;
}

config::Session SessionDirectory::waits() const {
  const MutexLock lock(mutex_);
  return waits_;
}

std::optional<SessionDirectory::Entered> SessionDirectory::enter(const std::string& user,
                                                                 SessionKey key) {
  const MutexLock lock(mutex_);
  const auto most = static_cast<std::size_t>(std::max(limits_.connections_per_user, 0));
  auto& keys = by_user_[user];
  Entered entered{limits_};
  if (most > 0) {
    const auto waits = [this](SessionKey one) PARLEY_REQUIRES(mutex_) { return is_waiting(one); };
    const auto waiting = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), waits));
    if (keys.size() - waiting >= most) return std::nullopt;
    if (waiting >= most) entered.crowded_out = *std::find_if(keys.begin(), keys.end(), waits);
  }
  keys.push_back(key);
  return entered;
}

void SessionDirectory::enter_again(const std::string& user, SessionKey key) {
  const MutexLock lock(mutex_);
  by_user_[user].push_back(key);
}

bool SessionDirectory::name(const std::string& id, SessionKey key, VariablesPtr variables) {
  const MutexLock lock(mutex_);
  return by_id_.try_emplace(id, Named{key, std::move(variables)}).second;
}

void SessionDirectory::leave(const Session& session) {
  const MutexLock lock(mutex_);
  const auto named = by_id_.find(session.id());
  if (named != by_id_.end() && named->second.key == session.key()) by_id_.erase(named);
  detached_.erase(session.key());
  const auto found = by_user_.find(session.user()->id);
  if (found == by_user_.end()) return;
  std::erase(found->second, session.key());
  if (found->second.empty()) by_user_.erase(found);
}

void SessionDirectory::begin_waiting(SessionKey key) {
  const MutexLock lock(mutex_);
  detached_.insert(key);
}

void SessionDirectory::end_waiting(SessionKey key) {
  const MutexLock lock(mutex_);
  detached_.erase(key);
}

SessionKey SessionDirectory::key_of(std::string_view session_id) const {
  const MutexLock lock(mutex_);
  const auto found = by_id_.find(session_id);
  return found == by_id_.end() ? 0 : found->second.key;
}

SessionDirectory::VariablesPtr SessionDirectory::variables_of(std::string_view session_id) const {
  const MutexLock lock(mutex_);
  const auto found = by_id_.find(session_id);
  return found == by_id_.end() ? nullptr : found->second.variables;
}

std::vector<SessionKey> SessionDirectory::sessions_of(std::string_view user_id) const {
  const MutexLock lock(mutex_);
  const auto found = by_user_.find(user_id);
  return found == by_user_.end() ? std::vector<SessionKey>() : found->second;
}

std::size_t SessionDirectory::count_of(std::string_view user_id) const {
  const MutexLock lock(mutex_);
  const auto found = by_user_.find(user_id);
  return found == by_user_.end() ? 0 : found->second.size();
}

}  // namespace parley::session
