// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_manager.h"

#include <fstream>
#include <optional>
#include <utility>

#include "base/log.h"
#include "plugin/event_bus.h"
#include "plugin/plugin_metrics.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

constexpr Millis kTick{250};

Status failed(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

std::string in_one_line(const std::vector<config::Problem>& problems) {
  std::string line;
  for (const auto& problem : problems) line += (line.empty() ? "" : "; ") + problem.sentence();
  return line;
}

Status not_loaded(const std::string& id) {
  return Status::not_found("plugin " + id +
                           " is not loaded; `parleyctl plugin list` shows what is");
}

}  // namespace

std::string_view state_name(PluginState state) {
  switch (state) {
    case PluginState::kFound:
      return "found";
    case PluginState::kLoading:
      return "loading";
    case PluginState::kActive:
      return "active";
    case PluginState::kDraining:
      return "draining";
    case PluginState::kUnloaded:
      return "unloaded";
    case PluginState::kFailed:
      return "failed";
    case PluginState::kRetiredButMapped:
      return "retired-but-mapped";
  }
  return "unknown";
}

Result<std::unique_ptr<PluginManager>> PluginManager::open(Services& services, PluginPaths paths) {
  auto staging = loader::Staging::open(paths.staging);
  if (!staging) return staging.status();
  return std::unique_ptr<PluginManager>(
      new PluginManager(services, std::move(paths), std::move(staging).value()));
}

PluginManager::PluginManager(Services& services, PluginPaths paths, loader::Staging staging)
    : services_(services),
      paths_(std::move(paths)),
      staging_(std::move(staging)),
      maintenance_(kTick, [this] { services_.workers.sweep(); }) {}

PluginManager::~PluginManager() {
  stop();
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
  maintenance_.post([this, id = std::move(id), from = std::move(from),
                     done = std::move(done)]() mutable { done(do_reload(id, from)); });
}

void PluginManager::configure(std::string id, std::string changes_json, Done done) {
  maintenance_.post([this, id = std::move(id), changes = std::move(changes_json),
                     done = std::move(done)]() mutable { done(do_configure(id, changes)); });
}

void PluginManager::reread_settings(Done done) {
  maintenance_.post([this, done = std::move(done)]() mutable { done(do_reread()); });
}

void PluginManager::load_enabled() {
  for (const auto& id : services_.config()->plugins.enabled) {
    maintenance_.run_blocking([this, id] { (void)do_load(id, {}); });
  }
}

void PluginManager::stop() {
  maintenance_.post([this] {
    std::vector<std::string> ids;
    for (const auto& plugin : active()) ids.push_back(plugin->id());
    for (const auto& id : ids) (void)do_unload(id);
  });
  maintenance_.stop();
}

bool PluginManager::read_settings(Operation& operation, const std::string& id, Prepared& prepared) {
  return operation.step("settings", [&] {
    auto loaded = config::load_plugin_settings(paths_.settings, paths_.state.string(), id,
                                               services_.config()->plugins.limits);
    operation.problems = loaded.problems;
    if (!loaded.ok()) return Status::invalid_args(in_one_line(loaded.problems));
    prepared.settings = std::move(loaded.settings);
    if (!prepared.settings.enabled)
      return failed("plugin " + id + " is disabled in " + prepared.settings.file +
                    " (enabled: false)");
    if (prepared.settings.isolation == config::Isolation::kProcess) {
      return failed("plugin " + id +
                    " asks for isolation: process, which this version does not have; set "
                    "isolation: in-process");
    }
    return Status::ok();
  });
}

bool PluginManager::prepare(Operation& operation, const std::string& id, const std::string& from,
                            Prepared& prepared) {
  if (!operation.step("find", [&] {
        return loader::is_plugin_id(id)
                   ? Status::ok()
                   : Status::invalid_args("'" + id +
                                          "' is no plugin id: they match [a-z][a-z0-9-]{0,31}");
      }))
    return false;
  if (!read_settings(operation, id, prepared)) return false;

  const std::filesystem::path source =
      from.empty() ? paths_.plugins / (id + ".so") : std::filesystem::path(from);
  std::optional<loader::StagedFile> staged;
  if (!operation.step("stage", [&] {
        auto copy = staging_.stage(id, source);
        if (copy) staged.emplace(std::move(copy).value());
        return copy.status();
      }))
    return false;
  if (!operation.step("describe", [&] {
        auto manifest = loader::describe(staged->path(),
                                         {.host_program = paths_.host_program,
                                          .timeout = services_.config()->plugins.describe_timeout});
        if (!manifest)
          return Status(ErrorCode::kPluginError,
                        source.string() + ": " + manifest.status().message());
        prepared.manifest = std::move(manifest).value();
        return Status::ok();
      }))
    return false;
  if (!operation.step("check", [&] {
        if (prepared.manifest.id != id)
          return failed(source.string() + " is plugin " + prepared.manifest.id + ", not " + id);
        if (auto status =
                loader::check_permissions(prepared.manifest, prepared.settings.permissions);
            !status)
          return status;
        auto checked = config::check_plugin_config(std::move(prepared.settings),
                                                   prepared.manifest.config_schema);
        operation.problems = checked.problems;
        prepared.settings = std::move(checked.settings);
        return checked.ok() ? Status::ok() : Status::invalid_args(in_one_line(checked.problems));
      }))
    return false;
  heed_hang(prepared, staged->sha256());
  return operation.step("open", [&] {
    const auto generation = [&] {
      const std::lock_guard lock(
          mutex_);  // not during create: the watchdog and the operator look at the records meanwhile
      return ++records_[id].generations;
    }();
    LocalPlugin::Parts parts{prepared.manifest, std::move(*staged), source.string(),
                             prepared.settings, generation};
    auto plugin = LocalPlugin::create(services_, std::move(parts));
    if (plugin) prepared.plugin = std::move(plugin).value();
    return plugin.status();
  });
}

bool PluginManager::start_and_publish(Operation& operation,
                                      const std::shared_ptr<LocalPlugin>& plugin) {
  const bool started = operation.step("start", [&] { return plugin->start(); });
  const bool published = started && operation.step("publish", [&] {
    const auto& made = plugin->registrations();
    auto change = services_.commands.publish(plugin->id(), made.commands, plugin);
    if (!change) return change.status();
    services_.messages.add(made.listeners);
    services_.events.subscribe(plugin->id(), plugin, made.events);
    return Status::ok();
  });
  if (published) return true;
  const auto status = operation.status;
  retire(operation, plugin);
  operation.status = status;
  return false;
}

void PluginManager::withdraw(const std::string& id) {
  services_.messages.remove(id);
  services_.events.remove(id);
}

bool PluginManager::retire(Operation& operation, const std::shared_ptr<LocalPlugin>& plugin) {
  const bool unmapped =
      operation.step("stop", [&] { return plugin->stop(plugin->settings().limits.drain); });
  services_.metrics.drop(plugin->id(), plugin->generation());
  if (!unmapped)
    log::Event(log::Level::kWarn, "plugin")
        .plugin(plugin->id())
        .write("{}", operation.status.message());
  return unmapped;
}

Operation PluginManager::do_load(const std::string& id, const std::string& from) {
  Operation operation;
  if (active(id) != nullptr) {
    operation.status = Status::conflict(
        "plugin " + id + " is loaded already; to bring a new version in: parleyctl plugin reload " +
        id);
    return operation;
  }
  Prepared prepared;
  if (loader::is_plugin_id(id)) transition(id, PluginState::kLoading);
  if (prepare(operation, id, from, prepared) && start_and_publish(operation, prepared.plugin)) {
    transition(id, PluginState::kActive, {}, prepared.plugin);
    announce(id, PARLEY_EVENT_PLUGIN_LOADED);
  } else if (loader::is_plugin_id(id)) {
    transition(id, PluginState::kFailed, operation.status.message());
  }
  finish("load", id, operation);
  return operation;
}

Operation PluginManager::do_unload(const std::string& id) {
  Operation operation;
  const auto plugin = active(id);
  if (plugin == nullptr) {
    operation.status = not_loaded(id);
    return operation;
  }
  transition(id, PluginState::kDraining, {}, plugin);
  operation.step("withdraw", [&] {
    services_.commands.withdraw(id);
    withdraw(id);
    return Status::ok();
  });
  if (retire(operation, plugin)) {
    transition(id, PluginState::kUnloaded);
  } else {
    // Unloaded as far as anyone can tell; only its memory stays.
    transition(id, PluginState::kRetiredButMapped, operation.status.message());
    operation.status = Status::ok();
  }
  announce(id, PARLEY_EVENT_PLUGIN_UNLOADED);
  finish("unload", id, operation);
  return operation;
}

Operation PluginManager::do_reload(const std::string& id, const std::string& from) {
  Operation operation;
  const auto old = active(id);
  if (old == nullptr) return do_load(id, from);
  if (old->manifest().stateful) {
    operation.status = failed("plugin " + id +
                              " holds state and has no way to hand it over: unload and load it "
                              "instead, its state in memory is lost then");
    return operation;
  }
  Prepared prepared;
  if (!prepare(operation, id, from.empty() ? old->source() : from, prepared)) {
    finish("reload", id, operation);
    return operation;
  }
  // From here the old version's commands answer plugin_unavailable until the table is swapped; its
  // storage writes are done when the new one reads.
  withdraw(id);
  if (!retire(operation, old)) operation.status = Status::ok();
  if (start_and_publish(operation, prepared.plugin)) {
    transition(id, PluginState::kActive, {}, prepared.plugin);
  } else {
    bring_back(operation, *old);
  }
  finish("reload", id, operation);
  return operation;
}

void PluginManager::bring_back(Operation& operation, LocalPlugin& old) {
  const auto why = operation.status;
  const std::string id = old.id();
  std::shared_ptr<LocalPlugin> again;
  const bool opened = operation.step("bring back", [&] {
    auto plugin = LocalPlugin::create(services_, old.take_parts());
    if (plugin) again = std::move(plugin).value();
    return plugin.status();
  });
  if (opened && start_and_publish(operation, again)) {
    transition(id, PluginState::kActive, {}, again);
    operation.status =
        Status(why.code(), why.message() + "; version " + again->manifest().version + " serves on");
    return;
  }
  services_.commands.withdraw(id);
  transition(id, PluginState::kFailed, why.message());
  operation.status = Status(
      why.code(),
      why.message() + "; and the old version did not start again: " + operation.status.message());
}

Operation PluginManager::do_configure(const std::string& id, const std::string& changes_json) {
  Operation operation;
  const auto plugin = active(id);
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
  if (accepted) operation.step("save", [&] { return config::save_overlay(checked.settings); });
  finish("config", id, operation);
  return operation;
}

Operation PluginManager::do_reread() {
  Operation all;
  Status refused = Status::ok();  // the next plugin's success does not hide it
  for (const auto& plugin : active()) {
    auto loaded = config::load_plugin_settings(paths_.settings, paths_.state.string(), plugin->id(),
                                               services_.config()->plugins.limits);
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

void PluginManager::transition(const std::string& id, PluginState state, std::string reason,
                               std::shared_ptr<LocalPlugin> plugin) {
  transitions_.fetch_add(1, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  auto& record = records_[id];
  log::Event(state == PluginState::kFailed ? log::Level::kError : log::Level::kInfo, "plugin")
      .plugin(id)
      .write("{} -> {}{}{}", state_name(record.state), state_name(state),
             reason.empty() ? "" : ": ", reason);
  record.state = state;
  record.reason = std::move(reason);
  record.plugin = std::move(plugin);
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

std::shared_ptr<LocalPlugin> PluginManager::active(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found != records_.end() && found->second.state == PluginState::kActive
             ? found->second.plugin
             : nullptr;
}

std::vector<std::shared_ptr<LocalPlugin>> PluginManager::active() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<LocalPlugin>> all;
  for (const auto& [id, record] : records_) {
    if (record.state == PluginState::kActive) all.push_back(record.plugin);
  }
  return all;
}

PluginInfo PluginManager::info_of(const std::string& id, const Record& record) const {
  PluginInfo info{.id = id, .state = record.state, .reason = record.reason};
  if (record.plugin == nullptr) return info;
  const auto& plugin = *record.plugin;
  const auto& manifest = plugin.manifest();
  info.version = manifest.version;
  info.description = manifest.description;
  info.source = plugin.source();
  info.sha256 = plugin.sha256();
  info.abi = std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor);
  info.execution = plugin.runs_inline() ? "inline" : "worker";
  info.quarantine = plugin.quarantine_reason();
  info.generation = plugin.generation();
  info.permissions = manifest.permissions;
  info.faults = plugin.faults();
  info.queued = plugin.queued();
  for (const auto& stats : plugin.stats())
    info.commands.push_back({stats.name, stats.calls, stats.faults, stats.total_us});
  return info;
}

std::string PluginManager::blame_for_hang() {
  std::string blamed;
  for (const auto& plugin : active()) {
    const auto command = plugin->running_command();
    if (command.empty() || !plugin->runs_inline()) continue;
    blamed += (blamed.empty() ? "" : ", ") + plugin->id() + " in " + command;
    std::error_code error;
    std::filesystem::create_directories(paths_.state / "hung", error);
    std::ofstream(paths_.state / "hung" / plugin->id()) << plugin->sha256() << '\n';
  }
  return blamed.empty() ? "no plugin was running there" : "plugin " + blamed + " did not return";
}

// A plugin that hung a shard runs on the workers until another file of it comes.
void PluginManager::heed_hang(Prepared& prepared, const std::string& sha256) const {
  std::ifstream file(paths_.state / "hung" / prepared.manifest.id);
  std::string hung;
  if (!(file >> hung) || hung != sha256 ||
      prepared.settings.execution == config::Execution::kWorker)
    return;
  prepared.settings.execution = config::Execution::kWorker;
  log::Event(log::Level::kWarn, "plugin")
      .plugin(prepared.manifest.id)
      .write("this version once hung an I/O thread: it runs on the workers");
}

std::vector<PluginInfo> PluginManager::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<PluginInfo> all;
  for (const auto& [id, record] : records_) all.push_back(info_of(id, record));
  return all;
}

Result<PluginInfo> PluginManager::info(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end())
    return Status::not_found("there is no plugin " + id +
                             "; `parleyctl plugin list` shows what is");
  return info_of(id, found->second);
}

Result<config::PluginSettings> PluginManager::settings(const std::string& id) const {
  const auto plugin = active(id);
  if (plugin == nullptr) return not_loaded(id);
  return plugin->settings();
}

}  // namespace parley::plugin
