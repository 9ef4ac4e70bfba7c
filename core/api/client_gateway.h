// SPDX-License-Identifier: Apache-2.0
// The client port: the page, tickets, and WebSockets on /ws for the dispatcher.
//
// Ownership: one per server; owns the state of its connections. Thread: everything on the
// connection's shard, except begin_drain() and set_origins() (any). Lifetime: outlives the
// listeners and the shards' run. Failure: a bad Authorization header gets 401 before the upgrade; a
// foreign origin is upgraded and closed with 4508, a credential in the query that cannot be taken
// with 4500, because a page's script sees no HTTP status.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/context.h"
#include "api/foreign_origin.h"
#include "net/echo.h"
#include "net/service.h"
#include "net/static_files.h"
#include "net/websocket_connection.h"
#include "users/accounts.h"
#include "users/tickets.h"
#include "users/token_service.h"

namespace parley::api {

class ClientGateway final : public net::WebSocketHandler {
 public:
  ClientGateway(const Context& context, const users::TokenService& tokens, users::Tickets& tickets,
                std::shared_ptr<const net::StaticFiles> page);
  ~ClientGateway() override;

  // Allowed Origin values; read at every upgrade.
  void set_origins(std::set<std::string> origins);

  void serve(const net::HttpRequest& request, net::HttpResponder responder) const;
  net::UpgradeVerdict admit(const net::HttpRequestHead& head);

  void on_open(net::WebSocketConnection& connection, const net::HttpRequestHead& head) override;
  void on_text(net::WebSocketConnection& connection, std::string_view text) override;
  void on_binary(net::WebSocketConnection& connection, std::string_view data) override;
  void on_slow(net::WebSocketConnection& connection) override;
  void on_drained(net::WebSocketConnection& connection) override;
  void on_leaving(net::WebSocketConnection& connection) override;
  void on_arrived(net::WebSocketConnection& connection) override;
  void on_closed(net::WebSocketConnection& connection, std::uint16_t code,
                 std::string_view reason) override;

  // Tells every client to come back later, each at another moment within `spread`, and closes with
  // 4400.
  void begin_drain(Millis spread);

 private:
  struct Client;
  struct ShardClients;
  bool origin_allowed(const net::HttpRequestHead& head) const;
  void sign_in_with_query(Client& client, const net::HttpRequestHead& head);
  void sign_in_with(Client& client, const Result<users::TokenClaims>& claims);
  void signed_in(std::size_t shard, std::uint64_t connection_id, const users::TokenClaims& claims,
                 Result<users::User> user);

  const Context& context_;
  const users::TokenService& tokens_;
  users::Tickets& tickets_;
  const std::shared_ptr<const net::StaticFiles> page_;
  net::EchoHandler echo_;
  ForeignOrigin foreign_;
  mutable std::mutex origins_mutex_;
  std::set<std::string> origins_;
  std::vector<std::unique_ptr<ShardClients>> shards_;
  std::mutex moving_mutex_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Client>> moving_;  // between two shards
};

}  // namespace parley::api
