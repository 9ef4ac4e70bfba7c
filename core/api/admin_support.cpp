// SPDX-License-Identifier: Apache-2.0
#include "api/admin_support.h"

#include <utility>

#include "protocol/error_codes.h"
#include "storage/store.h"

namespace parley::api {

std::optional<Json> read_body(const net::HttpRequest& request, net::HttpResponder& responder) {
  // A form or an image that another site's page sends along cannot carry this type without being
  // asked first.
  if (request.header("content-type").substr(0, 16) != "application/json") {
    responder.respond(
        error_response(400, "bad_request", "Changes are sent as Content-Type: application/json."));
    return std::nullopt;
  }
  auto body = Json::parse(request.body, nullptr, false);
  if (body.is_object()) return body;
  responder.respond(error_response(400, "bad_json", "The body must be a JSON object."));
  return std::nullopt;
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void respond(net::HttpResponder& responder, const Json& body) {
  responder.respond(net::HttpResponse::json(200, dump(body)));
}

void respond(net::HttpResponder& responder, const Status& status) {
  responder.respond(error_response(status));
}

SharedResponder share(net::HttpResponder responder) {
  return std::make_shared<net::HttpResponder>(std::move(responder));
}

std::string actor_of(const net::HttpRequest& request) {
  if (!request.actor.empty()) return request.actor;
  return request.local ? "parleyctl (uid " + std::to_string(request.uid) + ")" : "operator";
}

void audit(const Context& context, const net::HttpRequest& request, std::string action,
           std::string target, const Status& result, std::string detail) {
  context.store.append_audit(
      {.ts = context.clock.wall_ms(),
       .actor = actor_of(request),
       .address = request.local ? std::string() : request.peer_address(),
       .action = std::move(action),
       .target = std::move(target),
       .result = result ? "ok" : std::string(protocol::error_name(result.code())),
       .detail = result ? std::move(detail) : result.message()});
}

}  // namespace parley::api
