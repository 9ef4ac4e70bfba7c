// SPDX-License-Identifier: Apache-2.0
#include "api/plugin_routes.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <utility>

#include "api/find_user.h"
#include "config/plugin_settings.h"
#include "plugin/plugin_manager.h"
#include "protocol/error_codes.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

Json info_json(const plugin::PluginInfo& info) {
  Json commands = Json::array();
  std::uint64_t calls = 0;
  for (const auto& command : info.commands) {
    calls += command.calls;
    commands.push_back({{"name", command.name},
                        {"calls", command.calls},
                        {"faults", command.faults},
                        {"meanUs", command.calls > 0 ? command.total_us / command.calls : 0}});
  }
  return {{"id", info.id},
          {"version", info.version},
          {"state", plugin::state_name(info.state)},
          {"reason", info.reason},
          {"description", info.description},
          {"execution", info.execution},
          {"isolation", info.isolation},
          {"pid", info.pid},
          {"sandbox", info.protection},
          {"restarts", info.restarts},
          {"last_exit", info.last_exit},
          {"generation", info.generation},
          {"previous", info.previous},
          {"canary", info.canary},
          {"requires", info.requirements},
          {"abi", info.abi},
          {"source", info.source},
          {"sha256", info.sha256},
          {"permissions", info.permissions},
          {"calls", calls},
          {"faults", info.faults},
          {"queued", info.queued},
          {"quarantine", info.quarantine},
          {"commands", commands}};
}

// In a list: names only, so that a table stays readable.
Json row_json(const plugin::PluginInfo& info) {
  Json row = info_json(info);
  Json names = Json::array();
  for (const auto& command : info.commands) names.push_back(command.name);
  row["commands"] = names;
  return row;
}

Json step_json(const plugin::Step& step) {
  return {{"name", step.name},
          {"ms", std::round(step.ms * 100) / 100},
          {"ok", step.ok},
          {"detail", step.detail}};
}

Json steps_json(const plugin::Operation& operation) {
  Json steps = Json::array();
  for (const auto& step : operation.steps) steps.push_back(step_json(step));
  return steps;
}

struct Told {
  int http = 200;
  Json body;
};

Told told(const plugin::Operation& operation, Json body) {
  if (!operation.status) body = Json::object();
  body["ok"] = operation.status.is_ok();
  body["steps"] = steps_json(operation);
  if (operation.status) return {200, std::move(body)};
  const auto& info = protocol::error_info(operation.status.code());
  body["error"] = {{"code", info.name}, {"message", operation.status.message()}};
  if (!operation.problems.empty()) body["details"] = problems_json(operation.problems);
  return {info.http, std::move(body)};
}

// Answers an operation: whole at its end, or, to who accepts application/x-ndjson, a line
// {"step":…} as each step ends and the answer with its `status` last.
class Teller {
 public:
  Teller(const HttpRequest& request, HttpResponder responder) {
    if (request.header("accept") != kLines) {
      whole_ = share(std::move(responder));
      return;
    }
    net::HttpResponse head;
    head.headers = {{"Content-Type", std::string(kLines)}, {"Cache-Control", "no-store"}};
    stream_ = std::make_shared<net::HttpStream>(responder.stream(std::move(head)));
  }
  bool streams() const { return stream_ != nullptr; }
  void step(const plugin::Step& step) const { line({{"step", step_json(step)}}); }
  void end(const plugin::Operation& operation) const {
    if (whole_) return answer_operation(*whole_, operation);
    auto [http, body] = told(operation, Json::object());
    body["status"] = http;
    line(body);
    stream_->close();
  }

 private:
  static constexpr std::string_view kLines = "application/x-ndjson";
  void line(const Json& value) const { stream_->write(dump(value) + "\n"); }

  SharedResponder whole_;
  std::shared_ptr<net::HttpStream> stream_;
};

// For who reads lines, each step is told as it ends.
plugin::PluginManager::Done with_steps(const Teller& teller, plugin::PluginManager::Done done) {
  if (!teller.streams()) return done;
  return {std::move(done), [teller](const plugin::Step& step) { teller.step(step); }};
}

// {"percent":10} or {"users":["neo"]}
Result<plugin::CanaryShare> share_of(const Json& body) {
  plugin::CanaryShare share;
  if (const auto percent = body.find("percent"); percent != body.end()) {
    if (!percent->is_number_integer())
      return Status::invalid_args("percent must be a whole number from 1 to 99");
    share.percent =
        static_cast<int>(std::clamp<std::int64_t>(percent->get<std::int64_t>(), -1, 100));
  }
  if (const auto users = body.find("users"); users != body.end()) {
    if (!users->is_array() || share.percent != 0)
      return Status::invalid_args("give either percent or a list of users");
    for (const auto& user : *users) {
      if (!user.is_string() || user.get_ref<const std::string&>().empty())
        return Status::invalid_args("users must be names or ids");
      share.users.push_back(user.get<std::string>());
    }
  }
  return share;
}

// One after another: who is not there is a slip, and nobody would ever see that canary.
void with_all(const Context& context, const std::shared_ptr<const std::vector<std::string>>& names,
              std::size_t at, const SharedResponder& answer, const std::function<void()>& then) {
  if (at == names->size()) return then();
  with_user(context, (*names)[at], answer,
            [&context, names, at, then](const users::User&, const SharedResponder& found) {
              with_all(context, names, at + 1, found, then);
            });
}

void begin_canary(const Context& context, const HttpRequest& request, const PathValues& path,
                  HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  auto whom = share_of(*body);
  if (!whom) return respond(responder, whom.status());
  Fields fields(*body);
  const auto from = fields.text("from");
  if (!fields.status()) return respond(responder, fields.status());
  const auto answer = share(std::move(responder));
  const auto begin = [&context, request, id = path.at("id"), from, share = *whom, answer] {
    context.plugins.canary(id, from, share,
                           [&context, request, id, answer](const plugin::Operation& operation) {
                             audit(context, request, "plugin.canary", id, operation.status);
                             answer_operation(*answer, operation);
                           });
  };
  // Too many are refused where the canary begins.
  if (!whom->check()) return begin();
  with_all(context, std::make_shared<const std::vector<std::string>>(whom->users), 0, answer,
           begin);
}

void start(plugin::PluginManager& plugins, const std::string& verb, const std::string& id,
           const std::string& from, plugin::PluginManager::Done done) {
  if (verb == "load") return plugins.load(id, from, std::move(done));
  if (verb == "reload") return plugins.reload(id, from, std::move(done));
  if (verb == "promote") return plugins.promote(id, std::move(done));
  if (verb == "rollback") return plugins.rollback(id, std::move(done));
  if (verb == "release") return plugins.release(id, std::move(done));
  if (verb == "quarantine") return plugins.quarantine(id, std::move(done));
  plugins.unload(id, std::move(done));
}

void operate(const Context& context, const HttpRequest& request, const PathValues& path,
             HttpResponder responder, const std::string& verb) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto id = path.at("id"), from = fields.text("from");
  if (!fields.status()) return respond(responder, fields.status());
  const Teller teller(request, std::move(responder));
  auto done = [&context, request, verb, id, from, teller](const plugin::Operation& operation) {
    audit(context, request, "plugin." + verb, id, operation.status,
          from.empty() ? from : "from " + from);
    teller.end(operation);
  };
  start(context.plugins, verb, id, from, with_steps(teller, std::move(done)));
}

// What its configuration may look like, for whoever makes a form of it; null when it says nothing.
Json schema_of(const Context& context, const std::string& id) {
  for (const auto& plugin : context.plugins.running())
    if (plugin->id() == id)
      return Json::parse(plugin->manifest().config_schema, nullptr, false).is_object()
                 ? Json::parse(plugin->manifest().config_schema)
                 : Json(nullptr);
  return nullptr;
}

void show_config(const Context& context, const std::string& id, net::HttpResponder& responder) {
  const auto settings = context.plugins.settings(id);
  if (!settings) return respond(responder, settings.status());
  Json origins = Json::object();
  for (const auto& [pointer, origin] : config::config_origins(*settings)) origins[pointer] = origin;
  respond(responder, Json{{"config", Json::parse(settings->config_json, nullptr, false)},
                          {"origins", origins},
                          {"schema", schema_of(context, id)},
                          {"file", settings->file}});
}

// For the audit: what was set, and never to what, since a value may be a secret.
std::string keys_of(const Json& set) {
  std::string keys;
  for (const auto& [path, value] : set.items()) keys += (keys.empty() ? "" : ", ") + path;
  return keys;
}

void change_config(const Context& context, const HttpRequest& request, const PathValues& path,
                   HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto id = path.at("id");
  const auto set = body->find("set");
  if (set == body->end() || !set->is_object() || set->empty())
    return respond(responder,
                   Status::invalid_args("nothing to set: send {\"set\":{\"key.path\":value}}"));
  auto done = [&context, request, id, keys = keys_of(*set),
               answer = share(std::move(responder))](const plugin::Operation& operation) {
    audit(context, request, "plugin.config", id, operation.status, keys);
    if (!operation.status) return answer_operation(*answer, operation);
    show_config(context, id, *answer);
  };
  context.plugins.configure(id, dump(*set), std::move(done));
}

}  // namespace

void answer_operation(net::HttpResponder& responder, const plugin::Operation& operation,
                      Json body) {
  const auto [http, whole] = told(operation, std::move(body));
  responder.respond(net::HttpResponse::json(http, dump(whole)));
}

Json problems_json(const std::vector<config::Problem>& problems) {
  Json rows = Json::array();
  for (const auto& problem : problems) {
    Json row{{"file", problem.file},
             {"line", problem.line},
             {"path", problem.path},
             {"message", problem.message}};
    if (!problem.rule.empty()) {
      row["rule"] = problem.rule;
      row["values"] = problem.values;
    }
    if (!problem.stays.empty()) row["stays"] = problem.stays;
    rows.push_back(std::move(row));
  }
  return rows;
}

void add_plugin_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/plugins",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               Json rows = Json::array();
               for (const auto& info : context.plugins.list()) rows.push_back(row_json(info));
               respond(responder, Json{{"plugins", rows}});
             });
  router.add("GET", "/admin/v1/plugins/{id}",
             [&](const HttpRequest&, const PathValues& path, HttpResponder responder) {
               const auto info = context.plugins.info(path.at("id"));
               if (!info) return respond(responder, info.status());
               respond(responder, info_json(*info));
             });
  for (const char* verb :
       {"load", "unload", "reload", "rollback", "promote", "quarantine", "release"}) {
    router.add("POST", std::string("/admin/v1/plugins/{id}/") + verb,
               [&context, verb = std::string(verb)](const HttpRequest& r, const PathValues& p,
                                                    HttpResponder responder) {
                 operate(context, r, p, std::move(responder), verb);
               });
  }
  router.add("POST", "/admin/v1/plugins/{id}/canary",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               begin_canary(context, r, p, std::move(responder));
             });
  router.add("GET", "/admin/v1/plugins/{id}/config",
             [&](const HttpRequest&, const PathValues& p, HttpResponder responder) {
               show_config(context, p.at("id"), responder);
             });
  router.add("PATCH", "/admin/v1/plugins/{id}/config",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               change_config(context, r, p, std::move(responder));
             });
}

}  // namespace parley::api
