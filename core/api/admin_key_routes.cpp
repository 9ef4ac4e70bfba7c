// SPDX-License-Identifier: Apache-2.0
#include "api/admin_key_routes.h"

#include <utility>

#include "api/admin_support.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

constexpr Millis kUsualLife{90LL * 24 * 3'600'000};

// What the members are; whether they will do is AdminKeys' to judge.
Result<AdminKeys::Wanted> wanted(const Json& body) {
  Fields fields(body);
  AdminKeys::Wanted key{.name = fields.text("name"),
                        .scopes = fields.texts("scopes"),
                        .life = fields.duration("for", kUsualLife)};
  if (!fields.status()) return fields.status();
  return key;
}

AdminKeys::By who(const HttpRequest& request) {
  return {.actor = actor_of(request),
          .address = request.local ? std::string() : request.peer_address()};
}

Json key_json(const AdminKey& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"scopes", key.scopes},
          {"madeBy", key.made_by},
          {"createdAt", key.created_at},
          {"expiresAt", key.expires_at},
          {"usedAt", key.used_at > 0 ? Json(key.used_at) : Json(nullptr)}};
}

void make(AdminKeys& keys, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  auto key = wanted(*body);
  if (!key) return respond(responder, key.status());
  keys.make(who(request), std::move(*key),
            [answer = share(std::move(responder))](const Result<AdminKeys::Made>& made) {
              if (!made) return respond(*answer, made.status());
              Json shown = key_json(made->key);
              shown["ok"] = true;
              shown["key"] = made->secret;
              respond(*answer, shown);
            });
}

void list(const Context& context, const AdminKeys& keys, HttpResponder& responder) {
  Json rows = Json::array();
  for (const auto& key : keys.list())
    if (key.expires_at > context.clock.wall_ms()) rows.push_back(key_json(key));
  respond(responder, Json{{"keys", rows}});
}

void revoke(AdminKeys& keys, const HttpRequest& request, const PathValues& path,
            HttpResponder responder) {
  if (!read_body(request, responder)) return;
  keys.revoke(who(request), path.at("id"),
              [answer = share(std::move(responder))](const Status& status) {
                if (!status) return respond(*answer, status);
                respond(*answer, Json{{"ok", true}, {"message", "the key opens nothing any more"}});
              });
}

}  // namespace

void add_admin_key_routes(Router& router, const Context& context, AdminKeys& keys) {
  router.add("GET", "/admin/v1/admin-keys",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list(context, keys, responder);
             });
  router.add("POST", "/admin/v1/admin-keys",
             [&](const HttpRequest& request, const PathValues&, HttpResponder responder) {
               make(keys, request, std::move(responder));
             });
  router.add("POST", "/admin/v1/admin-keys/{id}/revoke",
             [&](const HttpRequest& request, const PathValues& path, HttpResponder responder) {
               revoke(keys, request, path, std::move(responder));
             });
}

}  // namespace parley::api
