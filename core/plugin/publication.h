// SPDX-License-Identifier: Apache-2.0
// Makes a version's commands, listeners and events visible in place of those of the version before,
// each in one swap.
//
// Thread: the plugin's lane. Failure: nothing was changed; the sentence names who holds what.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "plugin/plugin_instance.h"
#include "plugin/services.h"

namespace parley::plugin {

Status publish(Services& services, const std::shared_ptr<PluginInstance>& plugin);
void withdraw(Services& services, const std::string& id);

}  // namespace parley::plugin
