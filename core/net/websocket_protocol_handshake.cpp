// SPDX-License-Identifier: Apache-2.0
// The HTTP request that asks for a WebSocket, and its answer.
#include <algorithm>
#include <string>
#include <string_view>

#include "net/websocket_protocol.h"
#include "net/websocket_protocol_library.h"

namespace parley::net {
namespace {

using library::Config;

Config::request_type as_library_request(const HttpRequestHead& head) {
  Config::request_type request;
  request.set_method(head.method);
  request.set_version("HTTP/1.1");
  for (const auto& [name, value] : head.headers) request.append_header(name, value);
  return request;
}

HttpResponse refused(const std::string& why) {
  return HttpResponse::text(400, "This WebSocket handshake is broken: " + why + "\n");
}

bool names_subprotocol(std::string_view offered) {
  while (!offered.empty()) {
    const std::size_t comma = std::min(offered.find(','), offered.size());
    std::string_view name = offered.substr(0, comma);
    while (!name.empty() && name.front() == ' ') name.remove_prefix(1);
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    if (name == kSubprotocol) return true;
    offered.remove_prefix(std::min(comma + 1, offered.size()));
  }
  return false;
}

}  // namespace

bool WebSocketProtocol::wants_upgrade(const HttpRequestHead& head) {
  // Most requests do not; the library's request is built only for those that name the header.
  if (head.header("Upgrade").empty()) return false;
  auto request = as_library_request(head);
  return ws::processor::is_websocket_handshake(request);
}

HttpResponse WebSocketProtocol::handshake(const HttpRequestHead& head) {
  if (head.header("Sec-WebSocket-Version") != "13") {
    return HttpResponse::text(426, "Only WebSocket version 13 (RFC 6455) is spoken here.\n")
        .with("Sec-WebSocket-Version", "13");
  }
  const library::Hybi13 processor(false, true, &library::Manager::of_this_thread(),
                                  library::no_random());
  const auto request = as_library_request(head);
  if (const auto error = processor.validate_handshake(request))
    return refused(error.message() + ".");
  const auto key = head.header("Sec-WebSocket-Key");
  if (key.size() != 24 || !key.ends_with("==")) {
    return refused("Sec-WebSocket-Key must be 16 bytes in base64.");
  }
  const bool echo = names_subprotocol(head.header("Sec-WebSocket-Protocol"));
  Config::response_type answer;
  if (const auto error = processor.process_handshake(request, echo ? kSubprotocol : "", answer)) {
    return refused(error.message() + ".");
  }
  HttpResponse response;
  response.status = 101;
  for (const auto& [name, value] : answer.get_headers()) response.headers.emplace_back(name, value);
  return response;
}

bool WebSocketProtocol::may_send(std::uint16_t code) {
  return !ws::close::status::invalid(code) && !ws::close::status::reserved(code);
}

}  // namespace parley::net
