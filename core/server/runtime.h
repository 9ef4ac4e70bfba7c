// SPDX-License-Identifier: Apache-2.0
// What serves a message: shards, sessions, channels, the command table with the server's own
// commands, the dispatcher.
//
// Ownership: owns its parts; borrows state, users and clock. Lifetime: shards are stopped and
// joined before any of it goes. Thread: nothing runs before shards->start().
#pragma once

#include <memory>

#include "base/clock.h"
#include "command/command_table.h"
#include "command/dispatcher.h"
#include "command/key_ledger.h"
#include "config/config.h"
#include "net/service.h"
#include "net/shard.h"
#include "server/state.h"
#include "server/users.h"
#include "session/channel_rights.h"
#include "session/channels.h"
#include "session/pusher.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"

namespace parley::server {

struct Runtime {
  static Result<std::unique_ptr<Runtime>> open(const State& state, const Users& users,
                                               const Clock& clock, const config::Config& config);

  std::unique_ptr<net::ShardPool> shards;
  std::unique_ptr<session::ShardSet> shard_set;
  std::shared_ptr<net::OutboxBudget> budget;
  std::unique_ptr<session::SessionRegistry> sessions;
  session::ChannelRights rights;
  std::unique_ptr<session::Channels> channels;
  std::unique_ptr<session::SessionKeeper> keeper;
  std::unique_ptr<session::Pusher> pusher;
  command::CommandRegistry commands;
  std::unique_ptr<command::KeyLedger> keys;
  std::unique_ptr<command::Dispatcher> dispatcher;
};

}  // namespace parley::server
