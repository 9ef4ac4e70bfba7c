// SPDX-License-Identifier: Apache-2.0
// Who may try a password now.
//
// Two rules. Hard: `tries` failures per (account, address) within `window`, then none until the
// oldest is out of the window; an IPv6 address counts as its /64. Tries that are under way are no
// failures, but may become some: so no more go on at once than failures are left, and the others wait
// for their turn. Soft: failures against one account from anywhere only *delay* the next answer, so
// that nobody can lock another out. Nothing is learned about whether the account exists. Ownership:
// memory is bounded by `max_entries` and by `waiting`; the longest untouched is forgotten first.
// Thread: any; who waited goes on on the thread of who made room. Failure: rate_limited when the pair
// has used its tries, overloaded when too many wait.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"

namespace parley::users {

struct LoginGuardOptions {
  int tries = 5;
  Millis window{15 * 60'000};
  Millis max_delay{4'000};           // of one answer, however many failures there were
  std::size_t max_entries = 65'536;  // of each rule
  std::size_t waiting = 64;          // tries of one pair that wait for their turn
};

LoginGuardOptions login_guard_options(const config::Auth& auth);

class LoginGuard {
  struct Impl;

 public:
  // A try that may go on, and says once what became of it. Dropped without a word it has failed.
  class Try {
   public:
    Try() = default;
    Try(Try&& other) noexcept = default;
    Try& operator=(Try&& other) noexcept;
    ~Try() { failed(); }

    void succeeded();  // forgets the failures of the pair
    void failed();
    void
    cancelled();  // came to nothing: the server could not look, or the name was not asked about

   private:
    friend class LoginGuard;
    Try(std::shared_ptr<Impl> guard, std::string_view account, std::string_view pair);
    std::shared_ptr<Impl> guard_;  // null: it was said
    std::string account_, pair_;
  };
  using Then = absl::AnyInvocable<void(Result<Try>)>;

  LoginGuard(LoginGuardOptions options, const Clock& clock);
  ~LoginGuard();

  // After a reload; failures that are counted already are judged by the new numbers.
  void configure(LoginGuardOptions options);
  // `then` runs at once, or when it is this one's turn.
  void enter(std::string_view account, std::string_view address, Then then);
  // For secrets that nobody can guess: notes a wrong one, rate_limited when the pair has used its
  // tries. The right one is not asked about here, so nobody locks out others at their address.
  Status wrong(std::string_view account, std::string_view address);
  // How long the answer to a failed try on this account should be held back.
  Millis delay(std::string_view account) const;
  Millis retry_after(std::string_view account, std::string_view address) const;

  std::size_t entries() const;

 private:
  std::shared_ptr<Impl> impl_;  // tries that are under way hold it too
};

// "2001:db8::1:2" -> "2001:db8::/64"; IPv4 and IPv4-mapped addresses as IPv4; other text unchanged.
std::string address_group(std::string_view address);

}  // namespace parley::users
