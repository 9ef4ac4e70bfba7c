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
      id_(new_session_id()),
      link_(setup.link),
      user_(std::move(setup.user)),
      client_(std::move(setup.client)),
      locale_(served_locale(client_.locale)),
      opened_at_(setup.clock->now()),
      opened_wall_ms_(setup.clock->wall_ms()),
      stats_(setup.stats),
      bucket_(setup.limits.rate, setup.limits.burst, opened_at_),
      early_cap_(setup.early_cap) {}

Session::~Session() = default;

void Session::set_locale(std::string_view asked) {
  locale_ = served_locale(asked);
}

std::string Session::renew_resume_secret() {
  std::string secret = random_secret("r_");
  resume_hash_ = sha256(secret);
  return secret;
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

void Session::send_direct([[maybe_unused]] std::uint64_t seq, std::string_view json) {
  // Where the replay ring keeps the frame under its seq, link or no link.
  stats_->direct_frames.bump();
  if (state_ == SessionState::kConnecting) return hold_early(json);
  if (link_) link_->send(json);
}

void Session::send_plain(std::string_view json) {
  if (link_) link_->send(json);
}

void Session::send_shared(const net::SharedFrame& frame, bool volatile_) {
  const bool early = state_ == SessionState::kConnecting;
  if (early && !volatile_) return hold_early(frame.payload());
  if (early || !link_) return;
  if (link_->send(frame, volatile_) == net::SendResult::kDropped) stats_->volatile_drops.bump();
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

void Session::become_closed() {
  state_ = SessionState::kClosed;
  link_ = nullptr;
  early_.reset();
  lane_.clear();
}

}  // namespace parley::session
