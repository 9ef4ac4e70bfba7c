// SPDX-License-Identifier: Apache-2.0
#include "plugin/event_bus.h"

#include <utility>
#include <vector>

#include "plugin/abi.h"
#include "plugin/plugin_instance.h"
#include "plugin/request_view.h"

namespace parley::plugin {

void EventBus::subscribe(const std::string& plugin_id, std::weak_ptr<PluginInstance> plugin,
                         std::uint64_t kinds) {
  const std::lock_guard lock(mutex_);
  if (kinds == 0) {
    subscribers_.erase(plugin_id);
  } else {
    subscribers_[plugin_id] = {std::move(plugin), kinds};
  }
}

void EventBus::remove(const std::string& plugin_id) {
  const std::lock_guard lock(mutex_);
  subscribers_.erase(plugin_id);
}

void EventBus::emit(Event event) {
  std::vector<std::shared_ptr<PluginInstance>> concerned;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, subscriber] : subscribers_) {
      if ((subscriber.kinds >> event.kind & 1) == 0 || id == event.plugin) continue;
      if (auto plugin = subscriber.plugin.lock()) concerned.push_back(std::move(plugin));
    }
  }
  if (concerned.empty()) return;
  const auto shared = std::make_shared<const Event>(std::move(event));
  for (const auto& plugin : concerned) {
    plugin->complete([plugin, shared](void* plugin_data) {
      const auto* half = plugin->halves().events;
      if (half == nullptr || half->on_event == nullptr) return;
      const UserView user(shared->user.get());
      parley_event shown{};
      shown.size = sizeof shown;
      shown.kind = shared->kind;
      shown.ts = shared->ts;
      shown.user = shared->user != nullptr ? user.get() : nullptr;
      shown.session = borrow(shared->session);
      shown.channel = borrow(shared->channel);
      shown.plugin = borrow(shared->plugin);
      shown.previous = borrow(shared->previous);
      shown.locale = borrow(shared->locale);
      half->on_event(plugin_data, &shown);
    });
  }
}

}  // namespace parley::plugin
