// SPDX-License-Identifier: Apache-2.0
// Host: the server, as a plugin sees it. User: somebody who speaks to it.
//
// Ownership: Host is a pointer to what the server owns; it outlives the plugin. User borrows from
// the call it came with: copy id and name to keep them. Thread: Host from any. Failure: none.
// Since 1.0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "detail/abi.hpp"
#include "plugin_abi.h"

namespace parley {

enum class LogLevel : parley_log_level {
  kTrace = PARLEY_LOG_TRACE,
  kDebug = PARLEY_LOG_DEBUG,
  kInfo = PARLEY_LOG_INFO,
  kWarning = PARLEY_LOG_WARNING,
  kError = PARLEY_LOG_ERROR,
};

class Host {
 public:
  explicit Host(const parley_host* host) : host_(host) {}

  void log(LogLevel level, std::string_view text) const {
    host_->log(host_, static_cast<parley_log_level>(level), detail::to_abi(text));
  }
  // Milliseconds since 1970-01-01 UTC, by the server's clock.
  std::int64_t now() const { return host_->now(host_); }
  std::string_view server_version() const { return detail::to_view(host_->server_version); }

  // The host's half of an extension; nullptr when absent or not granted.
  template <typename Table>
  const Table* extension(std::string_view id) const {
    return static_cast<const Table*>(host_->get_extension(host_, detail::to_abi(id)));
  }
  const parley_host* abi() const { return host_; }

 private:
  const parley_host* host_;
};

enum class UserKind : std::uint32_t {
  kNone = PARLEY_USER_NONE,  // not authenticated: in commands declared anonymous
  kGuest = PARLEY_USER_GUEST,
  kPerson = PARLEY_USER_PERSON,
  kBot = PARLEY_USER_BOT,
  kBackend = PARLEY_USER_BACKEND,
  kBridge = PARLEY_USER_BRIDGE,
};

class User {
 public:
  explicit User(const parley_user* user = nullptr) : user_(user) {}

  bool exists() const { return user_ != nullptr && user_->kind != PARLEY_USER_NONE; }
  std::string_view id() const { return user_ ? detail::to_view(user_->id) : std::string_view(); }
  std::string_view name() const {
    return user_ ? detail::to_view(user_->name) : std::string_view();
  }
  UserKind kind() const { return user_ ? static_cast<UserKind>(user_->kind) : UserKind::kNone; }
  bool is_guest() const { return kind() == UserKind::kGuest; }

  std::vector<std::string_view> roles() const {
    std::vector<std::string_view> result;
    for (std::uint64_t i = 0; user_ && i < user_->role_count; ++i) {
      result.push_back(detail::to_view(user_->roles[i]));
    }
    return result;
  }
  bool has_role(std::string_view role) const {
    for (std::uint64_t i = 0; user_ && i < user_->role_count; ++i) {
      if (detail::to_view(user_->roles[i]) == role) return true;
    }
    return false;
  }

 private:
  const parley_user* user_;
};

namespace detail {

// What every service starts from: the host and its half of one extension.
template <typename Table>
class Service {
 public:
  // Whether the server has this service and the operator granted it.
  bool granted() const { return table_ != nullptr; }

 protected:
  Service(Host host, std::string_view id) : host_(host), table_(host.extension<Table>(id)) {}

  // Calls one function of the table; DENIED where there is no table.
  template <typename Member, typename... Args>
  parley_status call(Member member, const Args&... args) const {
    return table_ == nullptr ? PARLEY_E_DENIED : (table_->*member)(host_.abi(), args...);
  }
  // The same for the blocking calls: a failure is thrown.
  template <typename Member, typename... Args>
  void call_or_throw(std::string_view what, Member member, const Args&... args) const {
    const auto outcome = static_cast<Outcome>(call(member, args...));
    if (!is_ok(outcome)) throw Error(what, outcome);
  }

  Host host_;
  const Table* table_;
};

}  // namespace detail
}  // namespace parley
