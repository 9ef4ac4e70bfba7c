// SPDX-License-Identifier: Apache-2.0
// PluginManager and configurations that change while plugins serve.
#include <algorithm>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.h"
#include "plugin/plugin_manager.h"

namespace parley::plugin {

// Each plugin's part on its own lane; the last to end gathers them.
struct PluginManager::Reread {
  explicit Reread(Done then) : done(std::move(then)) {}

  std::mutex mutex;
  std::map<std::string, Operation> parts;
  std::size_t left = 0;
  Done done;

  Operation all() {
    Operation whole;
    for (auto& [id, part] : parts) {
      std::ranges::move(part.steps, std::back_inserter(whole.steps));
      std::ranges::move(part.problems, std::back_inserter(whole.problems));
      if (!part.status) whole.status = part.status;
    }
    if (!whole.problems.empty()) whole.status = Status::invalid_args(in_one_line(whole.problems));
    return whole;
  }
};

void PluginManager::reread_settings(Done done) {
  // One that is being loaded may have read the settings before they were changed.
  auto lanes = lanes_.busy();
  std::erase_if(lanes, [](const auto& lane) { return !loader::is_plugin_id(lane); });
  std::set<std::string> ids(lanes.begin(), lanes.end());
  for (const auto& plugin : running()) ids.insert(plugin->id());
  const auto gathered = std::make_shared<Reread>(std::move(done));
  gathered->left = ids.size() + 1;
  const auto part = [this, gathered](const std::string& id) {
    auto operation = stopping_ ? Operation() : do_reread(id);
    std::unique_lock lock(gathered->mutex);
    gathered->parts[id] = std::move(operation);
    if (--gathered->left > 0) return;
    lock.unlock();
    gathered->done(gathered->all());
  };
  for (const auto& id : ids) lanes_.post(id, [part, id] { part(id); });
  lanes_.post("#settings", [part] { part(""); });
}

Operation PluginManager::do_configure(const std::string& id, const std::string& changes_json) {
  Operation operation;
  const auto plugin = records_.active(id);
  if (plugin == nullptr) {
    operation.status = PluginRecords::not_loaded(id);
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
  report(id, "config", operation);
  return operation;
}

Operation PluginManager::do_reread(const std::string& id) {
  Operation operation;
  for (const auto& plugin : {records_.active(id), reloader_.on_trial(id)}) {
    if (plugin == nullptr) continue;
    auto loaded = loader_.read_settings(id);
    if (loaded.ok())
      loaded =
          config::check_plugin_config(std::move(loaded.settings), plugin->manifest().config_schema);
    std::ranges::move(loaded.problems, std::back_inserter(operation.problems));
    if (!loaded.ok() || loaded.settings.config_json == plugin->settings().config_json) continue;
    if (operation.step(id, [&] { return plugin->configure(loaded.settings); })) continue;
    log::Event(log::Level::kWarn, "plugin").plugin(id).write("{}", operation.status.message());
    return operation;
  }
  return operation;
}

}  // namespace parley::plugin
