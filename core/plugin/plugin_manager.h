// SPDX-License-Identifier: Apache-2.0
// Loads, unloads and reloads plugins while the server runs.
//
// Operations on one plugin follow each other, those on different plugins go on side by side
// (operation_lanes.h), so one that hangs holds up nobody else's; calls of plugins go on meanwhile. A
// load makes nothing visible before it has succeeded: commands, listeners and events are published
// together. How a version follows another is plugin_reloader.h's.
//
// Ownership: owns the loaded plugins; borrows the services. Thread: any; `done` runs on the plugin's
// lane. Lifetime: stop() before the services go. Failure: the report names the step that failed and
// what to do; what served before still serves.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "config/plugin_settings.h"
#include "loader/staging.h"
#include "plugin/operation.h"
#include "plugin/operation_lanes.h"
#include "plugin/plugin_instance.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/plugin_reloader.h"
#include "plugin/plugin_versions.h"
#include "plugin/restart_plan.h"
#include "plugin/services.h"
#include "plugin/sweeper.h"

namespace parley::plugin {

class PluginManager {
 public:
  // Who is told of an operation when it has ended and, where somebody listens, of each step before.
  class Done {
   public:
    template <std::invocable<Operation> F>
    Done(F whole, StepHeard heard = {})  // NOLINT(google-explicit-constructor): lambdas are given
        : whole_(std::move(whole)), heard_(std::move(heard)) {}
    void operator()(Operation operation) { whole_(std::move(operation)); }
    const StepHeard& heard() const { return heard_; }

   private:
    absl::AnyInvocable<void(Operation)> whole_;
    StepHeard heard_;
  };

  static Result<std::unique_ptr<PluginManager>> open(Services& services, PluginPaths paths);
  ~PluginManager();

  // `from` empty: <plugins folder>/<id>.so.
  void load(std::string id, std::string from, Done done);
  // One that failed to load is taken off the list.
  void unload(std::string id, Done done);
  void reload(std::string id, std::string from, Done done);
  // To the version before; not_found when none is kept.
  void rollback(std::string id, Done done);
  // Lets a next version serve some sessions beside the one that serves; rollback ends it, promote
  // lets it take over.
  void canary(std::string id, std::string from, CanaryShare share, Done done);
  void promote(std::string id, Done done);
  // It is called no more for limits.quarantine.
  void quarantine(std::string id, Done done);
  // Out of quarantine, whatever put it there: faults, an operator, crashes (its process is started
  // now), or a file that ended the server (it may be loaded again).
  void release(std::string id, Done done);
  // `changes_json`: {"key.path": value}; null takes an overlaid value back. Kept in the state
  // folder when the plugin accepts it.
  void configure(std::string id, std::string changes_json, Done done);
  // Reads plugins.d again and hands changed configurations to running plugins; `done` runs on the
  // lane of the one that took longest.
  void reread_settings(Done done);

  // Loads plugins.enabled; blocks. One that fails is logged and does not stop the others.
  void load_enabled();
  // Ends every plugin, those that do not need each other side by side; blocks. Operations that have
  // not begun are refused, and nothing can be loaded afterwards.
  void stop();

  // Slow work of an operator's, for example a backup, after what has the same lane: a plugin's id,
  // or a name that begins with '#' for what concerns no plugin.
  void run_in_background(std::string lane, Task task) {
    lanes_.post(std::move(lane), std::move(task));
  }

  // Uploads, pins and revocations; by run_in_background() on the plugin's lane, or on one for all
  // revocations.
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
  using Work = absl::AnyInvocable<Operation()>;
  void operate(const std::string& id, Done done, Work work);
  void sweep();
  // One that needs a plugin of `coming` is not refused: it is found, and its turn comes later.
  Operation do_load(const std::string& id, const std::string& from,
                    const std::vector<std::string>& coming = {});
  enum class Needed { kRefuse, kIgnore };
  Operation do_unload(const std::string& id, Needed needed = Needed::kRefuse);
  // plugin_order.cpp
  void load_in_order(std::vector<std::string> ids);
  void unload_all();
  Operation do_configure(const std::string& id, const std::string& changes_json);
  struct Reread;
  Operation do_reread(const std::string& id);
  Operation do_quarantine(const std::string& id);
  Operation do_release(const std::string& id);
  bool waits_to_restart(const std::string& id);
  Operation do_reload(const std::string& id, const std::string& from);
  bool begin_to_go(Operation& operation, const std::shared_ptr<PluginInstance>& plugin,
                   Needed needed);
  // It serves then. `fitting`: only together with what it needs.
  bool start_and_publish(Operation& operation, const std::shared_ptr<PluginInstance>& plugin,
                         bool fitting);
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
  std::string from_or_crashed(const std::string& id, const std::string& from);
  void announce(const std::string& id, std::uint32_t kind);

  Services& services_;
  const PluginPaths paths_;
  std::atomic<bool> stopping_{false};
  PluginRecords records_;
  OperationLanes lanes_;
  PluginLoader loader_;
  PluginVersions versions_{services_, loader_, records_};
  PluginReloader reloader_;
  struct Restart {
    RestartPlan plan;
    Plugin crashed;  // while it waits
    Clock::TimePoint due{};
  };
  std::mutex restarts_mutex_;
  std::map<std::string, Restart> restarts_;
  Sweeper sweeper_;  // last: its thread uses everything above
};

}  // namespace parley::plugin
