// SPDX-License-Identifier: Apache-2.0
#include "session/session.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "protocol/close_codes.h"
#include "session/channel_entry.h"

namespace parley::session {

struct Session::Early {
  std::vector<std::string> frames;
  std::size_t bytes = 0;
};

namespace {

constexpr std::size_t kIdLength = 22;  // 131 bits: ids are also what admins and plugins name

std::string new_session_id() {
  return "s_" + random_base62(kIdLength);
}

// "ru", "ru-RU", "ru_RU.UTF-8" are Russian; everything else is English.
std::string_view served_locale(std::string_view asked) {
  const bool russian =
      asked.substr(0, 2) == "ru" && (asked.size() == 2 || asked[2] == '-' || asked[2] == '_');
  return russian ? "ru" : "en";
}

}  // namespace

Session::Session(Setup setup)
    : key_(setup.key),
      id_(setup.id.empty() ? new_session_id() : std::move(setup.id)),
      link_(setup.link),
      user_(std::move(setup.user)),
      client_(std::move(setup.client)),
      locale_(served_locale(client_.locale)),
      clock_(*setup.clock),
      opened_at_(setup.clock->now()),
      opened_wall_ms_(setup.clock->wall_ms()),
      stats_(setup.stats),
      variables_(std::move(setup.variables)),
      bucket_(setup.limits.rate, setup.limits.burst, opened_at_),
      ring_(setup.ring, setup.budget),
      changed_list_(setup.changed),
      early_cap_(setup.early_cap) {
  if (!link_) state_ = SessionState::kDetached;
}

Session::~Session() = default;

void Session::set_locale(std::string_view asked) {
  locale_ = served_locale(asked);
}

void Session::set_client(ClientInfo client) {
  if (!client.locale.empty()) locale_ = served_locale(client.locale);
  client_ = std::move(client);
}

std::string Session::renew_resume_secret(std::string_view presented) {
  std::string secret = random_secret("r_");
  previous_hash_ = std::string(presented);
  resume_hash_ = sha256(secret);
  return secret;
}

void Session::confirm_resume() {
  retired_hash_ = std::exchange(previous_hash_, {});
  changed();
}

Session::Secret Session::check_secret(std::string_view hash) const {
  if (constant_time_equal(hash, resume_hash_)) return Secret::kValid;
  if (!previous_hash_.empty() && constant_time_equal(hash, previous_hash_)) return Secret::kValid;
  const bool retired = !retired_hash_.empty() && constant_time_equal(hash, retired_hash_);
  return retired ? Secret::kRetired : Secret::kWrong;
}

void Session::restore_secrets(std::string current, std::string previous) {
  resume_hash_ = std::move(current);
  previous_hash_ = std::move(previous);
}

bool Session::begin(const protocol::RequestId& id) {
  if (id) {
    if (std::find(inflight_ids_.begin(), inflight_ids_.end(), id) != inflight_ids_.end()) {
      return false;
    }
    inflight_ids_.push_back(id);
  }
  ++inflight_;
  return true;
}

void Session::end(const protocol::RequestId& id) {
  if (id) {
    const auto found = std::find(inflight_ids_.begin(), inflight_ids_.end(), id);
    if (found == inflight_ids_.end()) return;
    std::swap(*found, inflight_ids_.back());
    inflight_ids_.pop_back();
  }
  if (inflight_ > 0) --inflight_;
}

std::uint64_t Session::waiting(std::string_view conflate) const {
  return conflate.empty() ? 0 : ring_.find(conflate, sent_seq_);
}

void Session::send_direct(std::uint64_t seq, std::string_view json, bool terminal,
                          Waiting waiting) {
  stats_->direct_frames.bump();
  ring_.push(seq, json, std::move(waiting));
  if (state_ == SessionState::kConnecting) {
    sent_seq_ = seq;  // with the welcome
    return hold_early(json);
  }
  if (!link_) return;
  if (lagging_ && ring_.gone_through() > sent_seq_) {
    // More than the ring holds waits for a client that does not read.
    stats_->overruns.bump();
    return link_->close(protocol::close::kSlow, "too many frames wait");
  }
  if (lagging_ && !terminal) return;
  if (lagging_) {
    ring_.expire(clock_.now());
    ring_.each_after(sent_seq_, [&](std::uint64_t earlier, std::string_view frame) {
      if (earlier < seq) link_->send(frame);
      return true;
    });
  }
  sent_seq_ = seq;
  after_send(link_->send(json));
}

void Session::after_send(net::SendResult result) {
  if (result == net::SendResult::kCrowded && !lagging_) Channels::fall_behind(*this);
}

std::size_t Session::replay_after(std::uint64_t seq) {
  std::size_t count = 0;
  ring_.expire(clock_.now());
  ring_.each_after(seq, [&](std::uint64_t one, std::string_view frame) {
    ++count;
    if (link_) link_->send(frame);
    sent_seq_ = std::max(sent_seq_, one);
    return true;
  });
  stats_->replayed.bump(count);
  return count;
}

void Session::restart_seq() {
  ring_.restart();
  last_seq_ = sent_seq_ = 0;
}

void Session::begin_lag() {
  if (lagging_ || !link_ || state_ != SessionState::kReady) return;
  lagging_ = true;
  stats_->lags.bump();
  link_->send(R"({"type":"lag"})");
}

bool Session::send_waiting() {
  if (!link_) return false;
  bool behind = false;
  ring_.expire(clock_.now());
  ring_.each_after(sent_seq_, [&](std::uint64_t seq, std::string_view frame) {
    sent_seq_ = seq;
    behind = link_->send(frame) == net::SendResult::kCrowded;
    return !behind;
  });
  return !behind;
}

void Session::end_lag() {
  if (!std::exchange(lagging_, false) || !link_) return;
  link_->send(R"({"type":"caughtUp"})");
}

void Session::changed() {
  if (changed_ || !changed_list_) return;
  changed_ = true;
  changed_list_->push_back(key_);
}

void Session::send_plain(std::string_view json) {
  if (link_) after_send(link_->send(json));
}

void Session::send_shared(const net::SharedFrame& frame, bool volatile_) {
  const bool early = state_ == SessionState::kConnecting;
  if (early && !volatile_) return hold_early(frame.payload());
  if (early || !link_) return;
  const net::SendResult result = link_->send(frame, volatile_);
  if (result == net::SendResult::kDropped) stats_->volatile_drops.bump();
  after_send(result);
}

void Session::hold_early(std::string_view json) {
  if (!early_) early_ = std::make_unique<Early>();
  if (early_->bytes + json.size() > early_cap_) {
    stats_->overruns.bump();
    if (link_) link_->close(protocol::close::kSlow, "slow");
    return;
  }
  early_->bytes += json.size();
  early_->frames.emplace_back(json);
}

void Session::become_ready() {
  state_ = SessionState::kReady;
  const std::unique_ptr<Early> early = std::move(early_);
  if (!early || !link_) return;
  for (const std::string& frame : early->frames) link_->send(frame);
}

void Session::become_detached(Clock::TimePoint until) {
  state_ = SessionState::kDetached;
  link_ = nullptr;
  lagging_ = false;
  detached_until_ = until;
  ++link_epoch_;
}

void Session::become_attached(Link& link) {
  state_ = SessionState::kReady;
  link_ = &link;
  lagging_ = false;
  ++link_epoch_;
}

void Session::become_closed() {
  state_ = SessionState::kClosed;
  link_ = nullptr;
  early_.reset();
  lane_.clear();
}

}  // namespace parley::session
