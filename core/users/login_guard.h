// SPDX-License-Identifier: Apache-2.0
// Who may try a password now.
//
// Two rules. Hard: `tries` failures per (account, address) within `window`, then none until the
// oldest is out of the window; an IPv6 address counts as its /64. Soft: failures against one
// account from anywhere only *delay* the next answer, so that nobody can lock another out. Nothing
// is learned about whether the account exists. Ownership: memory is bounded by `max_entries`; the
// longest untouched is forgotten first. Thread: any.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"

namespace parley::users {

struct LoginGuardOptions {
  int tries = 5;
  Millis window{15 * 60'000};
  Millis max_delay{4'000};           // of one answer, however many failures there were
  std::size_t max_entries = 65'536;  // of each rule
};

LoginGuardOptions login_guard_options(const config::Auth& auth);

class LoginGuard {
 public:
  LoginGuard(LoginGuardOptions options, const Clock& clock);
  ~LoginGuard();

  // After a reload; failures that are counted already are judged by the new numbers.
  void configure(LoginGuardOptions options);
  // rate_limited when the pair has used its tries; retry_after() says how long. Counts the try at
  // once, so that parallel ones cannot pass together; succeeded() takes it back.
  Status begin(std::string_view account, std::string_view address);
  void succeeded(std::string_view account, std::string_view address);
  // Takes back one try that came to nothing, because the server was too busy to check it.
  void cancelled(std::string_view account, std::string_view address);
  // How long the answer to a failed try on this account should be held back.
  Millis delay(std::string_view account) const;
  Millis retry_after(std::string_view account, std::string_view address) const;

  std::size_t entries() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// "2001:db8::1:2" -> "2001:db8::/64"; IPv4 and IPv4-mapped addresses as IPv4; other text unchanged.
std::string address_group(std::string_view address);

}  // namespace parley::users
