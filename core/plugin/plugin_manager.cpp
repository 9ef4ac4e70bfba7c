// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_manager.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "plugin/crash_reports.h"
#include "plugin/event_bus.h"
#include "plugin/hang_marks.h"
#include "plugin/plugin_metrics.h"
#include "plugin/requirements.h"
#include "plugin/retirement.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

constexpr Millis kTick{250};

Status not_loaded(const std::string& id) {
  return Status::not_found("plugin " + id +
                           " is not loaded; `parleyctl plugin list` shows what is");
}

bool all_of_them_come(const std::vector<std::string>& missing,
                      const std::vector<std::string>& coming) {
  return !missing.empty() && std::all_of(missing.begin(), missing.end(), [&](const auto& id) {
    return std::find(coming.begin(), coming.end(), id) != coming.end();
  });
}

}  // namespace

Result<std::unique_ptr<PluginManager>> PluginManager::open(Services& services, PluginPaths paths) {
  auto staging = loader::Staging::open(paths.staging);
  if (!staging) return staging.status();
  return std::unique_ptr<PluginManager>(
      new PluginManager(services, std::move(paths), std::move(staging).value()));
}

PluginManager::PluginManager(Services& services, PluginPaths paths, loader::Staging staging)
    : services_(services),
      paths_(std::move(paths)),
      loader_(services, paths_, std::move(staging), records_,
              [this](const auto& plugin, const std::string& how) { heard_crash(plugin, how); }),
      reloader_(services, records_, loader_, maintenance_),
      maintenance_(kTick, [this] {
        services_.workers.sweep();
        reloader_.tick();
        restart_due();
      }) {}

PluginManager::~PluginManager() {
  stop();
  loader_.end_children();  // nobody tells this object of a crash any more
}

void PluginManager::load(std::string id, std::string from, Done done) {
  maintenance_.post([this, id = std::move(id), from = std::move(from),
                     done = std::move(done)]() mutable { done(do_load(id, from)); });
}

void PluginManager::unload(std::string id, Done done) {
  maintenance_.post(
      [this, id = std::move(id), done = std::move(done)]() mutable { done(do_unload(id)); });
}

void PluginManager::reload(std::string id, std::string from, Done done) {
  maintenance_.post(
      [this, id = std::move(id), from = std::move(from), done = std::move(done)]() mutable {
        done(records_.active(id) == nullptr ? do_load(id, from_or_crashed(id, from))
                                            : reloader_.reload(id, from));
      });
}

void PluginManager::rollback(std::string id, Done done) {
  maintenance_.post([this, id = std::move(id), done = std::move(done)]() mutable {
    done(reloader_.rollback(id));
  });
}

void PluginManager::canary(std::string id, std::string from, CanaryShare share, Done done) {
  maintenance_.post(
      [this, id = std::move(id), from = std::move(from), share = std::move(share),
       done = std::move(done)]() mutable { done(reloader_.canary(id, from, share)); });
}

void PluginManager::promote(std::string id, Done done) {
  maintenance_.post([this, id = std::move(id), done = std::move(done)]() mutable {
    done(reloader_.promote(id));
  });
}

void PluginManager::quarantine(std::string id, bool release, Done done) {
  maintenance_.post([this, id = std::move(id), release, done = std::move(done)]() mutable {
    Operation operation;
    const auto plugin = records_.active(id);
    const bool forgiven = release && CrashReports(paths_.state).forgive(id);
    if (plugin == nullptr) {
      if (!forgiven) operation.status = not_loaded(id);
    } else if (release) {
      plugin->faults().release();
    } else {
      plugin->faults().quarantine("an operator put it there");
    }
    done(std::move(operation));
  });
}

void PluginManager::configure(std::string id, std::string changes_json, Done done) {
  maintenance_.post([this, id = std::move(id), changes = std::move(changes_json),
                     done = std::move(done)]() mutable { done(do_configure(id, changes)); });
}

void PluginManager::reread_settings(Done done) {
  maintenance_.post([this, done = std::move(done)]() mutable { done(do_reread()); });
}

void PluginManager::load_enabled() {
  const CrashReports crashes(paths_.state);
  for (const auto& crash : crashes.take_new())
    log::Event(log::Level::kError, "plugin").plugin(crash.plugin).write("{}", crash.sentence());
  crashes.watch();
  maintenance_.run_blocking([this] { load_in_order(services_.config()->plugins.enabled); });
}

void PluginManager::stop() {
  maintenance_.post([this] {
    unload_all();
    restarts_.clear();
    reloader_.forget_all();
  });
  maintenance_.stop();
}

bool PluginManager::start_and_publish(Operation& operation,
                                      const std::shared_ptr<PluginInstance>& plugin) {
  const bool published =
      operation.step("start", [&] { return plugin->start(); }) && operation.step("publish", [&] {
        const auto& made = plugin->registrations();
        auto change = services_.commands.publish(plugin->id(), made.commands, plugin);
        if (!change) return change.status();
        services_.messages.replace(plugin->id(), made.listeners);
        services_.events.subscribe(plugin->id(), plugin, made.events);
        plugin->go_live();
        return Status::ok();
      });
  if (!published) discard(services_, operation, plugin);
  return published;
}

Operation PluginManager::do_load(const std::string& id, const std::string& from,
                                 const std::vector<std::string>& coming) {
  Operation operation;
  if (records_.active(id) != nullptr) {
    operation.status = Status::conflict(
        "plugin " + id + " is loaded already; to bring a new version in: parleyctl plugin reload " +
        id);
    return operation;
  }
  const bool crashed = forget_restart(id);
  if (loader::is_plugin_id(id)) records_.transition(id, PluginState::kLoading);
  const auto plugin = loader_.prepare(operation, id, from);
  if (plugin != nullptr && start_and_publish(operation, plugin)) {
    records_.transition(id, PluginState::kActive, {}, plugin);
    announce(id, PARLEY_EVENT_PLUGIN_LOADED);
  } else if (all_of_them_come(operation.missing, coming)) {
    records_.transition(id, PluginState::kFound, "waits for " + operation.missing.front());
    return operation;
  } else if (loader::is_plugin_id(id)) {
    if (crashed) services_.commands.withdraw(id);
    records_.transition(id, PluginState::kFailed, operation.status.message());
  }
  finish("load", id, operation);
  return operation;
}

Operation PluginManager::do_unload(const std::string& id, Needed needed) {
  Operation operation;
  const auto plugin = records_.active(id);
  if (plugin == nullptr && forget_restart(id)) {
    reloader_.forget(id);
    records_.remember(id, "");
    services_.commands.withdraw(id);
    records_.transition(id, PluginState::kUnloaded);
    finish("unload", id, operation);
    return operation;
  }
  if (plugin == nullptr) {
    operation.status = not_loaded(id);
    return operation;
  }
  operation.status = needed == Needed::kRefuse ? may_go(id, active()) : Status::ok();
  if (!operation.status) return operation;
  reloader_.forget(id);
  records_.remember(id, "");
  records_.transition(id, PluginState::kDraining, {}, plugin);
  operation.step("withdraw", [&] {
    services_.commands.withdraw(id);
    services_.messages.remove(id);
    services_.events.remove(id);
    return Status::ok();
  });
  if (retire(services_, operation, plugin, unloaded_before_it_answered(*plugin))) {
    records_.transition(id, PluginState::kUnloaded);
  } else {
    // Unloaded as far as anyone can tell; in this process its memory stays.
    const bool in_child = plugin->whereabouts().pid != 0;
    records_.transition(id, in_child ? PluginState::kUnloaded : PluginState::kRetiredButMapped,
                        operation.status.message());
    operation.status = Status::ok();
  }
  announce(id, PARLEY_EVENT_PLUGIN_UNLOADED);
  finish("unload", id, operation);
  return operation;
}

Operation PluginManager::do_configure(const std::string& id, const std::string& changes_json) {
  Operation operation;
  const auto plugin = records_.active(id);
  if (plugin == nullptr) {
    operation.status = not_loaded(id);
    return operation;
  }
  auto changed = config::with_changes(plugin->settings(), changes_json);
  if (!changed) {
    operation.status = changed.status();
    return operation;
  }
  auto checked =
      config::check_plugin_config(std::move(changed).value(), plugin->manifest().config_schema);
  operation.problems = checked.problems;
  const bool accepted = operation.step("check", [&] {
    return checked.ok() ? Status::ok() : Status::invalid_args(in_one_line(checked.problems));
  }) && operation.step("apply", [&] { return plugin->configure(checked.settings); });
  if (!accepted && operation.problems.empty())
    operation.problems = {config::refused_change(checked.settings, operation.status.message())};
  if (const auto next = reloader_.on_trial(id); accepted && next != nullptr)
    (void)operation.step("apply to the canary", [&] { return next->configure(checked.settings); });
  if (accepted) operation.step("save", [&] { return config::save_overlay(checked.settings); });
  finish("config", id, operation);
  return operation;
}

Operation PluginManager::do_reread() {
  Operation all;
  Status refused = Status::ok();  // the next plugin's success does not hide it
  for (const auto& plugin : running()) {
    auto loaded = loader_.read_settings(plugin->id());
    if (loaded.ok())
      loaded =
          config::check_plugin_config(std::move(loaded.settings), plugin->manifest().config_schema);
    all.problems.insert(all.problems.end(), loaded.problems.begin(), loaded.problems.end());
    if (!loaded.ok() || loaded.settings.config_json == plugin->settings().config_json) continue;
    if (all.step(plugin->id(), [&] { return plugin->configure(loaded.settings); })) continue;
    log::Event(log::Level::kWarn, "plugin").plugin(plugin->id()).write("{}", all.status.message());
    refused = all.status;
  }
  all.status = refused;
  if (!all.problems.empty()) all.status = Status::invalid_args(in_one_line(all.problems));
  return all;
}

void PluginManager::announce(const std::string& id, std::uint32_t kind) {
  services_.events.emit({.kind = kind, .ts = services_.clock.wall_ms(), .plugin = id});
}

void PluginManager::finish(const std::string& verb, const std::string& id,
                           const Operation& operation) {
  double total = 0;
  for (const auto& step : operation.steps) total += step.ms;
  if (operation.status) {
    log::Event(log::Level::kInfo, "plugin").plugin(id).write("{} done in {:.1f} ms", verb, total);
  } else {
    log::Event(log::Level::kError, "plugin")
        .plugin(id)
        .write("{} refused: {}", verb, operation.status.message());
  }
}

std::string PluginManager::blame_for_hang() {
  std::string blamed;
  for (const auto& plugin : running()) {
    const auto command = plugin->running_command();
    if (command.empty() || !plugin->runs_inline()) continue;
    blamed += (blamed.empty() ? "" : ", ") + plugin->id() + " in " + command;
    HangMarks(paths_.state).put(plugin->id(), plugin->sha256());
  }
  return blamed.empty() ? "no plugin was running there" : "plugin " + blamed + " did not return";
}

Result<config::PluginSettings> PluginManager::settings(const std::string& id) const {
  const auto plugin = records_.active(id);
  if (plugin == nullptr) return not_loaded(id);
  return plugin->settings();
}

}  // namespace parley::plugin
