// SPDX-License-Identifier: Apache-2.0
// What a listener serves: the limits, and the server's callbacks.
//
// Ownership: shared by the listener and its connections, immutable once a listener was opened with
// it. Thread: the callbacks are called on every shard's thread at once. Lifetime: until the last
// connection is gone.
//
//   auto service = std::make_shared<Service>();
//   service->http = config.http;            service->websocket = config.websocket;
//   service->outbox = config.outbox;        service->max_message = config.limits.frame;
//   service->budget = budget;               service->tls = tls;          // both shared with other
//   listeners service->handle = [&](const HttpRequest& request, HttpResponder responder) {
//     responder.respond(router.serve(request));
//   };
//   service->upgrade = [&](const HttpRequestHead& head) -> UpgradeVerdict {
//     if (head.path != "/ws") return HttpResponse::text(404, "There is no WebSocket here; it is on
//     /ws.\n"); if (!origin_allowed(head)) return HttpResponse::text(403, "This origin is not
//     listed in http.public_origins.\n"); return &session_handler;
//   };
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "config/config.h"
#include "net/http_message.h"
#include "net/ip_address.h"
#include "net/websocket_connection.h"

namespace parley::net {

class TlsContext;

// One budget for all outboxes of the process (config::Outbox.total).
class OutboxBudget {
 public:
  explicit OutboxBudget(std::size_t total);  // 0: a quarter of the machine's memory
  std::size_t total() const { return total_; }
  std::size_t used() const {
    return static_cast<std::size_t>(used_.load(std::memory_order_relaxed));
  }
  bool exceeded() const { return used() > total_; }
  void add(std::int64_t bytes) { used_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  const std::size_t total_;
  std::atomic<std::int64_t> used_{0};
};

// The handler that takes the WebSocket (not owned, outlives the pool), or the answer that refuses
// it.
using UpgradeVerdict = std::variant<WebSocketHandler*, HttpResponse>;
using UpgradePolicy = absl::AnyInvocable<UpgradeVerdict(const HttpRequestHead&) const>;

// What becomes of the body behind a head, before any of it is read.
struct BodyTerms {
  std::size_t limit = 0;  // above http.max_body only for who has shown there that they may
  std::shared_ptr<const void> hold = nullptr;  // let go with the last copy of the request
  std::optional<HttpResponse> refusal = std::nullopt;
};
using BodyPolicy = absl::AnyInvocable<BodyTerms(const HttpRequestHead&) const>;

struct Service {
  config::Http http;
  config::WebSocket websocket;
  config::Outbox outbox;
  std::size_t max_message = 65536;       // config::Limits.frame
  std::vector<Network> trusted_proxies;  // parsed from http.trusted_proxies
  std::shared_ptr<OutboxBudget> budget;  // empty: the listener makes one from outbox.total
  std::shared_ptr<TlsContext> tls;       // empty: plaintext
  HttpHandler handle;                    // required
  UpgradePolicy upgrade;                 // empty: every upgrade is answered 404
  BodyPolicy body;                       // empty: http.max_body for every request
  bool options = false;                  // pass OPTIONS to handle; else it is answered 405
};

}  // namespace parley::net
