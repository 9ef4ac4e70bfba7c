// SPDX-License-Identifier: Apache-2.0
// The code that makes the first admin.
//
// 128 bits, stored as a hash, good for an hour and five tries. It exists only while no account ever
// was admin; afterwards the way back is parleyctl on the admin socket. Who redeems it gets a new
// account with all roles, or the admin role for an existing account whose password they know.
// Ownership: borrows store, accounts' parts and clock. Thread: any; completions as in accounts.h.
// Failure: `forbidden` once an admin ever existed or the tries are used up, `unauthorized` for a
// wrong or old code.
#pragma once

#include <memory>
#include <string>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "storage/store.h"
#include "users/accounts.h"

namespace parley::users {

struct FirstAdminOptions {
  Millis lifetime{3'600'000};
  int tries = 5;
};

class FirstAdmin {
 public:
  FirstAdmin(storage::Store& store, Accounts& accounts, const Clock& clock,
             FirstAdminOptions options = {});
  ~FirstAdmin();

  // For start-up, blocking: a fresh code, valid from now, which replaces an older one; "" when an
  // admin ever existed. The caller shows it on the terminal or writes it into a 0600 file, and logs
  // it never.
  Result<std::string> create_code();

  // Makes the account, or promotes it when the name exists and the password is right. Works once.
  void redeem(std::string code, std::string name, std::string password, std::string address,
              Accounts::UserDone done);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::users
