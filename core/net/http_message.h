// SPDX-License-Identifier: Apache-2.0
// HTTP requests and answers as plain structs: what routes see, without Beast.
//
// Ownership: a handler's request is valid during the call; keep what you need. HttpResponder owns
// the duty to answer. Thread: requests are handled on their shard; respond() may be called from any
// thread, once. Lifetime: the ShardPool outlives every responder. Failure: a responder destroyed
// without an answer sends 500, so that no client waits for ever; answering a client that is gone
// does nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "net/ip_address.h"

namespace parley::net {

class Shard;

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequestHead {
  std::string method;  // "GET"
  std::string target;  // as sent: "/api/v1/me?x=1"
  std::string path;    // before the '?', percent-decoded only by whoever needs it
  std::string query;   // after it
  HttpHeaders headers;
  IpAddress peer;       // the client, after X-Forwarded-For of a trusted proxy
  bool secure = false;  // TLS here, or said so by a trusted proxy
  bool local = false;   // over the Unix-domain socket; then uid and pid are the peer's
  std::uint32_t uid = 0;
  std::int32_t pid = 0;
  std::uint16_t local_port = 0;

  // The first header of that name (any case), or an empty view.
  std::string_view header(std::string_view name) const;
  bool has_header(std::string_view name) const { return header_count(name) > 0; }
  std::size_t header_count(std::string_view name) const;
  // The value of a query parameter, percent-decoded; nothing when it is absent.
  std::optional<std::string> query_value(std::string_view name) const;
  std::size_t query_count(std::string_view name) const;
  std::string peer_address() const { return peer.to_string(); }
};

struct HttpRequest : HttpRequestHead {
  std::string body;
  std::shared_ptr<const void> hold;  // BodyTerms'
  std::string actor;  // who asks, found by the door it came through; never from the wire
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;  // Content-Length, Connection and Date are written by the connection
  std::string body;
  std::shared_ptr<const std::string> shared_body;  // instead of body: sent without a copy

  static HttpResponse json(int status, std::string body);
  static HttpResponse text(int status, std::string body);
  HttpResponse&& with(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
};

struct HttpExchange;  // shared by a connection and the responder of its current request

// An answer that grows: server-sent events, long downloads. Chunked; close() or destruction ends
// it.
class HttpStream {
 public:
  HttpStream() = default;
  explicit HttpStream(std::shared_ptr<HttpExchange> exchange);
  HttpStream(HttpStream&&) noexcept = default;
  HttpStream& operator=(HttpStream&& other) noexcept;
  ~HttpStream();

  // Any thread; false once the client is known to be gone.
  bool write(std::string data);
  void close();
  // Bytes the client has not taken yet; an estimate when read from another thread.
  std::size_t queued_bytes() const;

 private:
  std::shared_ptr<HttpExchange> exchange_;
};

class HttpResponder {
 public:
  HttpResponder() = default;
  explicit HttpResponder(std::shared_ptr<HttpExchange> exchange);
  HttpResponder(HttpResponder&&) noexcept = default;
  HttpResponder& operator=(HttpResponder&& other) noexcept;
  ~HttpResponder();

  explicit operator bool() const { return exchange_ != nullptr; }
  void respond(HttpResponse response);   // afterwards this responder is empty
  HttpStream stream(HttpResponse head);  // body and shared_body are ignored
  Shard* shard() const;                  // the connection's, where respond() costs no post

 private:
  std::shared_ptr<HttpExchange> exchange_;
};

// Called on any shard's thread, several at once: it must be safe to call concurrently.
using HttpHandler = absl::AnyInvocable<void(const HttpRequest&, HttpResponder) const>;

// "%41+b" to "A b" (plus_is_space) or "A+b"; nothing when an escape is broken.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

}  // namespace parley::net
