// SPDX-License-Identifier: Apache-2.0
#include "command/peer.h"

#include <algorithm>

#include "session/link.h"
#include "users/login_guard.h"

namespace parley::command {

Peer::Peer(session::Link& link, int shard, Clock::TimePoint now)
    : link_(link),
      key_(link.connection_id()),
      shard_(shard),
      address_(link.peer_address()),
      address_group_(users::address_group(address_)),
      accepted_at_(now),
      unauthenticated_since_(now) {}

Peer::~Peer() = default;

void Peer::set_locale(std::string_view locale) {
  const auto language = locale.substr(0, 2);
  if (language == "ru") locale_ = "ru";
  if (language == "en") locale_ = "en";
}

bool Peer::begin(const protocol::RequestId& id) {
  if (id) {
    if (std::find(inflight_.begin(), inflight_.end(), id) != inflight_.end()) return false;
    inflight_.push_back(id);
  }
  ++inflight_count_;
  return true;
}

void Peer::end(const protocol::RequestId& id) {
  if (id) std::erase(inflight_, id);
  if (inflight_count_ > 0) --inflight_count_;
}

}  // namespace parley::command
