// SPDX-License-Identifier: Apache-2.0
// Loads, unloads and reloads plugins while the server runs.
//
// Every operation runs on the one maintenance thread, so operations never overlap; calls of plugins
// go on meanwhile. A load makes nothing visible before it has succeeded: commands, listeners and
// events are published together. How a version follows another is plugin_reloader.h's.
//
// Ownership: owns the loaded plugins; borrows the services. Thread: any; `done` runs on the
// maintenance thread. Lifetime: stop() before the services go. Failure: the report names the step
// that failed and what to do; what served before still serves.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "config/plugin_settings.h"
#include "loader/staging.h"
#include "plugin/maintenance.h"
#include "plugin/operation.h"
#include "plugin/plugin_instance.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/plugin_reloader.h"
#include "plugin/plugin_versions.h"
#include "plugin/restart_plan.h"
#include "plugin/services.h"

namespace parley::plugin {

class PluginManager {
 public:
  using Done = absl::AnyInvocable<void(Operation)>;

  static Result<std::unique_ptr<PluginManager>> open(Services& services, PluginPaths paths);
  ~PluginManager();

  // `from` empty: <plugins folder>/<id>.so.
  void load(std::string id, std::string from, Done done);
  void unload(std::string id, Done done);
  void reload(std::string id, std::string from, Done done);
  // To the version before; not_found when none is kept.
  void rollback(std::string id, Done done);
  // Lets a next version serve some sessions beside the one that serves; rollback ends it, promote
  // lets it take over.
  void canary(std::string id, std::string from, CanaryShare share, Done done);
  void promote(std::string id, Done done);
  // Puts it in quarantine, or lets it out.
  void quarantine(std::string id, bool release, Done done);
  // `changes_json`: {"key.path": value}; null takes an overlaid value back. Kept in the state
  // folder when the plugin accepts it.
  void configure(std::string id, std::string changes_json, Done done);
  // Reads plugins.d again and hands changed configurations to running plugins.
  void reread_settings(Done done);

  // Loads plugins.enabled; blocks. One that fails is logged and does not stop the others.
  void load_enabled();
  // Ends every plugin; blocks. Nothing can be loaded afterwards.
  void stop();

  // Slow work of an operator's, for example a backup, between operations on plugins.
  void run_in_background(Task task) { maintenance_.post(std::move(task)); }

  // Uploads, pins and revocations; on the maintenance thread only: run_in_background().
  PluginVersions& versions() { return versions_; }

  // For the watchdog: which plugins are inside an inline call now. They run on the workers at the
  // next start, until their file changes.
  std::string blame_for_hang();

  std::vector<PluginInfo> list() const { return records_.list(); }
  Result<PluginInfo> info(const std::string& id) const { return records_.info(id); }  // not_found
  Result<config::PluginSettings> settings(const std::string& id) const;               // not_found
  std::vector<std::shared_ptr<PluginInstance>> active() const { return records_.active(); }
  std::vector<std::shared_ptr<PluginInstance>> running() const { return records_.running(); }
  std::vector<PluginRecords::Transition> transitions() const { return records_.transitions(); }

 private:
  PluginManager(Services& services, PluginPaths paths, loader::Staging staging);
  // One that needs a plugin of `coming` is not refused: it is found, and its turn comes later.
  Operation do_load(const std::string& id, const std::string& from,
                    const std::vector<std::string>& coming = {});
  enum class Needed { kRefuse, kIgnore };
  Operation do_unload(const std::string& id, Needed needed = Needed::kRefuse);
  // plugin_order.cpp
  void load_in_order(std::vector<std::string> ids);
  void unload_all();
  Operation do_configure(const std::string& id, const std::string& changes_json);
  Operation do_reread();
  bool start_and_publish(Operation& operation, const std::shared_ptr<PluginInstance>& plugin);
  // plugin_restarts.cpp: a child process that crashed is retired at once, and started again when
  // its time has come.
  using Plugin = std::shared_ptr<PluginInstance>;
  void heard_crash(const Plugin& plugin, const std::string& how);
  void do_crashed(const Plugin& plugin, const std::string& how);
  void plan_restart(const Plugin& plugin, const std::string& how);
  void restart_due();
  void do_restart(const std::string& id);
  // Whether it waited to be started again; it does not any more.
  bool forget_restart(const std::string& id);
  std::string from_or_crashed(const std::string& id, const std::string& from) const;
  void announce(const std::string& id, std::uint32_t kind);
  void finish(const std::string& verb, const std::string& id, const Operation& operation);

  Services& services_;
  const PluginPaths paths_;
  PluginRecords records_;
  PluginLoader loader_;
  PluginVersions versions_{services_, loader_, records_};
  PluginReloader reloader_;
  struct Restart {
    RestartPlan plan;
    Plugin crashed;  // while it waits
    Clock::TimePoint due{};
  };
  std::map<std::string, Restart> restarts_;  // the maintenance thread's
  Maintenance maintenance_;                  // last: its thread uses everything above
};

}  // namespace parley::plugin
