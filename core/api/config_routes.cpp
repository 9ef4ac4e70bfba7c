// SPDX-License-Identifier: Apache-2.0
#include "api/config_routes.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/plugin_routes.h"
#include "base/log.h"
#include "config/keys.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

Json change_json(const config::Change& change) {
  return {{"path", change.path},
          {"before", change.before},
          {"after", change.after},
          {"restart", change.restart}};
}

Json changes_json(const std::vector<config::Change>& changes) {
  Json rows = Json::array();
  for (const auto& change : changes) rows.push_back(change_json(change));
  return rows;
}

// Every value in force with where it came from, and what waits for a restart.
void show(const Context& context, HttpResponder& responder) {
  const auto live = context.live_config();
  Json keys = Json::array();
  for (const auto& key : config::all_keys()) {
    keys.push_back({{"path", key.path},
                    {"value", config::show(key, live.running.config)},
                    {"origin", live.running.origin_of(std::string(key.path)).text()},
                    {"reload", key.live}});
  }
  respond(responder, Json{{"keys", keys},
                          {"waiting", changes_json(live.waiting)},
                          {"text", config::print(live.running, live.waiting)}});
}

// What was reloaded stays reloaded although a plugin's settings or a certificate were refused.
std::string refusal_of(const Reloaded& reloaded) {
  if (!reloaded.applied) return "the configuration has mistakes; the running one stays in force";
  return "the server's own keys were reloaded; what is named below was refused and stays as it was";
}

std::string changed_keys(const Reloaded& reloaded) {
  std::string keys;
  for (const auto& change : reloaded.changes) keys += (keys.empty() ? "" : ", ") + change.path;
  return keys;
}

void reload(const Context& context, const HttpRequest& request, HttpResponder responder) {
  if (!read_body(request, responder)) return;
  context.reload(
      [&context, request, answer = share(std::move(responder))](const Reloaded& reloaded) {
        const auto status = reloaded.ok ? Status::ok() : Status::invalid_args(refusal_of(reloaded));
        audit(context, request, "config.reload", "", status, changed_keys(reloaded));
        const Json changes = changes_json(reloaded.changes);
        if (reloaded.ok) return respond(*answer, Json{{"ok", true}, {"changes", changes}});
        Json body{{"error", {{"code", "invalid_args"}, {"message", status.message()}}},
                  {"changes", changes},
                  {"details", problems_json(reloaded.problems)}};
        answer->respond(net::HttpResponse::json(422, dump(body)));
      });
}

void set_level(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto component = fields.text("component"), level = fields.text("level");
  if (!fields.status()) return respond(responder, fields.status());
  const auto parsed = log::parse_level(level);
  if (!parsed) {
    return respond(responder, Status::invalid_args(
                                  "levels are: trace, debug, info, warn, error, critical, off"));
  }
  const auto known = log::components();
  const bool all = component.empty() || component == "all";
  if (!all && std::ranges::find(known, component) == known.end()) {
    std::string names;
    for (const auto name : known) names += std::string(name) + ", ";
    return respond(responder, Status::not_found("the log has no component " + component +
                                                "; there are " + names + "and all"));
  }
  log::set_level(all ? "" : component, *parsed);
  audit(context, request, "log.level", all ? "all" : component, Status::ok(), level);
  respond(responder, Json{{"ok", true},
                          {"message", (all ? "everything without a level of its own" : component) +
                                          " logs from " + level + " on, until the next reload"}});
}

void show_levels(HttpResponder& responder) {
  Json rows = Json::array();
  for (const auto component : log::components()) {
    rows.push_back(
        {{"component", component}, {"level", log::level_name(log::level_of(component))}});
  }
  respond(responder, Json{{"levels", rows}});
}

}  // namespace

void add_config_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/config",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               show(context, responder);
             });
  router.add("POST", "/admin/v1/config/reload",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               reload(context, r, std::move(responder));
             });
  router.add("GET", "/admin/v1/log/level",
             [](const HttpRequest&, const PathValues&, HttpResponder responder) {
               show_levels(responder);
             });
  router.add("POST", "/admin/v1/log/level",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               set_level(context, r, std::move(responder));
             });
}

}  // namespace parley::api
