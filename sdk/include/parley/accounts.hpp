// SPDX-License-Identifier: Apache-2.0
// Accounts: registration, login, lookup (permissions `accounts.write`, `accounts.read`).
//
//   accounts().login(request, name, password);        the host answers: welcome, or why not
//   accounts().lookup(name, [](Outcome outcome, const Account& account) { ... });
//
// Thread: plugin. Passwords are handed through, never kept. Since 1.0.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/abi.hpp"
#include "ext/accounts.h"
#include "host.hpp"
#include "responder.hpp"

namespace parley {

struct Account {
  std::string id = {};
  std::string name = {};
  UserKind kind = UserKind::kNone;
  std::vector<std::string> roles = {};
  bool online = false;
  std::int64_t created = 0;    // milliseconds since 1970; 0: a guest
  std::int64_t last_seen = 0;  // 0: unknown
};

enum class LookupBy : std::uint32_t {
  kId = PARLEY_LOOKUP_ID,
  kName = PARLEY_LOOKUP_NAME,
  kAny = PARLEY_LOOKUP_ANY,  // an id if it looks like one and exists, else a name
};

class Accounts : public detail::Service<parley_host_accounts> {
 public:
  using ThenAccount = Callback<void(Outcome, const Account&)>;

  explicit Accounts(Host host) : Service(host, PARLEY_EXT_ACCOUNTS) {}

  // These hand the request to the host, which answers it.
  void register_user(Responder& request, std::string_view name, std::string_view password) {
    request.hand_on([&](parley_id id) {
      return call(&parley_host_accounts::register_user, id, detail::to_abi(name),
                  detail::to_abi(password));
    });
  }
  // `invitation` is the code where the server asks for one, else empty.
  void register_user(Responder& request, std::string_view name, std::string_view password,
                     std::string_view invitation) {
    request.hand_on([&](parley_id id) {
      return call(&parley_host_accounts::register_invited, id, detail::to_abi(name),
                  detail::to_abi(password), detail::to_abi(invitation));
    });
  }
  void login(Responder& request, std::string_view name, std::string_view password) {
    request.hand_on([&](parley_id id) {
      return call(&parley_host_accounts::login, id, detail::to_abi(name), detail::to_abi(password));
    });
  }
  void logout(Responder& request) {
    request.hand_on([&](parley_id id) { return call(&parley_host_accounts::logout, id); });
  }
  // Every session and token of the user ends.
  void logout_everywhere(Responder& request) {
    request.hand_on(
        [&](parley_id id) { return call(&parley_host_accounts::logout_everywhere, id); });
  }
  void change_password(Responder& request, std::string_view old_password,
                       std::string_view new_password) {
    request.hand_on([&](parley_id id) {
      return call(&parley_host_accounts::change_password, id, detail::to_abi(old_password),
                  detail::to_abi(new_password));
    });
  }

  // kNotFound when there is nobody of that name or id.
  void lookup(std::string_view value, ThenAccount then, LookupBy by = LookupBy::kAny) {
    accounts_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_accounts::lookup, token, static_cast<std::uint32_t>(by),
                  detail::to_abi(value));
    });
  }

 private:
  friend struct detail::Trampolines;

  static Account to_account(const parley_account* abi) {
    Account account;
    if (abi == nullptr) return account;
    const User user(abi->user);
    account.id = user.id();
    account.name = user.name();
    account.kind = user.kind();
    for (const auto role : user.roles()) account.roles.emplace_back(role);
    account.online = abi->online != 0;
    account.created = abi->created;
    account.last_seen = abi->last_seen;
    return account;
  }

  detail::Pending<const Account&> accounts_;
};

}  // namespace parley
