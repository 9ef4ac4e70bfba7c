// SPDX-License-Identifier: Apache-2.0
// A Link over a WebSocket connection.
//
// Ownership: borrows the connection. Thread: its shard's. Lifetime: as the connection, until
// WebSocketHandler::on_closed returns.
#pragma once

#include "session/link.h"

namespace parley::net {
class ShardPool;
}

namespace parley::session {

class WebsocketLink final : public Link {
 public:
  // `shards`: where it may move to.
  WebsocketLink(net::WebSocketConnection& connection, net::ShardPool& shards)
      : connection_(connection), shards_(shards) {}

  net::SendResult send(std::string_view json) override;
  net::SendResult send(const net::SharedFrame& frame, bool volatile_) override;
  void close(std::uint16_t code, std::string_view reason) override;
  bool move_to(int shard) override;
  std::size_t queued_bytes() const override;
  std::string peer_address() const override;
  std::uint64_t connection_id() const override;

 private:
  net::WebSocketConnection& connection_;
  net::ShardPool& shards_;
};

}  // namespace parley::session
