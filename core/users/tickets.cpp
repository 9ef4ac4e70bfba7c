// SPDX-License-Identifier: Apache-2.0
#include "users/tickets.h"

#include <algorithm>
#include <list>
#include <unordered_map>

#include "base/ids.h"
#include "base/thread_annotations.h"

namespace parley::users {
namespace {

struct Ticket {
  std::string hash;
  std::string origin;
  TokenClaims claims;
  Clock::TimePoint ends;
};
using Line = std::list<Ticket>;  // oldest first: all live equally long

}  // namespace

struct Tickets::Impl {
  Impl(TicketOptions given, const Clock& source) : options(given), clock(source) {}

  void drop(Line::iterator ticket) PARLEY_REQUIRES(mutex) {
    by_hash.erase(ticket->hash);
    line.erase(ticket);
  }
  void drop_old() PARLEY_REQUIRES(mutex) {
    while (!line.empty() && line.front().ends <= clock.now()) drop(line.begin());
  }
  void make_room(const std::string& user) PARLEY_REQUIRES(mutex) {
    const auto of_user = [&](const Ticket& ticket) { return ticket.claims.subject == user; };
    const auto held = std::count_if(line.begin(), line.end(), of_user);
    if (static_cast<std::size_t>(held) >= options.per_user)
      drop(std::find_if(line.begin(), line.end(), of_user));
    if (line.size() >= options.total) drop(line.begin());
  }

  const TicketOptions options;
  const Clock& clock;
  mutable Mutex mutex;
  Line line PARLEY_GUARDED_BY(mutex);
  std::unordered_map<std::string, Line::iterator> by_hash PARLEY_GUARDED_BY(mutex);
};

Tickets::Tickets(TicketOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(options, clock)) {}
Tickets::~Tickets() = default;

std::string Tickets::sell(const TokenClaims& claims, std::string_view origin) {
  std::string ticket = random_secret("t_");
  const MutexLock lock(impl_->mutex);
  impl_->drop_old();
  impl_->make_room(claims.subject);
  impl_->line.push_back(
      {sha256(ticket), std::string(origin), claims, impl_->clock.now() + impl_->options.lifetime});
  impl_->by_hash.emplace(impl_->line.back().hash, std::prev(impl_->line.end()));
  return ticket;
}

// A wrong origin uses it up too: whoever sends it from elsewhere has stolen it.
Result<TokenClaims> Tickets::redeem(std::string_view ticket, std::string_view origin) {
  const MutexLock lock(impl_->mutex);
  impl_->drop_old();
  const auto found = impl_->by_hash.find(sha256(ticket));
  const auto refused = Status::unauthorized(
      "This ticket is used, too old, or was not made for this origin: get a new one.");
  if (found == impl_->by_hash.end()) return refused;
  const auto held = found->second;
  const bool fits = held->origin == origin;
  TokenClaims claims = held->claims;
  impl_->drop(held);
  if (!fits) return refused;
  return claims;
}

std::size_t Tickets::size() const {
  const MutexLock lock(impl_->mutex);
  return impl_->line.size();
}

Millis Tickets::lifetime() const {
  return impl_->options.lifetime;
}

}  // namespace parley::users
