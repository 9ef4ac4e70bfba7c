// SPDX-License-Identifier: Apache-2.0
#include "api/admin_support.h"

#include <utility>

#include "config/values.h"
#include "protocol/error_codes.h"
#include "storage/store.h"
#include "users/strict_json.h"

namespace parley::api {

std::optional<Json> read_body(const net::HttpRequest& request, net::HttpResponder& responder) {
  // A form or an image that another site's page sends along cannot carry this type without being
  // asked first.
  if (request.header("content-type").substr(0, 16) != "application/json") {
    responder.respond(
        error_response(400, "bad_request", "Changes are sent as Content-Type: application/json."));
    return std::nullopt;
  }
  constexpr int kDeepest = 32;  // a plugin's settings are the deepest that is sent
  if (auto body = users::parse_strict_object(request.body, kDeepest)) return body;
  responder.respond(error_response(
      400, "bad_json", "The body must be a JSON object, and each name may stand in it once."));
  return std::nullopt;
}

// ---- the members of a body

const Json* Fields::find(const char* name) const {
  const auto found = body_.find(name);
  return found == body_.end() ? nullptr : &*found;
}

void Fields::refuse(const char* name, const char* must) {
  if (status_) status_ = Status::invalid_args("`" + std::string(name) + "` must be " + must + ".");
}

std::string Fields::text(const char* name, std::string_view absent) {
  const auto* found = find(name);
  if (found == nullptr) return std::string(absent);
  if (found->is_string()) {
    auto text = found->get<std::string>();
    if (text.find('\0') == text.npos) return text;
  }
  refuse(name, "a text without U+0000");
  return std::string(absent);
}

bool Fields::flag(const char* name) {
  const auto* found = find(name);
  if (found == nullptr) return false;
  if (found->is_boolean()) return found->get<bool>();
  refuse(name, "true or false");
  return false;
}

std::optional<std::int64_t> Fields::from_one(const char* name) {
  const auto* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_number_integer() && *found >= 1 && *found <= INT32_MAX)
    return found->get<std::int64_t>();
  refuse(name, "a whole number from 1 on");
  return std::nullopt;
}

Millis Fields::duration(const char* name, Millis absent) {
  const auto* found = find(name);
  if (found == nullptr) return absent;
  if (found->is_string()) {
    const auto life = config::parse_duration(found->get<std::string>());
    if (life && life->count() > 0) return *life;
  }
  refuse(name, "a duration such as 30m, 12h or 7d");
  return absent;
}

std::vector<std::string> Fields::texts(const char* name) {
  std::vector<std::string> texts;
  const auto* found = find(name);
  if (found == nullptr) return texts;
  bool all = found->is_array();
  for (std::size_t i = 0; all && i < found->size(); ++i) {
    const auto& one = (*found)[i];
    all = one.is_string();
    if (all) texts.push_back(one.get<std::string>());
  }
  if (!all) refuse(name, "a list of texts");
  return all ? texts : std::vector<std::string>();
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
