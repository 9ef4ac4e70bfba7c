// SPDX-License-Identifier: Apache-2.0
// What the HTTP routes work with. Assembled once by the server; everything outlives the listeners.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "config/config.h"
#include "config/loader.h"

namespace parley::command {
class CommandRegistry;
class Dispatcher;
}  // namespace parley::command
namespace parley::net {
class ShardPool;
class OutboxBudget;
}  // namespace parley::net
namespace parley::plugin {
class PluginManager;
class PluginMetrics;
class WorkerPool;
}  // namespace parley::plugin
namespace parley::session {
class Channels;
class SessionRegistry;
}  // namespace parley::session
namespace parley::storage {
class Store;
}
namespace parley::users {
class Accounts;
class FirstAdmin;
class TokenKeys;
class TokenService;
}  // namespace parley::users

namespace parley::api {

// What a reload of the configuration did.
struct Reloaded {
  bool ok = false;
  bool applied = false;  // the server's own keys; then `problems` are of plugins or certificates
  std::vector<config::Problem> problems;
  std::vector<config::Change> changes;
};

// The configuration in force with its origins.
struct LiveConfig {
  config::Loaded running;
  std::vector<config::Change> waiting;  // what the sources say and the next start will heed
};

struct Context {
  const Clock& clock;
  net::ShardPool& shards;
  net::OutboxBudget& budget;
  storage::Store& store;
  users::Accounts& accounts;
  users::FirstAdmin& first_admin;
  users::TokenService& tokens;
  users::TokenKeys& token_keys;
  session::SessionRegistry& sessions;
  session::Channels& channels;
  command::CommandRegistry& commands;
  command::Dispatcher& dispatcher;
  plugin::PluginManager& plugins;
  plugin::PluginMetrics& plugin_metrics;
  plugin::WorkerPool& workers;
  const std::atomic<bool>& draining;
  std::string version;
  Clock::TimePoint started;
  std::function<std::shared_ptr<const config::Config>()> config;  // the one in force
  std::function<LiveConfig()> live_config;
  std::function<void(std::function<void(Reloaded)>)> reload;  // reads the configuration again
};

}  // namespace parley::api
