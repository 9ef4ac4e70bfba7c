// SPDX-License-Identifier: Apache-2.0
// The operator's rules about commands (command/access_policy.h), kept in the database and put in
// force in the command table.
//
// Thread: any. A change is read, made and written in one job of the writer, so two of them never
// overwrite each other; it is in force, and `done` is called on the writer's thread, once it is on
// disk. Failure: what the change says, or the store; nothing changed then.
#pragma once

#include <functional>

#include "base/status.h"
#include "command/access_policy.h"

namespace parley::command {
class CommandRegistry;
}
namespace parley::storage {
class Store;
}

namespace parley::api {

using AccessChange = std::function<Status(command::AccessPolicy&)>;

// Waits for the disk: for the start. A policy that cannot be read stops the server: rather none
// than one with other rights.
Status load_access(storage::Store& store, command::CommandRegistry& commands);

void change_access(storage::Store& store, command::CommandRegistry& commands, AccessChange change,
                   std::function<void(Result<command::AccessPolicy>)> done);

}  // namespace parley::api
