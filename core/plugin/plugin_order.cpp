// SPDX-License-Identifier: Apache-2.0
// PluginManager at its start and end: plugins that need others come after them and go before them.
#include <utility>

#include "plugin/plugin_manager.h"
#include "plugin/requirements.h"

namespace parley::plugin {

void PluginManager::load_in_order(std::vector<std::string> ids) {
  while (!ids.empty()) {
    std::vector<std::string> waiting;
    for (const auto& id : ids) {
      const auto loaded = do_load(id, {}, ids);
      if (!loaded.missing.empty() && records_.state(id) == PluginState::kFound)
        waiting.push_back(id);
    }
    if (waiting.size() == ids.size()) break;
    ids = std::move(waiting);
  }
  // Each of these waits for another of them: let each say what it needs.
  for (const auto& id : ids) (void)do_load(id, {});
}

void PluginManager::unload_all() {
  for (bool some = true; some;) {
    some = false;
    for (const auto& plugin : active()) {
      if (!may_go(plugin->id(), active())) continue;
      (void)do_unload(plugin->id());
      some = true;
    }
  }
  // What needs each other in a circle.
  for (const auto& plugin : active()) (void)do_unload(plugin->id(), Needed::kIgnore);
}

}  // namespace parley::plugin
