// SPDX-License-Identifier: Apache-2.0
// Tells plugins what happened to sessions, users and plugins (ext/events.h).
//
// Ownership: events are copied. Thread: any; a plugin gets events on its own thread, in the order
// they were emitted by one thread. Failure: none; an event for a plugin that is gone is dropped.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <parley/ext/events.h>

#include "users/accounts.h"

namespace parley::plugin {

class PluginInstance;

struct Event {
  std::uint32_t kind = 0;
  std::int64_t ts = 0;
  std::shared_ptr<const users::User> user;
  std::string session, channel, plugin, previous, locale;
};

class EventBus {
 public:
  // Replaces the plugin's set of kinds; 0 removes it.
  void subscribe(const std::string& plugin_id, std::weak_ptr<PluginInstance> plugin,
                 std::uint64_t kinds);
  void remove(const std::string& plugin_id);
  void emit(Event event);

 private:
  struct Subscriber {
    std::weak_ptr<PluginInstance> plugin;
    std::uint64_t kinds = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Subscriber> subscribers_;
};

}  // namespace parley::plugin
