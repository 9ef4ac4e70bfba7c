// SPDX-License-Identifier: Apache-2.0
#include "plugin/retirement.h"

#include "base/log.h"
#include "plugin/plugin_metrics.h"

namespace parley::plugin {
namespace {

bool end(Operation& operation, PluginInstance& plugin, const char* step, const Status& pending,
         Answers answers) {
  const auto drain = plugin.settings().limits.drain;
  const auto for_answers = answers == Answers::kAwaited ? drain : Millis(0);
  const bool ended = operation.step(step, [&] { return plugin.stop(drain, for_answers, pending); });
  if (!ended)
    log::Event(log::Level::kWarn, "plugin")
        .plugin(plugin.id())
        .write("{}", operation.status.message());
  return ended;
}

}  // namespace

Status unloaded_before_it_answered(const PluginInstance& plugin) {
  return Status(
      ErrorCode::kPluginUnavailable,
      "The plugin " + plugin.id() + " was unloaded before it answered. Try again in a moment.");
}

bool retire(Services& services, Operation& operation, const std::shared_ptr<PluginInstance>& plugin,
            const Status& to_pending, Answers answers) {
  const bool ended = end(operation, *plugin, "retire", to_pending, answers);
  services.metrics.drop(plugin->id(), plugin->generation());
  return ended;
}

void discard(Services& services, Operation& operation,
             const std::shared_ptr<PluginInstance>& plugin) {
  const auto status = operation.status;
  end(operation, *plugin, "discard", unloaded_before_it_answered(*plugin), Answers::kAwaited);
  plugin->effects().drop();
  services.metrics.take_back(plugin->id(), plugin->generation());
  operation.status = status;
}

}  // namespace parley::plugin
