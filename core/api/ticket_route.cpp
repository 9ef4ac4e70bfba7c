// SPDX-License-Identifier: Apache-2.0
#include "api/ticket_route.h"

#include <memory>
#include <string>
#include <utility>

#include "api/router.h"
#include "protocol/json_writer.h"

namespace parley::api {
namespace {

constexpr std::string_view kBearer = "Bearer ";

net::HttpResponse ticket_response(const std::string& ticket, Millis lifetime) {
  std::string body;
  protocol::ObjectWriter(body).field("ticket", ticket).field("expiresIn", lifetime.count() / 1000);
  return net::HttpResponse::json(201, std::move(body)).with("Cache-Control", "no-store");
}

}  // namespace

std::string_view bearer_token(const net::HttpRequestHead& head) {
  const auto value = head.header("authorization");
  return value.starts_with(kBearer) ? value.substr(kBearer.size()) : std::string_view();
}

void serve_ticket(const net::HttpRequest& request, net::HttpResponder responder,
                  users::Accounts& accounts, const users::TokenService& tokens,
                  users::Tickets& tickets) {
  if (request.method != "POST")
    return responder.respond(
        error_response(405, "unsupported", "A ticket is bought with POST.").with("Allow", "POST"));
  const auto claims = tokens.authenticate(bearer_token(request));
  if (!claims) return responder.respond(error_response(claims.status()));
  auto answer = std::make_shared<net::HttpResponder>(std::move(responder));
  accounts.by_claims(
      *claims, [answer, &tokens, &tickets, claims = *claims,
                origin = std::string(request.header("origin"))](const Result<users::User>& user) {
        const Status status = user ? tokens.still_good(claims, user->id) : user.status();
        if (!status) return answer->respond(error_response(status));
        answer->respond(ticket_response(tickets.sell(claims, origin), tickets.lifetime()));
      });
}

}  // namespace parley::api
