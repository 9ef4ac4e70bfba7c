// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <fmt/core.h>

#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

void show_changes(Context& context, const Json& body) {
  const Json changes = body.value("changes", Json::array());
  if (changes.empty()) {
    context.terminal.out << "nothing changed\n";
    return;
  }
  Table table({"key", "before", "after", "takes effect"});
  for (const auto& change : changes) {
    table.add({cell("", change.value("path", Json())), cell("", change.value("before", Json())),
               cell("", change.value("after", Json())),
               change.value("restart", false) ? "after a restart" : "now"});
  }
  table.print(context.terminal.out, context.terminal.width);
}

// A person by name rather than by id, where the server knows one.
Json with_names(Json body) {
  if (!body.is_object() || !body.contains("entries")) return body;
  for (auto& entry : body["entries"]) {
    for (const std::string side : {"actor", "target"}) {
      const auto name = entry.is_object() ? entry.value(side + "Name", std::string()) : "";
      if (!name.empty()) entry[side] = name;
    }
  }
  return body;
}

std::string absolute(const std::string& file) {
  std::error_code error;  // an empty name has no absolute form: the server refuses it
  return std::filesystem::absolute(file, error).lexically_normal().string();
}

}  // namespace

int status(Context& context) {
  return answer(context, context.client().get("/admin/v1/status"), print_object);
}

int sessions(Context& context) {
  return answer(context, context.client().get("/admin/v1/sessions"),
                [](Context& c, const Json& body) {
                  print_list(c, body, "sessions",
                             {"id", "user", "kind?", "state", "address?", "client?", "channels?",
                              "connectedAt", "inflight?", "outboxBytes?"});
                });
}

int kick(Context& context, const std::string& session, const std::string& reason) {
  const auto path = fmt::format("/admin/v1/sessions/{}/kick", path_step(session));
  return answer(context, context.client().post(path, {{"reason", reason}}), print_done);
}

int audit(Context& context, const AuditFilter& filter) {
  auto path = fmt::format("/admin/v1/audit?limit={}", filter.limit);
  if (filter.since > 0) path += fmt::format("&since={}", filter.since);
  if (!filter.user.empty()) path += "&user=" + path_step(filter.user);
  if (!filter.action.empty()) path += "&action=" + path_step(filter.action);
  return answer(context, context.client().get(path), [](Context& c, const Json& body) {
    print_list(c, with_names(body), "entries",
               {"at", "actor", "address?", "action", "target", "result", "detail"});
  });
}

int log_level(Context& context, const std::string& component, const std::string& level) {
  return answer(
      context,
      context.client().post("/admin/v1/log/level", {{"component", component}, {"level", level}}),
      print_done);
}

// The server writes the file: the path must mean the same to it as to the one who typed it.
int backup(Context& context, const std::string& file) {
  return answer(context, context.client().post("/admin/v1/backup", {{"file", absolute(file)}}),
                print_done);
}

int reload_config(Context& context) {
  return answer(context, context.client().post("/admin/v1/config/reload", Json::object()),
                show_changes);
}

int log_levels(Context& context) {
  return answer(context, context.client().get("/admin/v1/log/level"),
                [](Context& c, const Json& body) {
                  print_list(c, body, "levels", {"component", "level"});
                });
}

int live_config(Context& context) {
  return answer(context, context.client().get("/admin/v1/config"),
                [](Context& c, const Json& body) {
                  // Lines of its own making, each value shown as YAML: nothing to escape.
                  c.terminal.out << body.value("text", std::string());
                });
}

}  // namespace parley::ctl
