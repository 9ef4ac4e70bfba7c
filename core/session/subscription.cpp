// SPDX-License-Identifier: Apache-2.0
#include "session/subscription.h"

#include <utility>

#include "session/channel_entry.h"

namespace parley::session {

Subscription::Subscription(std::shared_ptr<ChannelEntry> of, std::size_t index, bool wanted)
    : channel(std::move(of)), member(index), wants_presence(wanted) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&&) noexcept = default;
Subscription::~Subscription() = default;

const std::string& Subscription::name() const {
  return channel->name();
}

}  // namespace parley::session
