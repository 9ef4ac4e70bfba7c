// SPDX-License-Identifier: Apache-2.0
#include "session/websocket_link.h"

#include "net/shard.h"

namespace parley::session {

net::SendResult WebsocketLink::send(std::string_view json) {
  return connection_.send(json);
}

net::SendResult WebsocketLink::send(const net::SharedFrame& frame, bool volatile_) {
  return connection_.send(frame, {.volatile_ = volatile_});
}

void WebsocketLink::close(std::uint16_t code, std::string_view reason) {
  connection_.close(code, reason);
}

bool WebsocketLink::move_to(int shard) {
  connection_.move_to(shards_.at(shard));
  return true;
}

std::size_t WebsocketLink::queued_bytes() const {
  return connection_.queued_bytes();
}

std::string WebsocketLink::peer_address() const {
  return connection_.peer_address();
}

std::uint64_t WebsocketLink::connection_id() const {
  return connection_.id();
}

}  // namespace parley::session
