// SPDX-License-Identifier: Apache-2.0
#include "api/admin_api.h"

#include <algorithm>
#include <map>
#include <string>

#include "api/access_routes.h"
#include "api/admin_support.h"
#include "api/audit_route.h"
#include "api/ban_routes.h"
#include "api/config_routes.h"
#include "api/invitation_routes.h"
#include "api/plugin_routes.h"
#include "api/token_routes.h"
#include "api/user_routes.h"
#include "api/version_routes.h"
#include "base/escape.h"
#include "command/command_table.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "protocol/close_codes.h"
#include "session/channel_rights.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/blank.h"

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

void publish(const Context& context, const HttpRequest& request, const std::string& channel,
             const std::string& text, const SharedResponder& answer) {
  session::Draft draft;
  draft.channel = channel;
  draft.user = {"b_server", "server", "service"};
  draft.data_json = dump({{"from", "server"}, {"text", text}, {"format", "plain"}, {"bot", true}});
  context.channels.publish(
      std::move(draft), [&context, request, channel, answer](const Result<std::int64_t>& offset) {
        audit(context, request, "say", channel, offset.status(),
              offset ? "offset " + std::to_string(*offset) : std::string());
        if (!offset) return respond(*answer, offset.status());
        respond(*answer, Json{{"ok", true},
                              {"offset", *offset},
                              {"message", "said, at offset " + std::to_string(*offset)}});
      });
}

// Publishing makes a channel that is not there; a slip of the operator's pen must not.
Status is_there(const Context& context, storage::Reader& reader, const std::string& channel) {
  if (std::ranges::count(context.config()->channels.defaults, channel) > 0) return Status::ok();
  for (const auto& active : context.channels.active())
    if (active.name == channel) return Status::ok();
  const bool own = channel.starts_with('@');
  const auto found =
      own ? reader.user(channel.substr(1)).status() : reader.channel(channel).status();
  if (found.code() != ErrorCode::kNotFound) return found;
  return Status::not_found(own ? "there is nobody with the id " + channel.substr(1) +
                                     "; `parleyctl user list` shows who there is"
                               : "there is no channel " + channel +
                                     "; `parleyctl channels` shows what there is");
}

// What people may not send, the operator does not send either.
Status check_text(const Context& context, const std::string& text) {
  if (users::is_blank(text)) return Status::invalid_args("there is nothing to say: give a text");
  const auto most = context.config()->limits.message;
  if (most == 0 || characters(text) <= most) return Status::ok();
  return {ErrorCode::kTooLarge,
          "The message is longer than " + std::to_string(most) + " characters. Send it in parts."};
}

void say(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto channel = fields.text("channel"), text = fields.text("text");
  if (!fields.status()) return respond(responder, fields.status());
  if (auto refused = check_text(context, text); !refused) return respond(responder, refused);
  auto answer = share(std::move(responder));
  const auto status =
      context.store.read([&context, request, channel, text, answer](storage::Reader& reader) {
        if (auto missing = is_there(context, reader, channel); !missing)
          return respond(*answer, missing);
        publish(context, request, channel, text, answer);
      });
  if (!status) respond(*answer, status);
}

using ChannelRows = std::map<std::string, Json>;

// Those that are stored; a channel of a plugin or of two people is seen while someone is in it.
Status add_stored(storage::Reader& reader, ChannelRows& rows) {
  constexpr std::size_t kPage = 500;
  for (std::string after;;) {
    const auto page = reader.public_channels(after, kPage);
    if (!page) return page.status();
    for (const auto& one : *page) {
      rows[one.name] = {{"name", one.name},
                        {"topic", one.topic},
                        {"members", 0},
                        {"messages", one.last_offset},
                        {"createdAt", one.created_at},
                        {"createdBy", one.created_by}};
    }
    if (page->size() < kPage) return Status::ok();
    after = page->back().name;
  }
}

void add_active(const Context& context, ChannelRows& rows) {
  for (const auto& one : context.channels.active()) {
    auto& row = rows[one.name];
    row["name"] = one.name;
    row["topic"] = one.topic;
    row["members"] = one.members;
    row["messages"] = one.last_offset;
  }
}

// Whose a channel is that belongs to people: names, or the id of whom the database does not know.
void name_people(storage::Reader& reader, Json& row) {
  const auto name = row.value("name", std::string());
  const auto parsed = session::parse_channel_name(name);
  const bool of_people = parsed && (parsed->kind == session::ChannelKind::kDirect ||
                                    parsed->kind == session::ChannelKind::kUser);
  if (!of_people) return;
  Json people = Json::array();
  for (const auto id : {parsed->first, parsed->second}) {
    if (id.empty()) continue;
    const auto user = reader.user(std::string(id));
    people.push_back(user ? user->name : std::string(id));
  }
  row["people"] = std::move(people);
}

void list_channels(const Context& context, HttpResponder responder) {
  auto answer = share(std::move(responder));
  const auto status = context.store.read([&context, answer](storage::Reader& reader) {
    ChannelRows rows;
    if (const auto stored = add_stored(reader, rows); !stored) return respond(*answer, stored);
    add_active(context, rows);
    Json list = Json::array();
    for (auto& [name, row] : rows) {
      name_people(reader, row);
      list.push_back(std::move(row));
    }
    respond(*answer, Json{{"channels", list}});
  });
  if (!status) respond(*answer, status);
}

// A database that gives no answer is told of here too; then only those in use are counted.
void show_status(const Context& context, HttpResponder responder) {
  auto answer = share(std::move(responder));
  const auto body = status_json(context);
  const auto status = context.store.read([&context, answer, body](storage::Reader& reader) {
    ChannelRows rows;
    (void)add_stored(reader, rows);
    add_active(context, rows);
    Json whole = body;
    whole["channels"] = rows.size();
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
  router.add("GET", "/admin/v1/channels",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_channels(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/say",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               say(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/backup",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               backup(context, r, std::move(responder));
             });
  add_access_routes(router, context);
  add_user_routes(router, context);
  add_ban_routes(router, context);
  add_audit_route(router, context);
  add_config_routes(router, context);
  add_plugin_routes(router, context);
  add_version_routes(router, context);
  add_token_routes(router, context);
  add_invitation_routes(router, context);
}

}  // namespace parley::api
