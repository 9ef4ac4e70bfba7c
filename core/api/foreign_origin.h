// SPDX-License-Identifier: Apache-2.0
// Takes the WebSocket of a page whose origin is not listed, to say so in the only way the page's
// script can hear: a refused upgrade looks to it like a dead network, so it would come back for ever.
//
// Thread: stateless, shared by all shards. Nothing is read and no session is made.
#pragma once

#include "net/websocket_connection.h"
#include "protocol/close_codes.h"

namespace parley::api {

class ForeignOrigin final : public net::WebSocketHandler {
 public:
  void on_open(net::WebSocketConnection& connection, const net::HttpRequestHead&) override {
    connection.close(protocol::close::kOrigin,
                     "This origin may not connect; the operator lists it in http.public_origins.");
  }
  void on_text(net::WebSocketConnection&, std::string_view) override {}
  void on_binary(net::WebSocketConnection&, std::string_view) override {}
  void on_closed(net::WebSocketConnection&, std::uint16_t, std::string_view) override {}
};

}  // namespace parley::api
