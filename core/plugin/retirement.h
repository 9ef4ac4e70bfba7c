// SPDX-License-Identifier: Apache-2.0
// How a version ends: one that served, and one that never came to it.
//
// Thread: the plugin's lane. Failure: a version that did not end in order is logged; the
// operation has the sentence as its last step.
#pragma once

#include <memory>

#include "plugin/operation.h"
#include "plugin/plugin_instance.h"
#include "plugin/services.h"

namespace parley::plugin {

// Whether a version that ends may first give the answers it owes, within limits.drain.
enum class Answers { kAwaited, kCutShort };

// False: something of it stays (its image, a thread); the operation's status says what. `to_pending`
// is the answer to what may be sent again.
bool retire(Services& services, Operation& operation, const std::shared_ptr<PluginInstance>& plugin,
            const Status& to_pending, Answers answers = Answers::kAwaited);
Status unloaded_before_it_answered(const PluginInstance& plugin);

// After a failure; the operation's status stays as it is.
void discard(Services& services, Operation& operation,
             const std::shared_ptr<PluginInstance>& plugin);

}  // namespace parley::plugin
