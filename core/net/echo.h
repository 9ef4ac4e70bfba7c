// SPDX-License-Identifier: Apache-2.0
// /echo: every message comes back as it went in. For measuring the transport alone and for
// conformance suites.
//
// Thread: stateless, shared by all shards. Served without authentication, so only with
// diagnostics.echo.
#pragma once

#include "net/websocket_connection.h"

namespace parley::net {

class EchoHandler final : public WebSocketHandler {
 public:
  void on_open(WebSocketConnection&, const HttpRequestHead&) override {}
  void on_text(WebSocketConnection& connection, std::string_view text) override {
    connection.send(text);
  }
  void on_binary(WebSocketConnection& connection, std::string_view data) override {
    connection.send_binary(data);
  }
  void on_closed(WebSocketConnection&, std::uint16_t, std::string_view) override {}
};

}  // namespace parley::net
