// SPDX-License-Identifier: Apache-2.0
// What the host side of the plugin ABI works with. Assembled once by the server; everything
// outlives every plugin.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "config/config.h"

namespace parley::command {
class CommandRegistry;
class Dispatcher;
}  // namespace parley::command
namespace parley::net {
class Shard;
}
namespace parley::session {
class Channels;
class Pusher;
class SessionRegistry;
}  // namespace parley::session
namespace parley::storage {
class Store;
}
namespace parley::users {
class Accounts;
class TokenService;
}  // namespace parley::users

namespace parley::plugin {

class EventBus;
class FileWatcher;
class MessagePipeline;
class PluginMetrics;
class WorkerPool;

struct Services {
  const Clock& clock;
  WorkerPool& workers;
  net::Shard& timer_shard;  // plugins' timers tick here
  storage::Store& store;
  users::Accounts& accounts;
  users::TokenService& tokens;
  session::SessionRegistry& sessions;
  session::Channels& channels;
  session::Pusher& pusher;
  command::CommandRegistry& commands;
  command::Dispatcher& dispatcher;
  MessagePipeline& messages;
  EventBus& events;
  PluginMetrics& metrics;
  FileWatcher& files;
  std::string server_version;
  std::string settings_folder;  // plugins.d, "" when there is none
  std::function<std::shared_ptr<const config::Config>()> config;  // the one in force
};

}  // namespace parley::plugin
