// SPDX-License-Identifier: Apache-2.0
// The server's own commands: auth, resume, ping, ack, sync, commands, help, subscribe (join),
// unsubscribe (leave), history, presence (who), channels, editMessage, deleteMessage, markRead,
// block, unblock, blocked, sessions, endSession, mydata. Plugins cannot take their names.
//
// Ownership: borrows everything in CoreDeps; the registry keeps the target. Thread: publish at
// start-up, before any plugin. Lifetime: store and hashers, whose threads complete what is asked
// here, have stopped before anything in CoreDeps goes.
#pragma once

#include "base/clock.h"
#include "base/status.h"
#include "command/command_table.h"
#include "command/dispatcher.h"

namespace parley::storage {
class Store;
}
namespace parley::users {
class Accounts;
class Blocks;
class LoginGuard;
class TokenService;
}  // namespace parley::users

namespace parley::storage {
class Store;
}

namespace parley::command {

struct CoreDeps {
  Dispatcher& dispatcher;
  CommandRegistry& commands;
  session::SessionRegistry& sessions;
  session::Channels& channels;
  users::Accounts& accounts;
  users::TokenService& tokens;
  users::LoginGuard& guard;
  users::Blocks& blocks;
  session::SessionKeeper& keeper;
  storage::Store& store;
  const Clock& clock;
};

// Also has guests released whose last session has closed (Identity::on_left).
Status publish_core_commands(CoreDeps deps);

}  // namespace parley::command
