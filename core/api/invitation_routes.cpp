// SPDX-License-Identifier: Apache-2.0
#include "api/invitation_routes.h"

#include <string>
#include <utility>

#include "api/admin_support.h"
#include "users/invitations.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

void make(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto life = fields.duration("for", context.config()->auth.invitation);
  const auto note = fields.text("note");
  if (!fields.status()) return respond(responder, fields.status());
  users::Invitations(context.store, context.clock)
      .make(actor_of(request), note, life,
            [answer = share(std::move(responder))](const Result<users::Invitation>& made) {
              if (!made) return respond(*answer, made.status());
              respond(*answer, Json{{"ok", true},
                                    {"id", made->record.id},
                                    {"code", made->code},
                                    {"expiresAt", made->record.expires_at}});
            });
}

void list(const Context& context, HttpResponder responder) {
  auto answer = share(std::move(responder));
  const auto now = context.clock.wall_ms();
  const auto status = context.store.read([answer, now](storage::Reader& reader) {
    const auto all = reader.invitations();
    if (!all) return respond(*answer, all.status());
    Json rows = Json::array();
    for (const auto& one : *all) {
      if (one.expires_at <= now) continue;
      rows.push_back({{"id", one.id},
                      {"note", one.note},
                      {"madeBy", one.made_by},
                      {"createdAt", one.created_at},
                      {"expiresAt", one.expires_at}});
    }
    respond(*answer, Json{{"invitations", rows}});
  });
  if (!status) respond(*answer, status);
}

void revoke(const Context& context, const HttpRequest& request, const PathValues& path,
            HttpResponder responder) {
  if (!read_body(request, responder)) return;
  users::Invitations(context.store, context.clock)
      .revoke(actor_of(request), path.at("id"),
              [answer = share(std::move(responder))](const Status& status) {
                if (!status) return respond(*answer, status);
                respond(*answer, Json{{"ok", true}, {"message", "nobody can use it any more"}});
              });
}

}  // namespace

void add_invitation_routes(Router& router, const Context& context) {
  router.add("POST", "/admin/v1/invitations",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               make(context, r, std::move(responder));
             });
  router.add("GET", "/admin/v1/invitations",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/invitations/{id}/revoke",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               revoke(context, r, p, std::move(responder));
             });
}

}  // namespace parley::api
