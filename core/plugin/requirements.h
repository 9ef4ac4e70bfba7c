// SPDX-License-Identifier: Apache-2.0
// Whether plugins that need each other fit together: what serves against what is to come or to go.
//
// Thread: any; what follows from an answer is done in PluginRecords::in_one_step(). Failure:
// sentences that name both sides, the range, and what to do first.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "loader/manifest.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {

using Serving = std::vector<std::shared_ptr<PluginInstance>>;

// Everything that `next` needs serves, in a version that it takes; and everything that needs `next`
// takes its version.
Status fits(const loader::Manifest& next, const Serving& serving);

// Nobody needs `id`.
Status may_go(const std::string& id, const Serving& serving);

// The plugins that `next` needs and that do not serve.
std::vector<std::string> absent(const loader::Manifest& next, const Serving& serving);

// The plugins that serve and need `id`.
std::vector<std::string> dependents(const std::string& id, const Serving& serving);

}  // namespace parley::plugin
