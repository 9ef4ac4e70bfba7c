// SPDX-License-Identifier: Apache-2.0
#include "command/admission.h"

#include <algorithm>
#include <string>

#include "base/log.h"
#include "command/call_log.h"
#include "command/call_router.h"
#include "protocol/catalogue.h"
#include "protocol/close_codes.h"
#include "protocol/error_codes.h"
#include "protocol/frames.h"
#include "session/session.h"
#include "users/login_guard.h"

namespace parley::command {
namespace {

constexpr Millis kNoiseWindow{60'000};  // protocol.md section 3: "within a minute"

// Never less than what one connection may do, so that raising that is enough.
Rate user_rate(const config::Limits& limits) {
  if (limits.rate <= 0 || limits.user_rate <= 0) return {};
  return {std::max(limits.user_rate, limits.rate), std::max(limits.user_burst, limits.burst)};
}

void log_malformed(const Peer& peer, const Status& status) {
  const auto turn = log::rate_limited("malformed " + peer.address());
  if (turn.write)
    log::info("command", "{}: {} ({} more not shown)", peer.address(), status.message(),
              turn.skipped);
}

}  // namespace

void Admission::close(Peer& peer, std::uint16_t code, std::string_view reason) {
  peer.closing_ = true;
  peer.link_.close(code, reason);
}

void Admission::refuse(Peer& peer, const protocol::RequestId& id, const Status& status,
                       std::string_view action, Millis retry_after, std::string_view details_json) {
  auto& state = router_.here();
  state.counters.refused.bump();
  if (!action.empty())
    log_refused(peer, id, action.substr(0, 64), protocol::error_name(status.code()));
  const std::string message = protocol::in_language(
      peer.session_ ? peer.session_->locale() : peer.locale_, status.message());
  auto error = protocol::error_frame(status, action.substr(0, 64));
  error.message = message;
  error.retry_after_ms = retry_after.count();
  error.details_json = details_json;
  state.frame.clear();
  auto* session = peer.session_;
  const auto seq = session && id ? session->next_seq() : 0;
  protocol::append_error(state.frame, id, seq, error);
  if (!session)
    peer.link_.send(state.frame);
  else if (seq)
    session->send_direct(seq, state.frame);
  else
    session->send_plain(state.frame);
}

void Admission::malformed(Peer& peer, const Status& status, const protocol::RequestId& id) {
  auto& state = router_.here();
  state.counters.malformed.bump();
  log_malformed(peer, status);
  refuse(peer, id, status, {});
  const auto now = router_.clock().now();
  std::erase_if(peer.noise_, [&](auto at) { return at + kNoiseWindow <= now; });
  peer.noise_.push_back(now);
  const int limit = state.settings.limits.noise;
  if (limit <= 0 || peer.noise_.size() < static_cast<std::size_t>(limit)) return;
  state.counters.noise_closes.bump();
  close(peer, protocol::close::kNoise, "too many malformed messages");
}

Millis Admission::over_rate(Peer& peer, Clock::TimePoint now) {
  auto& state = router_.here();
  const auto& limits = state.settings.limits;
  if (!peer.bucket_.take(now)) return peer.bucket_.retry_after(now);
  if (const Rate rate = user_rate(limits); peer.session_ && rate.per_second > 0) {
    const auto wait = rates_.take("user " + peer.session_->user()->id, rate, now);
    if (wait.count() > 0) state.counters.user_limited.bump();
    if (wait.count() > 0) return wait;
  }
  if (limits.address_rate > 0) {
    const auto wait = rates_.take("address " + peer.address_group_,
                                  {limits.address_rate, limits.address_burst}, now);
    if (wait.count() > 0) state.counters.address_limited.bump();
    if (wait.count() > 0) return wait;
  }
  peer.refused_ = 0;
  return Millis(0);
}

Millis Admission::over_command_rate(const Invocation& invocation, Clock::TimePoint now) {
  auto& state = router_.here();
  const auto& command = invocation.spec().name;
  const auto limit = state.settings.commands.find(command);
  if (limit == state.settings.commands.end()) return Millis(0);
  const auto whose =
      invocation.user ? invocation.user->id : users::address_group(invocation.peer_address);
  const auto wait = rates_.take("command " + command + ' ' + whose, limit->second, now);
  if (wait.count() > 0) state.counters.command_limited.bump();
  return wait;
}

bool Admission::enter(Peer& peer) {
  const int most = router_.here().settings.limits.connections_per_address;
  const MutexLock lock(mutex_);
  int& open = connections_[peer.address_group_];
  ++open;
  return most <= 0 || open <= most;
}

void Admission::crowded_address(Peer& peer) {
  router_.here().counters.address_full.bump();
  router_.forget_waiting(peer);
  close(peer, protocol::close::kConnectionLimit,
        "too many connections from this address: close another one first");
}

void Admission::left(const Peer& peer) {
  const MutexLock lock(mutex_);
  const auto found = connections_.find(peer.address_group_);
  if (found != connections_.end() && --found->second <= 0) connections_.erase(found);
}

// First an answer with the time to wait and a line for the operator, in the end the door.
void Admission::too_fast(Peer& peer, const protocol::RequestId& id, std::string_view action,
                         Millis wait) {
  auto& state = router_.here();
  state.counters.rate_limited.bump();
  if (const auto turn = log::rate_limited("too fast " + peer.address_); turn.write)
    log::warn("command", "{} sends more commands than it may ({} more not shown)", peer.address_,
              turn.skipped);
  refuse(
      peer, id,
      {ErrorCode::kRateLimited, "too many commands: wait " + std::to_string(wait.count()) + " ms"},
      action, wait);
  const auto& limits = state.settings.limits;
  if (limits.abuse <= 0 || ++peer.refused_ <= limits.abuse * std::max(1.0, limits.burst)) return;
  state.counters.abuse_closes.bump();
  close(peer, protocol::close::kRateAbuse, "too many commands, and no pause");
}

// Whoever shows a login form may take a person's time.
bool Admission::may_wait(const Peer& peer, const ShardState& state, Clock::TimePoint now) const {
  const auto& limits = state.settings.limits;
  const auto waited = now - peer.unauthenticated_since_;
  if (waited < limits.auth_timeout || limits.auth_timeout.count() == 0) return true;
  return peer.waits_for_person_ && waited < limits.login_timeout;
}

void Admission::check_waiting(ShardState& state, Clock::TimePoint now) {
  for (auto* peer : std::vector<Peer*>(state.unauthenticated)) {
    if (peer->closing_ || may_wait(*peer, state, now)) continue;
    state.counters.auth_timeouts.bump();
    close(*peer, protocol::close::kAuthTimeout, "authentication took too long");
  }
  make_room(state);
}

// The count is over all shards; the one with the most of them drops its oldest, so that a quiet
// shard's people do not pay for a flood on another.
void Admission::make_room(ShardState& state) {
  const auto& limits = state.settings.limits;
  const double share = limits.unauthenticated * limits.connections;
  const auto shards = static_cast<std::int64_t>(router_.states().size());
  if (share <= 0) return;
  for (auto* peer : std::vector<Peer*>(state.unauthenticated)) {
    const auto waiting = router_.unauthenticated();
    const auto mine = static_cast<std::int64_t>(state.unauthenticated.size());
    if (static_cast<double>(waiting) <= std::max(1.0, share) || mine * shards < waiting) return;
    if (peer->closing_) continue;
    state.counters.crowded_out.bump();
    router_.forget_waiting(*peer);
    close(*peer, protocol::close::kOverloaded, "too many connections wait for a login");
  }
}

}  // namespace parley::command
