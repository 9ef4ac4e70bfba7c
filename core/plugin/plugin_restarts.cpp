// SPDX-License-Identifier: Apache-2.0
// PluginManager and the plugins whose process crashed.
#include <utility>

#include <fmt/format.h>

#include "plugin/event_bus.h"
#include "plugin/message_pipeline.h"
#include "plugin/plugin_manager.h"
#include "plugin/retirement.h"

namespace parley::plugin {
namespace {

std::string seconds(Millis time) {
  return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

std::string told(const std::string& id, const std::string& how, const RestartPlan::Next& next) {
  if (!next.rests) return how + "; it is started again in " + seconds(next.wait);
  return how + "; the " + std::to_string(next.crashes) +
         ". crash within a short time, so it rests for " + seconds(next.wait) +
         " (parleyctl plugin reload " + id + " starts it now)";
}

}  // namespace

void PluginManager::heard_crash(const Plugin& plugin, const std::string& how) {
  lanes_.post(plugin->id(), [this, plugin, how] { do_crashed(plugin, how); });
}

void PluginManager::do_crashed(const Plugin& plugin, const std::string& how) {
  const auto& id = plugin->id();
  if (reloader_.on_trial(id) == plugin) return reloader_.end_trial(id, how);
  if (records_.active(id) != plugin) return;  // unloaded or replaced in the meantime
  reloader_.end_trial(id, "the version that serves the others crashed");
  records_.note_exit(id, how);
  if (reloader_.crashed(plugin, how)) return;
  // Its commands stay in the table and say that it comes back.
  services_.messages.remove(id);
  services_.events.remove(id);
  Operation operation;
  (void)retire(services_, operation, plugin, unloaded_before_it_answered(*plugin));
  announce(id, PARLEY_EVENT_PLUGIN_UNLOADED);
  plan_restart(plugin, how);
}

void PluginManager::plan_restart(const Plugin& plugin, const std::string& how) {
  const auto& id = plugin->id();
  const auto now = services_.clock.now();
  RestartPlan::Next next;
  {
    const std::lock_guard lock(restarts_mutex_);
    auto& restart = restarts_[id];
    next = restart.plan.crashed(services_.config()->plugins.isolation,
                                plugin->settings().limits.quarantine, now);
    restart.crashed = plugin;
    restart.due = now + next.wait;
  }
  records_.transition(id, next.rests ? PluginState::kQuarantined : PluginState::kCrashed,
                      told(id, how, next), plugin);
}

bool PluginManager::forget_restart(const std::string& id) {
  const std::lock_guard lock(restarts_mutex_);
  const auto found = restarts_.find(id);
  if (found == restarts_.end()) return false;
  return std::exchange(found->second.crashed, nullptr) != nullptr;
}

bool PluginManager::waits_to_restart(const std::string& id) {
  const std::lock_guard lock(restarts_mutex_);
  const auto found = restarts_.find(id);
  return found != restarts_.end() && found->second.crashed != nullptr;
}

std::string PluginManager::from_or_crashed(const std::string& id, const std::string& from) {
  const std::lock_guard lock(restarts_mutex_);
  const auto found = restarts_.find(id);
  if (!from.empty() || found == restarts_.end() || found->second.crashed == nullptr) return from;
  return loader_.usual_source(id, found->second.crashed->source());
}

void PluginManager::restart_due() {
  const auto now = services_.clock.now();
  const std::lock_guard lock(restarts_mutex_);
  for (auto& [id, restart] : restarts_) {
    if (restart.crashed == nullptr || now < restart.due) continue;
    restart.due = Clock::TimePoint::max();  // once
    lanes_.post(id, [this, id = id] { do_restart(id); });
  }
}

void PluginManager::do_restart(const std::string& id) {
  Plugin crashed;
  {
    const std::lock_guard lock(restarts_mutex_);
    crashed = std::exchange(restarts_[id].crashed, nullptr);
  }
  if (crashed == nullptr || stopping_) return;  // unloaded, or started by hand
  records_.transition(id, PluginState::kLoading, {}, crashed);
  Operation operation;
  Plugin plugin;
  const bool opened = operation.step("open", [&] {
    auto again = loader_.again(crashed->parts());
    if (again) plugin = std::move(again).value();
    return again.status();
  });
  if (opened && start_and_publish(operation, plugin, false)) {
    records_.count_restart(id);
    announce(id, PARLEY_EVENT_PLUGIN_LOADED);
  } else {
    plan_restart(crashed, operation.status.message());
  }
  report(id, "restart", operation);
}

}  // namespace parley::plugin
