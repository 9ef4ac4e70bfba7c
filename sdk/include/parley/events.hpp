// SPDX-License-Identifier: Apache-2.0
// What happens to sessions, users and plugins, declared in the plugin's constructor:
//
//   on_event(EventKind::kJoined, &Game::entered);
//
// Since 1.0.
#pragma once

#include <string_view>

#include "detail/abi.hpp"
#include "ext/events.h"
#include "host.hpp"

namespace parley {

enum class EventKind : std::uint32_t {
  kSessionOpened = PARLEY_EVENT_SESSION_OPENED,
  kSessionResumed = PARLEY_EVENT_SESSION_RESUMED,
  kSessionDetached = PARLEY_EVENT_SESSION_DETACHED,
  kSessionClosed = PARLEY_EVENT_SESSION_CLOSED,
  kJoined = PARLEY_EVENT_JOINED,  // the user's first session in the channel
  kLeft = PARLEY_EVENT_LEFT,      // the last one
  kUserRegistered = PARLEY_EVENT_USER_REGISTERED,
  kUserDeleted = PARLEY_EVENT_USER_DELETED,  // erase what you keep about them
  kPluginLoaded = PARLEY_EVENT_PLUGIN_LOADED,
  kPluginUnloaded = PARLEY_EVENT_PLUGIN_UNLOADED,
};

// Borrowed until the handler returns. What does not apply is empty.
class Event {
 public:
  explicit Event(const parley_event* event) : event_(event) {}

  EventKind kind() const { return static_cast<EventKind>(event_->kind); }
  std::int64_t ts() const { return event_->ts; }
  User user() const { return User(event_->user); }
  std::string_view session() const { return detail::to_view(event_->session); }
  std::string_view channel() const { return detail::to_view(event_->channel); }
  std::string_view plugin() const { return detail::to_view(event_->plugin); }
  std::string_view previous_id() const {
    return detail::to_view(event_->previous);
  }  // registered from a guest
  std::string_view locale() const { return detail::to_view(event_->locale); }

 private:
  const parley_event* event_;
};

}  // namespace parley
