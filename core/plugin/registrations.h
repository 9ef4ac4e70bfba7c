// SPDX-License-Identifier: Apache-2.0
// What a plugin declared while it started. Collected first and published together: a start that is
// refused leaves no trace.
#pragma once

#include <cstdint>
#include <vector>

#include <parley/plugin_abi.h>

#include "command/command_table.h"
#include "plugin/message_pipeline.h"

namespace parley::plugin {

struct Registrations {
  std::vector<command::Registration> commands;
  std::vector<parley_token> handlers;  // by Registration::index
  std::vector<MessageListener> listeners;
  std::uint64_t events = 0;  // set of (1 << kind)
};

}  // namespace parley::plugin
