// SPDX-License-Identifier: Apache-2.0
// What plugins live on: workers, filters, events, metrics, watched files, and the manager that
// loads them.
//
// Ownership: owns its parts; borrows the rest. Lifetime: manager->stop() while all it borrows still
// works, workers->stop() after the shards have joined.
#pragma once

#include <memory>
#include <string>

#include "config/flags.h"
#include "plugin/event_bus.h"
#include "plugin/file_watcher.h"
#include "plugin/message_pipeline.h"
#include "plugin/plugin_manager.h"
#include "plugin/plugin_metrics.h"
#include "plugin/services.h"
#include "plugin/worker_pool.h"
#include "server/live_config.h"
#include "server/runtime.h"
#include "server/state.h"
#include "server/users.h"

namespace parley::server {

struct Plugins {
  static Result<std::unique_ptr<Plugins>> open(const State& state, const Users& users,
                                               Runtime& runtime, const Clock& clock,
                                               const LiveConfig& config,
                                               const std::string& settings_folder);

  std::unique_ptr<plugin::WorkerPool> workers;
  plugin::MessagePipeline messages;
  plugin::EventBus events;
  plugin::PluginMetrics metrics;
  std::unique_ptr<plugin::FileWatcher> files;
  std::unique_ptr<plugin::Services> services;
  std::unique_ptr<plugin::PluginManager> manager;
};

}  // namespace parley::server
