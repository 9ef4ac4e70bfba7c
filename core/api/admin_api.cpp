// SPDX-License-Identifier: Apache-2.0
#include "api/admin_api.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "api/admin_support.h"
#include "api/plugin_routes.h"
#include "base/log.h"
#include "command/command_table.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "protocol/close_codes.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/first_admin.h"

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
  auto reason = text_of(*body, "reason");
  if (reason.empty()) reason = "Removed by an operator.";
  const auto& id = path.at("id");
  const bool found = context.sessions.kick_id(id, protocol::close::kKicked, reason);
  const auto status =
      found
          ? Status::ok()
          : Status::not_found("there is no session " + id + "; `parleyctl sessions` shows what is");
  audit(context, request, "session.kick", id, status);
  if (!found) return respond(responder, status);
  respond(responder, Json{{"ok", true}, {"message", "session " + id + " was closed"}});
}

void say(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto channel = text_of(*body, "channel"), text = text_of(*body, "text");
  if (text.empty())
    return respond(responder, Status::invalid_args("there is nothing to say: give a text"));
  session::Draft draft;
  draft.channel = channel;
  draft.user = {"b_server", "server", "service"};
  draft.data_json = dump({{"from", "server"}, {"text", text}, {"format", "plain"}, {"bot", true}});
  audit(context, request, "say", channel, Status::ok());
  context.channels.publish(
      std::move(draft), [answer = share(std::move(responder))](const Result<std::int64_t>& offset) {
        if (!offset) return respond(*answer, offset.status());
        respond(*answer, Json{{"ok", true},
                              {"offset", *offset},
                              {"message", "said, at offset " + std::to_string(*offset)}});
      });
}

Json user_json(const storage::UserRecord& user, std::size_t sessions) {
  return {{"id", user.id},       {"name", user.name},         {"kind", user.kind},
          {"roles", user.roles}, {"disabled", user.disabled}, {"createdAt", user.created_at},
          {"sessions", sessions}};
}

void list_users(const Context& context, HttpResponder responder) {
  constexpr std::size_t kPage = 500;
  auto answer = share(std::move(responder));
  const auto status = context.store.read([&context, answer](storage::Reader& reader) {
    Json rows = Json::array();
    std::string after;
    for (;;) {
      const auto page = reader.users(after, kPage);
      if (!page) return respond(*answer, page.status());
      for (const auto& user : *page)
        rows.push_back(user_json(user, context.sessions.count_of(user.id)));
      if (page->size() < kPage) break;
      after = page->back().id;
    }
    respond(*answer, Json{{"users", rows}});
  });
  if (!status) respond(*answer, status);
}

void set_roles(const Context& context, const HttpRequest& request, const PathValues& path,
               HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  std::vector<std::string> roles;
  for (const auto& role : body->value("roles", Json::array())) {
    if (!role.is_string() || !users::is_role(role.get<std::string>())) {
      return respond(responder, Status::invalid_args("roles are: user, moderator, admin, service"));
    }
    roles.push_back(role.get<std::string>());
  }
  auto answer = share(std::move(responder));
  context.accounts.by_name(path.at("name"), [&context, roles, actor = actor_of(request),
                                             answer](const Result<users::User>& user) {
    if (!user) return respond(*answer, user.status());
    context.accounts.set_roles(
        actor, user->id, roles, [answer](const Result<users::User>& changed) {
          if (!changed) return respond(*answer, changed.status());
          std::string list;
          for (const auto& role : changed->roles) list += (list.empty() ? "" : ", ") + role;
          respond(*answer,
                  Json{{"ok", true}, {"message", changed->name + " has the roles: " + list}});
        });
  });
}

void list_audit(const Context& context, const HttpRequest& request, HttpResponder responder) {
  constexpr std::size_t kMost = 10'000;
  storage::AuditQuery query;
  if (const auto limit = request.query_value("limit")) {
    std::from_chars(limit->data(), limit->data() + limit->size(), query.limit);
    query.limit = std::clamp<std::size_t>(query.limit, 1, kMost);
  }
  auto answer = share(std::move(responder));
  const auto status = context.store.read([query, answer](storage::Reader& reader) {
    const auto entries = reader.audit(query);
    if (!entries) return respond(*answer, entries.status());
    Json rows = Json::array();
    for (const auto& entry : *entries) {
      rows.push_back({{"at", entry.ts},
                      {"actor", entry.actor},
                      {"address", entry.address},
                      {"action", entry.action},
                      {"target", entry.target},
                      {"result", entry.result},
                      {"detail", entry.detail}});
    }
    respond(*answer, Json{{"entries", rows}});
  });
  if (!status) respond(*answer, status);
}

void set_log_level(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto component = text_of(*body, "component"), level = text_of(*body, "level");
  const auto parsed = log::parse_level(level);
  if (!parsed)
    return respond(responder, Status::invalid_args(
                                  "levels are: trace, debug, info, warn, error, critical, off"));
  log::set_level(component, *parsed);
  audit(context, request, "log.level", component, Status::ok());
  respond(responder, Json{{"ok", true},
                          {"message", (component.empty() ? "everything" : component) +
                                          " logs from " + level + " on"}});
}

// Waits for the disk, so it runs on a worker of the store's own callers: never on a shard.
void backup(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto file = text_of(*body, "file");
  if (file.empty() || file.front() != '/')
    return respond(responder, Status::invalid_args("give the file's absolute path"));
  context.plugins.run_in_background([&context, request, file,
                                     answer = share(std::move(responder))] {
    const auto status = context.store.backup(file);
    audit(context, request, "backup", file, status);
    if (!status) return respond(*answer, status);
    respond(*answer,
            Json{{"ok", true}, {"file", file}, {"message", "the database was copied to " + file}});
  });
}

void reload_config(const Context& context, const HttpRequest& request, HttpResponder responder) {
  audit(context, request, "config.reload", "", Status::ok());
  context.reload([answer = share(std::move(responder))](const Reloaded& reloaded) {
    if (!reloaded.ok) {
      Json body{{"error",
                 {{"code", "invalid_args"},
                  {"message", "the configuration has mistakes; the running one stays in force"}}},
                {"details", problems_json(reloaded.problems)}};
      return answer->respond(net::HttpResponse::json(422, dump(body)));
    }
    Json changes = Json::array();
    for (const auto& change : reloaded.changes)
      changes.push_back({{"key", change.path},
                         {"before", change.before},
                         {"after", change.after},
                         {"restart", change.restart}});
    respond(*answer, Json{{"ok", true}, {"changes", changes}});
  });
}

void redeem(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  auto answer = share(std::move(responder));
  const auto name = text_of(*body, "name");
  context.first_admin.redeem(
      text_of(*body, "code"), name, text_of(*body, "password"), request.peer_address(),
      [&context, request, name, answer](const Result<users::User>& user) {
        audit(context, request, "admin.redeem", name, user.status());
        if (!user) return respond(*answer, user.status());
        std::error_code ignored;  // the code is of no use any more
        std::filesystem::remove(
            std::filesystem::path(context.config()->state_dir) / "first-admin-code", ignored);
        respond(*answer, Json{{"ok", true}, {"message", user->name + " is an admin now"}});
      });
}

}  // namespace

void add_redeem_route(Router& router, const Context& context) {
  router.add("POST", "/admin/v1/admin/redeem",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               redeem(context, r, std::move(responder));
             });
}

void add_admin_routes(Router& router, const Context& context) {
  add_redeem_route(router, context);
  router.add("GET", "/admin/v1/status",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               respond(responder, status_json(context));
             });
  router.add("GET", "/admin/v1/sessions",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_sessions(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/sessions/{id}/kick",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               kick(context, r, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/say",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               say(context, r, std::move(responder));
             });
  router.add("GET", "/admin/v1/users",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_users(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/users/{name}/roles",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               set_roles(context, r, p, std::move(responder));
             });
  router.add("GET", "/admin/v1/audit",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               list_audit(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/log/level",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               set_log_level(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/backup",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               backup(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/config/reload",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               reload_config(context, r, std::move(responder));
             });
  add_plugin_routes(router, context);
}

}  // namespace parley::api
