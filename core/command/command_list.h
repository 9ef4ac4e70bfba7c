// SPDX-License-Identifier: Apache-2.0
// What a user may call, told to programs (`commands`) and to people (`help`).
//
// Ownership: none. Thread: any. Failure: none; what a user may not call is not there.
#pragma once

#include <string>
#include <string_view>

#include "command/command_table.h"

namespace parley::users {
struct User;
}

namespace parley::command {

// {"rev":12,"commands":[…]}, protocol.md section 6. `user` null: nobody is known yet.
std::string command_list_json(const CommandTable& table, const users::User* user,
                              std::string_view locale);

// Markdown. `name` "" for all of them; "" comes back when there is no such command for that user.
std::string help_text(const CommandTable& table, const users::User* user, std::string_view locale,
                      std::string_view name);

}  // namespace parley::command
