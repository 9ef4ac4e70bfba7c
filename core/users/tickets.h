// SPDX-License-Identifier: Apache-2.0
// Tickets: what a browser puts into the address of a WebSocket, where no header can go.
//
// A ticket stands for the access token it was bought with. It works once, for a short time, from the
// Origin it was bought from (none: from programs that send none), and dies with its token. Kept in
// memory as hashes: a restart ends them. Ownership: values. Thread: any. Failure: `unauthorized`,
// the same sentence whatever was wrong; a user who buys more than `per_user` loses the oldest.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "users/tokens.h"

namespace parley::users {

struct TicketOptions {
  Millis lifetime{30'000};
  std::size_t per_user = 8;
  std::size_t total = 10'000;  // the oldest of all goes first
};

class Tickets {
 public:
  Tickets(TicketOptions options, const Clock& clock);
  ~Tickets();

  // 256 bits, "t_…".
  std::string sell(const TokenClaims& claims, std::string_view origin);
  // The claims it was bought with; ask TokenService whether they still hold.
  Result<TokenClaims> redeem(std::string_view ticket, std::string_view origin);
  std::size_t size() const;
  Millis lifetime() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::users
