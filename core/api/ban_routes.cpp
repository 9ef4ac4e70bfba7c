// SPDX-License-Identifier: Apache-2.0
#include "api/ban_routes.h"

#include <string>
#include <utility>

#include "api/admin_support.h"
#include "api/find_user.h"
#include "session/channels.h"
#include "storage/store.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

Json row_of(const storage::BanRecord& ban) {
  return {{"channel", ban.channel}, {"user", ban.user_name}, {"userId", ban.user_id},
          {"by", ban.by_name},      {"reason", ban.reason},  {"bannedAt", ban.since},
          {"endsAt", ban.until}};
}

void list(const Context& context, const HttpRequest& request, HttpResponder responder) {
  constexpr std::size_t kPage = 500;
  auto answer = share(std::move(responder));
  storage::BanQuery query{.channel = std::string(request.query_value("channel").value_or("")),
                          .now = context.clock.wall_ms(),
                          .limit = kPage};
  const auto status = context.store.read([query, answer](storage::Reader& reader) mutable {
    Json rows = Json::array();
    for (bool more = true; more;) {
      const auto page = reader.bans(query);
      if (!page) return respond(*answer, page.status());
      for (const auto& ban : page->bans) rows.push_back(row_of(ban));
      more = page->more;
      if (!more) break;
      query.after_channel = page->bans.back().channel;
      query.after_user = page->bans.back().user_id;
    }
    respond(*answer, Json{{"bans", rows}});
  });
  if (!status) respond(*answer, status);
}

Status said(const Status& status, const std::string& name, const std::string& channel) {
  if (status.code() != ErrorCode::kNotFound) return status;
  return Status::not_found(name + " is not banned from " + channel +
                           "; `parleyctl channel bans` shows who is");
}

void lift(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto channel = fields.text("channel"), name = fields.text("user");
  if (!fields.status()) return respond(responder, fields.status());
  with_user(
      context, name, share(std::move(responder)),
      [&context, request, channel](const users::User& user, const SharedResponder& answer) {
        context.channels.unban(
            channel, user.id, [&context, request, channel, user, answer](const Status& status) {
              audit(context, request, "channel.unban", user.id, status, channel);
              if (!status) return respond(*answer, said(status, user.name, channel));
              respond(*answer, Json{{"ok", true},
                                    {"message", user.name + " may come to " + channel + " again"}});
            });
      });
}

}  // namespace

void add_ban_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/bans",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               list(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/bans/lift",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               lift(context, r, std::move(responder));
             });
}

}  // namespace parley::api
