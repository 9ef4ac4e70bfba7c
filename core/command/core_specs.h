// SPDX-License-Identifier: Apache-2.0
// The declarations of the server's own commands, in the order of CoreCommand.
#pragma once

#include <cstdint>
#include <vector>

#include "command/command_table.h"

namespace parley::command {

enum class CoreCommand : std::uint32_t {
  kAuth,
  kResume,
  kPing,
  kLocale,
  kMeta,
  kAck,
  kSync,
  kCommands,
  kHelp,
  kSubscribe,
  kUnsubscribe,
  kHistory,
  kPresence,
  kChannels,
  kEditMessage,
  kDeleteMessage,
  kMarkRead,
  kBlock,
  kUnblock,
  kBlocked,
  kSessions,
  kEndSession,
  kMyData,
};

std::vector<Registration> core_registrations();

}  // namespace parley::command
