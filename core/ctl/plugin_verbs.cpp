// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/escape.h"
#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

std::string plugin_path(const std::string& id, const std::string& rest = "") {
  return "/admin/v1/plugins/" + path_step(id) + rest;
}

// Steps are shown for a failure too: which one failed is the point.
void show_steps(Context& context, const Json& body) {
  if (!body.is_object() || !body.contains("steps") || !body["steps"].is_array() ||
      body["steps"].empty())
    return;
  Table table({"step", "ms", "", "detail"});
  for (const auto& step : body["steps"]) {
    if (!step.is_object()) continue;
    table.add({cell("", step.value("name", Json(""))), cell("", step.value("ms", Json(0))),
               step.value("ok", false) ? "ok" : "failed",
               cell("", step.value("detail", Json("")))});
  }
  table.print(context.terminal.out, context.terminal.width);
}

std::string dotted(std::string pointer) {
  if (pointer.starts_with('/')) pointer.erase(0, 1);
  std::ranges::replace(pointer, '/', '.');
  return pointer;
}

void show_config(Context& context, const Json& body) {
  const Json config = body.value("config", Json::object());
  const Json origins = body.value("origins", Json::object());
  if (!config.is_object() || config.empty()) {
    context.terminal.out << "this plugin has no keys of its own\n";
    return;
  }
  Table table({"key", "value", "origin"});
  const Json leaves = config.flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    table.add({dotted(pointer), value.is_null() ? "null" : cell("", value),
               cell("", origins.value(pointer, Json("")))});
  }
  table.print(context.terminal.out, context.terminal.width);
}

// The change that a refusal is about: "config.rooms.limit" is what `--set rooms.limit=…` changes, and
// so is what lies below it.
const std::pair<std::string, std::string>* blamed(const KeyValues& changes,
                                                  const std::string& path) {
  const auto is_it = [&path](const auto& change) {
    const auto changed = "config." + change.first;
    return path == changed || path.starts_with(changed + ".");
  };
  const auto found = std::ranges::find_if(changes, is_it);
  return found == changes.end() ? nullptr : &*found;
}

// Whoever typed a flag reads about the flag; what stands in a file is said of the file.
bool blame_flags(Context& context, const KeyValues& changes, const Json& details) {
  if (!details.is_array() || details.empty()) return false;
  std::string text;
  for (const auto& detail : details) {
    if (!detail.is_object() || !detail.value("file", std::string()).empty()) return false;
    const auto* change = blamed(changes, detail.value("path", std::string()));
    if (change == nullptr) return false;
    text += fmt::format("refused: --set {}={}: {}\n", terminal_escaped(change->first),
                        terminal_escaped(change->second),
                        terminal_escaped(detail.value("message", std::string())));
    const auto stays = detail.value("stays", std::string());
    text += "  the old configuration stays";
    text += stays.empty() ? "\n" : fmt::format(": {}\n", terminal_escaped(stays));
  }
  context.terminal.err << text;
  return true;
}

int refuse_changes(Context& context, const KeyValues& changes, const Reply& reply) {
  const Json error =
      reply.body.is_object() ? reply.body.value("error", Json::object()) : Json::object();
  const Json beside = reply.body.is_object() ? reply.body.value("details", Json()) : Json();
  const Json inside = error.is_object() ? error.value("details", Json()) : Json();
  if (!blame_flags(context, changes, beside.is_array() ? beside : inside))
    return refuse(context, reply);
  if (context.format == Format::kJson) print_json(context, reply.body);
  return kRefused;
}

// 12, true, [1, 2] and "text" are read as JSON; anything else is text as it stands.
Json typed(const std::string& text) {
  Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json(text) : value;
}

}  // namespace

int plugin_list(Context& context) {
  return answer(context, context.client().get("/admin/v1/plugins"),
                [](Context& c, const Json& body) {
                  print_list(c, body, "plugins",
                             {"id", "version", "state", "execution?", "isolation?", "pid?",
                              "restarts?", "commands?", "calls?", "faults", "reason"});
                });
}

int plugin_info(Context& context, const std::string& id) {
  return answer(context, context.client().get(plugin_path(id)), print_object);
}

namespace {

int operate(Context& context, const std::string& operation, const std::string& id, Json body,
            const std::string& from) {
  if (!from.empty()) body["from"] = std::filesystem::absolute(from).lexically_normal().string();
  const auto reply = context.client().post(plugin_path(id, "/" + operation), body);
  if (!reply) return refuse(context, reply.status());
  if (context.format == Format::kTable) show_steps(context, reply->body);
  const bool done = reply->ok() && reply->body.is_object() && reply->body.value("ok", true);
  if (!done) return refuse(context, *reply);
  if (context.format == Format::kJson) {
    print_json(context, reply->body);
  } else {
    context.terminal.out << fmt::format("{} {}: done\n", operation, id);
  }
  return kDone;
}

// What serves now, and what each of it needs.
using Serving = std::map<std::string, std::vector<std::string>>;

Result<Serving> serving(Context& context) {
  const auto reply = context.client().get("/admin/v1/plugins");
  if (!reply) return reply.status();
  Serving found;
  const Json rows = reply->body.is_object() ? reply->body.value("plugins", Json::array()) : Json();
  for (const auto& row : rows) {
    const auto state = row.is_object() ? row.value("state", Json("")) : Json("");
    const bool rests =
        state == "quarantined" && !cell("", row.value("quarantine", Json(""))).empty();
    if (state != "active" && state != "probation" && !rests) continue;
    auto& needs = found[cell("", row.value("id", Json("")))];
    for (const auto& need : row.value("requires", Json::array())) {
      const auto text = cell("", need);
      needs.push_back(text.substr(0, text.find(' ')));
    }
  }
  return found;
}

// What is needed before what needs it; otherwise as they came.
void add_in_order(const std::string& id, const std::vector<std::string>& wanted,
                  const Serving& serving, std::vector<std::string>& order,
                  std::set<std::string>& seen) {
  if (!seen.insert(id).second) return;
  if (const auto found = serving.find(id); found != serving.end()) {
    for (const auto& need : found->second) {
      if (std::ranges::find(wanted, need) != wanted.end())
        add_in_order(need, wanted, serving, order, seen);
    }
  }
  order.push_back(id);
}

}  // namespace

int plugin_operate(Context& context, const std::string& operation, const std::string& id,
                   const std::string& from) {
  return operate(context, operation, id, Json::object(), from);
}

int plugin_canary(Context& context, const std::string& id, const std::vector<std::string>& share,
                  const std::string& from) {
  Json body = Json::object();
  if (share[0] == "user") {
    body["users"] = std::vector<std::string>(share.begin() + 1, share.end());
  } else {
    body["percent"] = std::stoi(share[0]);
  }
  return operate(context, "canary", id, std::move(body), from);
}

int plugin_reload(Context& context, std::vector<std::string> ids, bool all,
                  const std::string& from) {
  if (all || ids.size() > 1) {
    const auto found = serving(context);
    if (!found) return refuse(context, found.status());
    if (all) {
      for (const auto& [id, needs] : *found) ids.push_back(id);
    }
    std::vector<std::string> order;
    std::set<std::string> seen;
    for (const auto& id : ids) add_in_order(id, ids, *found, order, seen);
    ids = std::move(order);
  }
  int worst = kDone;
  for (const auto& id : ids) worst = std::max(worst, plugin_operate(context, "reload", id, from));
  return worst;
}

int plugin_config(Context& context, const std::string& id, const KeyValues& changes) {
  if (changes.empty())
    return answer(context, context.client().get(plugin_path(id, "/config")), show_config);
  Json set = Json::object();
  for (const auto& [path, text] : changes) set[path] = typed(text);
  const auto reply = context.client().patch(plugin_path(id, "/config"), {{"set", set}});
  if (reply && !reply->ok()) return refuse_changes(context, changes, *reply);
  return answer(context, reply, show_config);
}

}  // namespace parley::ctl
