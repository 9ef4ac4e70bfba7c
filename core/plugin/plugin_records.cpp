// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_records.h"

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace parley::plugin {

std::string_view state_name(PluginState state) {
  switch (state) {
    case PluginState::kFound:
      return "found";
    case PluginState::kLoading:
      return "loading";
    case PluginState::kActive:
      return "active";
    case PluginState::kFrozen:
      return "frozen";
    case PluginState::kProbation:
      return "probation";
    case PluginState::kDraining:
      return "draining";
    case PluginState::kUnloaded:
      return "unloaded";
    case PluginState::kFailed:
      return "failed";
    case PluginState::kRetiredButMapped:
      return "retired-but-mapped";
    case PluginState::kCrashed:
      return "crashed";
    case PluginState::kQuarantined:
      return "quarantined";
  }
  return "unknown";
}

namespace {

bool serves(PluginState state) {
  return state == PluginState::kActive || state == PluginState::kFrozen ||
         state == PluginState::kProbation;
}

std::string version_of(const std::shared_ptr<PluginInstance>& plugin) {
  if (plugin == nullptr) return {};
  return ", version " + plugin->manifest().version + ", generation " +
         std::to_string(plugin->generation());
}

std::string for_how_long(const std::string& id, const FaultLedger::Confinement& confinement) {
  return confinement.reason + "; for " +
         std::to_string(std::chrono::ceil<std::chrono::seconds>(confinement.left).count()) +
         " s yet, or until `parleyctl plugin release " + id + "`";
}

// A plugin that was asked for at the start ought to serve; one that an operator tried need not.
log::Level level_of(PluginState state, bool expected) {
  if (state == PluginState::kFailed) return expected ? log::Level::kError : log::Level::kWarn;
  const bool bad = state == PluginState::kCrashed || state == PluginState::kQuarantined;
  return bad ? log::Level::kError : log::Level::kInfo;
}

}  // namespace

void PluginRecords::transition(const std::string& id, PluginState state, std::string reason,
                               Plugin plugin) {
  const std::lock_guard lock(mutex_);
  auto& record = records_[id];
  ++record.entered[state];
  log::Event(level_of(state, record.expected), "plugin")
      .plugin(id)
      .write("{} -> {}{}{}{}", state_name(record.state), state_name(state), version_of(plugin),
             reason.empty() ? "" : ": ", reason);
  record.state = state;
  record.reason = std::move(reason);
  record.plugin = std::move(plugin);
  record.cleared = false;
}

void PluginRecords::expect(const std::string& id) {
  const std::lock_guard lock(mutex_);
  records_[id].expected = true;
}

void PluginRecords::note_source(const std::string& id, std::string file) {
  const std::lock_guard lock(mutex_);
  records_[id].source = std::move(file);
}

bool PluginRecords::clear_failed(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found == records_.end() || found->second.state != PluginState::kFailed) return false;
  return !std::exchange(found->second.cleared, true);
}

std::vector<PluginRecords::Transition> PluginRecords::transitions() const {
  const std::lock_guard lock(mutex_);
  std::vector<Transition> all;
  for (const auto& [id, record] : records_) {
    for (const auto& [state, count] : record.entered)
      all.push_back({id, std::string(state_name(state)), count});
  }
  return all;
}

void PluginRecords::remember(const std::string& id, std::string previous_version) {
  const std::lock_guard lock(mutex_);
  records_[id].previous = std::move(previous_version);
}

void PluginRecords::set_canary(const std::string& id, Plugin next, std::string share) {
  const std::lock_guard lock(mutex_);
  auto& record = records_[id];
  record.canary = std::move(next);
  record.canary_share = std::move(share);
}

Status PluginRecords::not_loaded(const std::string& id) {
  return Status::not_found("plugin " + id +
                           " is not loaded; `parleyctl plugin list` shows what is");
}

PluginState PluginRecords::state(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found != records_.end() ? found->second.state : PluginState::kFound;
}

std::uint32_t PluginRecords::next_generation(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return ++records_[id].generations;
}

void PluginRecords::count_restart(const std::string& id) {
  const std::lock_guard lock(mutex_);
  ++records_[id].restarts;
}

void PluginRecords::note_exit(const std::string& id, std::string how) {
  const std::lock_guard lock(mutex_);
  records_[id].last_exit = std::move(how);
}

PluginRecords::Plugin PluginRecords::active(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  return found != records_.end() && serves(found->second.state) ? found->second.plugin : nullptr;
}

std::vector<PluginRecords::Plugin> PluginRecords::active() const {
  const std::lock_guard lock(mutex_);
  std::vector<Plugin> all;
  for (const auto& [id, record] : records_) {
    if (serves(record.state)) all.push_back(record.plugin);
  }
  return all;
}

std::vector<PluginRecords::Plugin> PluginRecords::running() const {
  auto all = active();
  const std::lock_guard lock(mutex_);
  for (const auto& [id, record] : records_) {
    if (record.canary != nullptr) all.push_back(record.canary);
  }
  return all;
}

PluginInfo PluginRecords::info_of(const std::string& id, const Record& record) {
  PluginInfo info{.id = id, .state = record.state, .reason = record.reason};
  info.previous = record.previous;
  info.restarts = record.restarts;
  info.last_exit = record.last_exit;
  if (record.canary != nullptr) {
    info.canary = record.canary->manifest().version + " (generation " +
                  std::to_string(record.canary->generation()) + ") for " + record.canary_share;
  }
  info.source = record.source;
  if (record.plugin == nullptr) return info;
  const auto& plugin = *record.plugin;
  const auto& manifest = plugin.manifest();
  info.version = manifest.version;
  info.description = manifest.description;
  info.source = plugin.source();
  info.sha256 = plugin.sha256();
  info.abi = std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor);
  info.execution = plugin.runs_inline() ? "inline" : "worker";
  info.isolation = plugin.whereabouts().pid != 0 ? "process" : "in-process";
  info.pid = plugin.whereabouts().pid;
  info.protection = plugin.whereabouts().protection;
  if (const auto confinement = plugin.faults().confinement(); confinement && serves(record.state)) {
    info.quarantine = confinement->reason;
    info.state = PluginState::kQuarantined;
    info.reason = for_how_long(id, *confinement);
  }
  info.generation = plugin.generation();
  info.permissions = manifest.permissions;
  for (const auto& need : manifest.requirements) info.requirements.push_back(need.text());
  info.faults = plugin.faults().count();
  info.queued = plugin.queued();
  for (const auto& stats : plugin.stats())
    info.commands.push_back({stats.name, stats.calls, stats.faults, stats.total_us});
  return info;
}

// One whose file is gone is nothing that an operator could do anything about.
bool PluginRecords::is_listed(const Record& record) {
  if (record.cleared) return false;
  const bool over = record.state == PluginState::kFailed || record.state == PluginState::kUnloaded;
  if (!over || record.expected || record.source.empty()) return true;
  std::error_code error;
  return std::filesystem::exists(record.source, error) || error;
}

std::vector<PluginInfo> PluginRecords::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<PluginInfo> all;
  for (const auto& [id, record] : records_) {
    if (is_listed(record)) all.push_back(info_of(id, record));
  }
  return all;
}

Result<PluginInfo> PluginRecords::info(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(id);
  if (found != records_.end() && is_listed(found->second)) return info_of(id, found->second);
  return Status::not_found("there is no plugin " + id + "; `parleyctl plugin list` shows what is");
}

}  // namespace parley::plugin
