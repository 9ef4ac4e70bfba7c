// SPDX-License-Identifier: Apache-2.0
#include "api/client_gateway.h"

#include <random>
#include <unordered_map>
#include <utility>

#include "api/router.h"
#include "api/ticket_route.h"
#include "base/log.h"
#include "command/dispatcher.h"
#include "net/shard.h"
#include "protocol/close_codes.h"
#include "protocol/error_codes.h"
#include "protocol/frames.h"
#include "protocol/json_writer.h"
#include "session/websocket_link.h"

namespace parley::api {
namespace {

std::size_t credentials_of(const net::HttpRequestHead& head) {
  return head.header_count("authorization") + head.query_count("ticket") +
         head.query_count("token");
}

net::HttpResponse foreign_origin() {
  return error_response(
      403, "forbidden",
      "This origin may not connect. The operator lists allowed ones in http.public_origins.");
}

// The first language the server speaks; browsers send "ru-RU,ru;q=0.9,en;q=0.8".
std::string_view locale_of(const net::HttpRequestHead& head) {
  const auto wanted = head.header("accept-language");
  const auto ru = wanted.find("ru"), en = wanted.find("en");
  if (ru == std::string_view::npos && en == std::string_view::npos) return {};
  return ru < en ? "ru" : "en";
}

// How one may come in, for a page that nobody has come in at yet.
net::HttpResponse entry_response(const config::Auth& auth) {
  std::string body;
  protocol::ObjectWriter(body)
      .field("guests", auth.guests)
      .field("registration", auth.registration);
  return net::HttpResponse::json(200, std::move(body)).with("Cache-Control", "no-store");
}

}  // namespace

struct ClientGateway::Client {
  Client(net::WebSocketConnection& c, net::ShardPool& shards) : connection(c), link(c, shards) {}

  net::WebSocketConnection& connection;
  session::WebsocketLink link;
  command::Peer* peer = nullptr;
  std::unique_ptr<command::Peer> moving_peer;
  bool signing_in = false;           // a header's token is being looked up
  std::vector<std::string> waiting;  // frames that came meanwhile
};

struct ClientGateway::ShardClients {
  std::unordered_map<std::uint64_t, std::unique_ptr<Client>> all;  // by connection id
};

ClientGateway::ClientGateway(const Context& context, const users::TokenService& tokens,
                             users::Tickets& tickets, std::shared_ptr<const net::StaticFiles> page)
    : context_(context), tokens_(tokens), tickets_(tickets), page_(std::move(page)) {
  for (int i = 0; i < context.shards.size(); ++i)
    shards_.push_back(std::make_unique<ShardClients>());
}

ClientGateway::~ClientGateway() = default;

void ClientGateway::set_origins(std::set<std::string> origins) {
  const std::lock_guard lock(origins_mutex_);
  origins_ = std::move(origins);
}

bool ClientGateway::origin_allowed(const net::HttpRequestHead& head) const {
  if (!head.has_header("origin")) return true;
  const auto origin = head.header("origin");
  {
    const std::lock_guard lock(origins_mutex_);
    if (origins_.contains(std::string(origin))) return true;
  }
  if (const auto turn = log::rate_limited("origin " + head.peer_address()); turn.write)
    log::warn("net",
              "{}: refused the origin {} ({} more not shown); allowed ones are listed in "
              "http.public_origins",
              head.peer_address(), origin, turn.skipped);
  return false;
}

void ClientGateway::serve(const net::HttpRequest& request, net::HttpResponder responder) const {
  if (request.path == "/api/v1/tickets") {
    if (!origin_allowed(request)) return responder.respond(foreign_origin());
    return serve_ticket(request, std::move(responder), context_.accounts, tokens_, tickets_);
  }
  if (request.path == "/api/v1/entry")
    return responder.respond(entry_response(context_.config()->auth));
  if (request.path.substr(0, 5) == "/api/") {
    return responder.respond(error_response(
        404, "not_found",
        "There is nothing at " + request.path + ". Commands are sent over the WebSocket at /ws."));
  }
  if (request.path == "/ws" || request.path == "/echo") {
    return responder.respond(
        error_response(426, "bad_request",
                       "This address speaks WebSocket: connect with ws:// or wss://.")
            .with("Upgrade", "websocket"));
  }
  responder.respond(page_->serve(request));
}

net::UpgradeVerdict ClientGateway::admit(const net::HttpRequestHead& head) {
  if (head.path == "/echo" && context_.config()->diagnostics.echo) return &echo_;
  if (head.path != "/ws")
    return error_response(404, "not_found",
                          "There is no WebSocket at " + head.path + "; it is at /ws.");
  if (!origin_allowed(head)) return &foreign_;
  if (credentials_of(head) > 1)
    return error_response(Status::unauthorized(
        "Give one credential: the Authorization header or one in the address, and once."));
  if (!head.has_header("authorization")) return this;
  const auto claims = tokens_.authenticate(bearer_token(head));
  if (!claims)
    return error_response(
        Status(claims.status().code(),
               "The token in the Authorization header is not valid: log in again for a new one."));
  return this;
}

void ClientGateway::on_open(net::WebSocketConnection& connection,
                            const net::HttpRequestHead& head) {
  auto made = std::make_unique<Client>(connection, context_.shards);
  auto& client = *made;
  connection.set_user_data(&client);
  client.peer = &context_.dispatcher.open(client.link, locale_of(head));
  shards_[static_cast<std::size_t>(connection.shard().index())]->all.emplace(connection.id(),
                                                                             std::move(made));
  if (head.has_header("authorization"))
    return sign_in_with(client, tokens_.authenticate(bearer_token(head)));
  if (credentials_of(head) > 0) sign_in_with_query(client, head);
}

// What cannot be taken closes the connection: falling through to a guest would hide it.
void ClientGateway::sign_in_with_query(Client& client, const net::HttpRequestHead& head) {
  const auto ticket = head.query_value("ticket"), token = head.query_value("token");
  if (token && !context_.config()->auth.query_token)
    return client.link.close(protocol::close::kBadCredential,
                             "Tokens in the address are not accepted here: buy a ticket.");
  if (token) return sign_in_with(client, tokens_.authenticate(*token));
  auto claims = tickets_.redeem(*ticket, head.header("origin"));
  if (claims) {
    if (Status status = tokens_.still_good(*claims); !status) claims = status;
  }
  sign_in_with(client, claims);
}

void ClientGateway::sign_in_with(Client& client, const Result<users::TokenClaims>& claims) {
  if (!claims) return client.link.close(protocol::close::kBadCredential, claims.status().message());
  client.signing_in = true;
  auto& shard = client.connection.shard();
  context_.accounts.by_claims(*claims, [this, &shard, id = client.connection.id(),
                                        claims = *claims](Result<users::User> user) mutable {
    shard.post([this, &shard, id, claims = std::move(claims), user = std::move(user)]() mutable {
      signed_in(static_cast<std::size_t>(shard.index()), id, claims, std::move(user));
    });
  });
}

void ClientGateway::signed_in(std::size_t shard, std::uint64_t connection_id,
                              const users::TokenClaims& claims, Result<users::User> user) {
  const auto found = shards_[shard]->all.find(connection_id);
  if (found == shards_[shard]->all.end()) return;
  auto& client = *found->second;
  client.signing_in = false;
  const Status status = user ? tokens_.still_good(claims, user->id) : user.status();
  if (status.code() == ErrorCode::kBlocked)
    return client.link.close(protocol::close::kBlocked, status.message());
  if (!status) return client.link.close(protocol::close::kBadCredential, status.message());
  command::SignIn who;
  who.user = std::make_shared<const users::User>(std::move(*user));
  who.credential = command::credential_of(claims);
  if (!context_.dispatcher.identity().sign_in(*client.peer, std::move(who))) return;
  for (const auto& text : std::exchange(client.waiting, {}))
    context_.dispatcher.on_text(*client.peer, text);
}

void ClientGateway::on_text(net::WebSocketConnection& connection, std::string_view text) {
  auto& client = *static_cast<Client*>(connection.user_data());
  if (!client.signing_in) return context_.dispatcher.on_text(*client.peer, text);
  constexpr std::size_t kMostWaiting =
      16;  // a database read takes less time than a client takes to send more
  if (client.waiting.size() >= kMostWaiting)
    return client.link.close(protocol::close::kOverloaded, "Too many messages before the welcome.");
  client.waiting.emplace_back(text);
}

void ClientGateway::on_binary(net::WebSocketConnection& connection, std::string_view) {
  context_.dispatcher.on_binary(*static_cast<Client*>(connection.user_data())->peer);
}

void ClientGateway::on_slow(net::WebSocketConnection& connection) {
  log::warn("net", "{} does not read: {} bytes wait, closing with 4403", connection.peer_address(),
            connection.queued_bytes());
}

void ClientGateway::on_drained(net::WebSocketConnection& connection) {
  context_.dispatcher.drained(*static_cast<Client*>(connection.user_data())->peer);
}

// The connection's state goes with it: on the way nobody has it but this map.
void ClientGateway::on_leaving(net::WebSocketConnection& connection) {
  auto& here = shards_[static_cast<std::size_t>(connection.shard().index())]->all;
  auto node = here.extract(connection.id());
  auto& client = *node.mapped();
  client.moving_peer = context_.dispatcher.leave(*client.peer);
  client.peer = nullptr;
  const std::lock_guard lock(moving_mutex_);
  moving_.insert(std::move(node));
}

void ClientGateway::on_arrived(net::WebSocketConnection& connection) {
  auto* client = static_cast<Client*>(connection.user_data());
  {
    const std::lock_guard lock(moving_mutex_);
    shards_[static_cast<std::size_t>(connection.shard().index())]->all.insert(
        moving_.extract(connection.id()));
  }
  context_.dispatcher.arrive(std::move(client->moving_peer), client->peer);
}

void ClientGateway::on_closed(net::WebSocketConnection& connection, std::uint16_t code,
                              std::string_view reason) {
  auto* client = static_cast<Client*>(connection.user_data());
  log::debug("net", "{} closed with {} {}", connection.peer_address(), code, reason);
  context_.dispatcher.closed(*client->peer);
  shards_[static_cast<std::size_t>(connection.shard().index())]->all.erase(connection.id());
}

void ClientGateway::begin_drain(Millis spread) {
  for (int i = 0; i < context_.shards.size(); ++i) {
    context_.shards.at(i).post([this, i, spread] {
      std::minstd_rand random(std::random_device{}());
      std::uniform_int_distribution<std::int64_t> after(0,
                                                        std::max<std::int64_t>(0, spread.count()));
      for (const auto& [id, client] : shards_[static_cast<std::size_t>(i)]->all) {
        std::string frame;
        protocol::append_reconnect(frame, "shutdown", after(random));
        client->link.send(frame);
        client->link.close(protocol::close::kShutdown,
                           "The server is shutting down; come back in a moment.");
      }
    });
  }
}

}  // namespace parley::api
