// SPDX-License-Identifier: Apache-2.0
// Who may come in: password hashing, accounts, tokens, the first admin.
//
// Ownership: owns its parts; borrows store and clock. Lifetime: the hasher ends before the store,
// and both before whoever their completions reach.
#pragma once

#include <memory>

#include "base/clock.h"
#include "config/config.h"
#include "server/state.h"
#include "users/accounts.h"
#include "users/blocks.h"
#include "users/first_admin.h"
#include "users/tickets.h"
#include "users/token_keys.h"
#include "users/token_service.h"

namespace parley::server {

struct Users {
  static Result<std::unique_ptr<Users>> open(const State& state, const Clock& clock,
                                             const config::Config& config);

  // As long as there is no admin: a code that makes the first one, shown on a terminal or else left
  // in a private file of the state folder. It never reaches a log.
  void announce_first_admin(const std::filesystem::path& state_folder);

  std::unique_ptr<users::PasswordHasher> hasher;
  std::unique_ptr<users::LoginGuard> guard;
  std::unique_ptr<users::Accounts> accounts;
  std::unique_ptr<users::Blocks> blocks;
  std::unique_ptr<users::TokenService> tokens;
  std::unique_ptr<users::TokenKeys> token_keys;
  std::unique_ptr<users::Tickets> tickets;
  std::unique_ptr<users::FirstAdmin> first_admin;
};

}  // namespace parley::server
