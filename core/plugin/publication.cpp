// SPDX-License-Identifier: Apache-2.0
#include "plugin/publication.h"

#include "command/command_table.h"
#include "plugin/event_bus.h"
#include "plugin/message_pipeline.h"

namespace parley::plugin {

Status publish(Services& services, const std::shared_ptr<PluginInstance>& plugin) {
  const auto& made = plugin->registrations();
  if (auto change = services.commands.publish(plugin->id(), made.commands, plugin); !change)
    return change.status();
  services.messages.replace(plugin->id(), made.listeners);
  services.events.subscribe(plugin->id(), plugin, made.events);
  return Status::ok();
}

void withdraw(Services& services, const std::string& id) {
  services.commands.withdraw(id);
  services.messages.remove(id);
  services.events.remove(id);
}

}  // namespace parley::plugin
