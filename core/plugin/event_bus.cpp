// SPDX-License-Identifier: Apache-2.0
#include "plugin/event_bus.h"

#include <utility>
#include <vector>

#include "plugin/abi.h"
#include "plugin/plugin_instance.h"
#include "plugin/request_view.h"

namespace parley::plugin {
namespace {

class EventVisit final : public Visit {
 public:
  explicit EventVisit(std::shared_ptr<const Event> event) : event_(std::move(event)) {}

  void call(PluginInstance& plugin, void* plugin_data) override {
    const auto* half = plugin.halves().events;
    if (half == nullptr || half->on_event == nullptr) return;
    const UserView user(event_->user.get());
    parley_event shown{};
    shown.size = sizeof shown;
    shown.kind = event_->kind;
    shown.ts = event_->ts;
    shown.user = event_->user != nullptr ? user.get() : nullptr;
    shown.session = borrow(event_->session);
    shown.channel = borrow(event_->channel);
    shown.plugin = borrow(event_->plugin);
    shown.previous = borrow(event_->previous);
    shown.locale = borrow(event_->locale);
    half->on_event(plugin_data, &shown);
  }
  std::string_view session() const override { return event_->session; }
  const users::User* user() const override { return event_->user.get(); }

 private:
  const std::shared_ptr<const Event> event_;
};

}  // namespace

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
  for (const auto& plugin : concerned) plugin->visit(std::make_unique<EventVisit>(shared));
}

}  // namespace parley::plugin
