// SPDX-License-Identifier: Apache-2.0
// A Link over a WebSocket connection.
//
// Ownership: borrows the connection. Thread: its shard's. Lifetime: as the connection, until
// WebSocketHandler::on_closed returns.
#pragma once

#include "session/link.h"

namespace parley::session {

class WebsocketLink final : public Link {
 public:
  explicit WebsocketLink(net::WebSocketConnection& connection) : connection_(connection) {}

  net::SendResult send(std::string_view json) override;
  net::SendResult send(const net::SharedFrame& frame, bool volatile_) override;
  void close(std::uint16_t code, std::string_view reason) override;
  std::size_t queued_bytes() const override;
  std::string peer_address() const override;
  std::uint64_t connection_id() const override;

 private:
  net::WebSocketConnection& connection_;
};

}  // namespace parley::session
