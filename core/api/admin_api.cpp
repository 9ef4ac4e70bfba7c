// SPDX-License-Identifier: Apache-2.0
#include "api/admin_api.h"

#include <string>

#include "api/access_routes.h"
#include "api/admin_support.h"
#include "api/audit_route.h"
#include "api/ban_routes.h"
#include "api/channel_routes.h"
#include "api/config_routes.h"
#include "api/invitation_routes.h"
#include "api/plugin_routes.h"
#include "api/token_routes.h"
#include "api/user_routes.h"
#include "api/version_routes.h"
#include "command/command_table.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "protocol/close_codes.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "storage/store.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

Json status_json(const Context& context) {
  const auto uptime =
      std::chrono::duration_cast<Millis>(context.clock.now() - context.started).count();
  const auto store = context.store.stats();
  Json plugins = Json::object();
  for (const auto& info : context.plugins.list())
    plugins[info.id] = std::string(plugin::state_name(info.state)) +
                       (info.version.empty() ? "" : " " + info.version);
  return {{"version", context.version},
          {"node", context.config()->node},
          {"uptimeMs", uptime},
          {"state", context.draining ? "draining" : "serving"},
          {"sessions", context.sessions.count()},
          {"connections", context.shards.connections()},
          {"channels", context.channels.active().size()},
          {"commandsRev", context.commands.rev()},
          {"plugins", plugins},
          {"database", store.last_error.empty()
                           ? Json("ok, " + std::to_string(store.queue) + " writes wait")
                           : Json(store.last_error)}};
}

const char* state_text(session::SessionState state) {
  switch (state) {
    case session::SessionState::kConnecting:
      return "connecting";
    case session::SessionState::kReady:
      return "ready";
    case session::SessionState::kDetached:
      return "detached";
    case session::SessionState::kClosed:
      return "closed";
  }
  return "unknown";
}

void list_sessions(const Context& context, HttpResponder responder) {
  context.sessions.summaries(
      [answer = share(std::move(responder))](const std::vector<session::SessionSummary>& all) {
        Json rows = Json::array();
        for (const auto& one : all) {
          rows.push_back({{"id", one.id},
                          {"user", one.user_name},
                          {"userId", one.user_id},
                          {"kind", one.user_kind},
                          {"address", one.address},
                          {"client", one.client},
                          {"state", state_text(one.state)},
                          {"connectedAt", one.since_ms},
                          {"channels", one.channels},
                          {"inflight", one.inflight},
                          {"outboxBytes", one.queued_bytes}});
        }
        respond(*answer, Json{{"sessions", rows}});
      });
}

void kick(const Context& context, const HttpRequest& request, const PathValues& path,
          HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  auto reason = fields.text("reason");
  if (!fields.status()) return respond(responder, fields.status());
  if (reason.empty()) reason = "Removed by an operator.";
  // Afterwards nobody can tell any more whose session it was: so the audit names the person.
  context.sessions.summaries(
      [&context, request, reason, id = path.at("id"),
       answer = share(std::move(responder))](const std::vector<session::SessionSummary>& all) {
        const auto one = std::ranges::find(all, id, &session::SessionSummary::id);
        const bool found = context.sessions.kick_id(id, protocol::close::kKicked, reason);
        const auto status = found ? Status::ok()
                                  : Status::not_found("there is no session " + id +
                                                      "; `parleyctl sessions` shows what is");
        const bool known = one != all.end();
        audit(context, request, "session.kick", known ? one->user_id : id, status,
              known ? one->user_name + ", session " + id + ": " + reason : reason);
        if (!found) return respond(*answer, status);
        respond(*answer, Json{{"ok", true}, {"message", "session " + id + " was closed"}});
      });
}

// A database that gives no answer is told of here too; then only those in use are counted.
void show_status(const Context& context, HttpResponder responder) {
  auto answer = share(std::move(responder));
  const auto body = status_json(context);
  const auto status = context.store.read([&context, answer, body](storage::Reader& reader) {
    Json whole = body;
    whole["channels"] = count_channels(context, reader);
    respond(*answer, whole);
  });
  if (!status) respond(*answer, body);
}

// Waits for the disk, so it runs on a worker of the store's own callers: never on a shard.
void backup(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto file = fields.text("file");
  if (!fields.status()) return respond(responder, fields.status());
  if (file.empty() || file.front() != '/')
    return respond(responder, Status::invalid_args("give the file's absolute path"));
  context.plugins.run_in_background("#backup", [&context, request, file,
                                                answer = share(std::move(responder))] {
    const auto status = context.store.backup(file);
    audit(context, request, "backup", file, status);
    if (!status) return respond(*answer, status);
    respond(*answer,
            Json{{"ok", true}, {"file", file}, {"message", "the database was copied to " + file}});
  });
}

}  // namespace

void add_admin_routes(Router& router, const Context& context) {
  add_redeem_route(router, context);
  router.add("GET", "/admin/v1/status",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               show_status(context, std::move(responder));
             });
  router.add("GET", "/admin/v1/sessions",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_sessions(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/sessions/{id}/kick",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               kick(context, r, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/backup",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               backup(context, r, std::move(responder));
             });
  add_access_routes(router, context);
  add_user_routes(router, context);
  add_ban_routes(router, context);
  add_audit_route(router, context);
  add_channel_routes(router, context);
  add_config_routes(router, context);
  add_plugin_routes(router, context);
  add_version_routes(router, context);
  add_token_routes(router, context);
  add_invitation_routes(router, context);
}

}  // namespace parley::api
