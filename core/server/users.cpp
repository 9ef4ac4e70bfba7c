// SPDX-License-Identifier: Apache-2.0
#include "server/users.h"

#include <iostream>
#include <utility>

#include <unistd.h>

#include "server/folders.h"

namespace parley::server {
namespace {

Result<std::unique_ptr<users::TokenService>> open_tokens(const State& state, const Clock& clock,
                                                         const config::Auth& auth,
                                                         users::TokenKeys& keys) {
  auto ring = keys.load();
  if (!ring) return ring.status();
  auto revocations =
      state.store->read_blocking([](storage::Reader& reader) { return reader.revocations(); });
  if (!revocations) return revocations.status();
  return std::make_unique<users::TokenService>(*state.store, clock, std::move(ring).value(), auth,
                                               std::move(revocations).value());
}

}  // namespace

Result<std::unique_ptr<Users>> Users::open(const State& state, const Clock& clock,
                                           const config::Config& config) {
  auto made = std::make_unique<Users>();
  made->hasher = std::make_unique<users::PasswordHasher>(users::password_options(config.auth));
  made->guard = std::make_unique<users::LoginGuard>(users::login_guard_options(config.auth), clock);
  made->accounts = std::make_unique<users::Accounts>(*state.store, *made->hasher, *made->guard,
                                                     clock, users::accounts_options(config));
  auto blocks = users::Blocks::open(*state.store, static_cast<std::size_t>(config.limits.blocks));
  if (!blocks) return blocks.status();
  made->blocks = std::move(blocks).value();
  made->token_keys = std::make_unique<users::TokenKeys>(config.auth, state.folder);
  auto tokens = open_tokens(state, clock, config.auth, *made->token_keys);
  if (!tokens) return tokens.status();
  made->tokens = std::move(tokens).value();
  made->token_keys->serve(*made->tokens);
  made->tickets =
      std::make_unique<users::Tickets>(users::TicketOptions{.lifetime = config.auth.ticket}, clock);
  made->first_admin = std::make_unique<users::FirstAdmin>(*state.store, *made->accounts, clock);
  return made;
}

void Users::announce_first_admin(const std::filesystem::path& state_folder) {
  const auto file = state_folder / "first-admin-code";
  std::error_code error;
  std::filesystem::remove(file, error);
  const auto code = first_admin->create_code();
  if (!code || code->empty()) return;
  const std::string how =
      typed(program_folder(), "parleyctl", std::filesystem::current_path(error)) + " --state " +
      state_folder.string() + " admin redeem CODE NAME";
  if (::isatty(STDERR_FILENO) != 0) {
    std::cerr << "There is no admin yet. This code makes the first one, once, within an hour: "
              << *code << "\n  " << how << std::endl;
  } else if (write_private(file, *code + "\n")) {
    std::cerr
        << "There is no admin yet. The code that makes the first one, once, within an hour, is in "
        << file.string() << "\n  " << how << std::endl;
  }
}

}  // namespace parley::server
