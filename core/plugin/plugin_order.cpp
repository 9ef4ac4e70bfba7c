// SPDX-License-Identifier: Apache-2.0
// PluginManager at its start and end: plugins that need others come after them and go before them.
#include <utility>

#include "plugin/plugin_manager.h"
#include "plugin/requirements.h"

namespace parley::plugin {

void PluginManager::load_in_order(std::vector<std::string> ids) {
  for (const auto& id : ids) records_.expect(id);
  while (!ids.empty()) {
    std::vector<std::string> waiting;
    for (const auto& id : ids) {
      Operation loaded;
      lanes_.run_blocking(id, [&] { loaded = do_load(id, {}, ids); });
      if (!loaded.missing.empty() && records_.state(id) == PluginState::kFound)
        waiting.push_back(id);
    }
    if (waiting.size() == ids.size()) break;
    ids = std::move(waiting);
  }
  // Each of these waits for another of them: let each say what it needs.
  for (const auto& id : ids) lanes_.run_blocking(id, [&] { (void)do_load(id, {}); });
}

void PluginManager::unload_all() {
  const auto side_by_side = [this](const std::vector<std::string>& ids, Needed needed) {
    for (const auto& id : ids) lanes_.post(id, [this, id, needed] { (void)do_unload(id, needed); });
    lanes_.wait_idle();
  };
  for (bool some = true; some;) {
    const auto serving = active();
    std::vector<std::string> free, needed;
    for (const auto& plugin : serving)
      (may_go(plugin->id(), serving) ? free : needed).push_back(plugin->id());
    some = !free.empty();
    // What is left in the end needs each other in a circle.
    side_by_side(some ? free : needed, some ? Needed::kRefuse : Needed::kIgnore);
  }
}

}  // namespace parley::plugin
