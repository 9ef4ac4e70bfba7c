// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_manager.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "plugin/crash_reports.h"
#include "plugin/event_bus.h"
#include "plugin/hang_marks.h"
#include "plugin/publication.h"
#include "plugin/requirements.h"
#include "plugin/retirement.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

constexpr Millis kTick{250};

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
      lanes_(services.config()->plugins.operations),
      loader_(services, paths_, std::move(staging), records_, lanes_,
              [this](const auto& plugin, const std::string& how) { heard_crash(plugin, how); }),
      reloader_(services, records_, loader_, lanes_),
      sweeper_(kTick, [this] { sweep(); }) {}

PluginManager::~PluginManager() {
  stop();
  loader_.end_children();  // nobody tells this object of a crash any more
}

void PluginManager::sweep() {
  services_.workers.sweep();
  for (const auto& id : reloader_.due())
    lanes_.post(id, [this, id] { reloader_.end_probation(id); });
  restart_due();
}

void PluginManager::operate(const std::string& id, Done done, Work work) {
  lanes_.post(id, [this, done = std::move(done), work = std::move(work)]() mutable {
    Operation operation;
    if (stopping_) {
      operation.status = Status(ErrorCode::kPluginUnavailable, "the server is stopping");
    } else {
      const StepListening listening(done.heard());
      operation = work();
    }
    done(std::move(operation));
  });
}

void PluginManager::load(std::string id, std::string from, Done done) {
  operate(id, std::move(done), [this, id, from = std::move(from)] { return do_load(id, from); });
}

void PluginManager::unload(std::string id, Done done) {
  operate(id, std::move(done), [this, id] { return do_unload(id); });
}

void PluginManager::reload(std::string id, std::string from, Done done) {
  operate(id, std::move(done), [this, id, from = std::move(from)] { return do_reload(id, from); });
}

void PluginManager::rollback(std::string id, Done done) {
  operate(id, std::move(done), [this, id] { return reloader_.rollback(id); });
}

void PluginManager::canary(std::string id, std::string from, CanaryShare share, Done done) {
  operate(id, std::move(done), [this, id, from = std::move(from), share = std::move(share)] {
    return reloader_.canary(id, from, share);
  });
}

void PluginManager::promote(std::string id, Done done) {
  operate(id, std::move(done), [this, id] { return reloader_.promote(id); });
}

void PluginManager::quarantine(std::string id, Done done) {
  operate(id, std::move(done), [this, id] { return do_quarantine(id); });
}

void PluginManager::release(std::string id, Done done) {
  operate(id, std::move(done), [this, id] { return do_release(id); });
}

void PluginManager::configure(std::string id, std::string changes_json, Done done) {
  operate(id, std::move(done),
          [this, id, changes = std::move(changes_json)] { return do_configure(id, changes); });
}

void PluginManager::load_enabled() {
  const CrashReports crashes(paths_.state);
  for (const auto& crash : crashes.take_new())
    log::Event(log::Level::kError, "plugin").plugin(crash.plugin).write("{}", crash.sentence());
  crashes.watch();
  load_in_order(services_.config()->plugins.enabled);
}

void PluginManager::stop() {
  sweeper_.stop();
  if (stopping_.exchange(true)) return;
  lanes_.wait_idle();
  unload_all();
  {
    const std::lock_guard lock(restarts_mutex_);
    restarts_.clear();
  }
  reloader_.forget_all();
  lanes_.stop();
}

bool PluginManager::start_and_publish(Operation& operation,
                                      const std::shared_ptr<PluginInstance>& plugin, bool fitting) {
  const bool published =
      operation.step("start", [&] { return plugin->start(); }) && operation.step("publish", [&] {
        return records_.in_one_step([&] {
          // What it needs may have gone while it started.
          auto status = fitting ? fits(plugin->manifest(), records_.active()) : Status::ok();
          if (status) status = publish(services_, plugin);
          if (!status) return status;
          records_.transition(plugin->id(), PluginState::kActive, {}, plugin);
          plugin->go_live();
          return status;
        });
      });
  if (!published) discard(services_, operation, plugin);
  return published;
}

Operation PluginManager::do_reload(const std::string& id, const std::string& from) {
  return records_.active(id) == nullptr ? do_load(id, from_or_crashed(id, from))
                                        : reloader_.reload(id, from);
}

Operation PluginManager::do_quarantine(const std::string& id) {
  Operation operation;
  if (const auto plugin = records_.active(id)) {
    plugin->faults().quarantine("an operator put it there");
  } else {
    operation.status = PluginRecords::not_loaded(id);
  }
  return operation;
}

Operation PluginManager::do_release(const std::string& id) {
  const bool forgiven = CrashReports(paths_.state).forgive(id);
  if (waits_to_restart(id)) return do_load(id, from_or_crashed(id, {}));
  Operation operation;
  const auto plugin = records_.active(id);
  if (plugin != nullptr && plugin->faults().confinement()) {
    plugin->faults().release();
  } else if (plugin != nullptr && !forgiven) {
    operation.status = Status::conflict("plugin " + id + " is not in quarantine");
  } else if (!forgiven) {
    operation.status = PluginRecords::not_loaded(id);
  }
  return operation;
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
  if (plugin != nullptr && start_and_publish(operation, plugin, true)) {
    announce(id, PARLEY_EVENT_PLUGIN_LOADED);
  } else if (all_of_them_come(operation.missing, coming)) {
    records_.transition(id, PluginState::kFound, "waits for " + operation.missing.front());
    return operation;
  } else if (loader::is_plugin_id(id)) {
    if (crashed) services_.commands.withdraw(id);
    records_.transition(id, PluginState::kFailed, operation.status.message());
  }
  report(id, "load", operation);
  return operation;
}

bool PluginManager::begin_to_go(Operation& operation, const std::shared_ptr<PluginInstance>& plugin,
                                Needed needed) {
  const auto& id = plugin->id();
  lanes_.wait_for_earlier(dependents(id, active()));
  if (needed == Needed::kRefuse) operation.status = may_go(id, active());
  if (!operation.status) return false;
  reloader_.end_trial(id, "");  // while the version beside it still serves
  return records_.in_one_step([&] {
    if (needed == Needed::kRefuse) operation.status = may_go(id, active());
    if (operation.status) records_.transition(id, PluginState::kDraining, {}, plugin);
    return operation.status.is_ok();
  });
}

Operation PluginManager::do_unload(const std::string& id, Needed needed) {
  Operation operation;
  const auto plugin = records_.active(id);
  if (plugin == nullptr && forget_restart(id)) {
    reloader_.forget(id);
    records_.remember(id, "");
    services_.commands.withdraw(id);
    records_.transition(id, PluginState::kUnloaded);
    report(id, "unload", operation);
    return operation;
  }
  if (plugin == nullptr && records_.clear_failed(id)) return operation;
  if (plugin == nullptr) {
    operation.status = PluginRecords::not_loaded(id);
    return operation;
  }
  if (!begin_to_go(operation, plugin, needed)) return operation;
  reloader_.forget(id);
  records_.remember(id, "");
  operation.step("withdraw", [&] {
    withdraw(services_, id);
    return Status::ok();
  });
  // A server that stops has waited for its commands already.
  const auto answers = stopping_ ? Answers::kCutShort : Answers::kAwaited;
  if (retire(services_, operation, plugin, unloaded_before_it_answered(*plugin), answers)) {
    records_.transition(id, PluginState::kUnloaded);
  } else {
    // Unloaded as far as anyone can tell; in this process its memory stays.
    const bool in_child = plugin->whereabouts().pid != 0;
    records_.transition(id, in_child ? PluginState::kUnloaded : PluginState::kRetiredButMapped,
                        operation.status.message());
    operation.status = Status::ok();
  }
  announce(id, PARLEY_EVENT_PLUGIN_UNLOADED);
  report(id, "unload", operation);
  return operation;
}

void PluginManager::announce(const std::string& id, std::uint32_t kind) {
  services_.events.emit({.kind = kind, .ts = services_.clock.wall_ms(), .plugin = id});
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
  if (plugin == nullptr) return PluginRecords::not_loaded(id);
  return plugin->settings();
}

}  // namespace parley::plugin
