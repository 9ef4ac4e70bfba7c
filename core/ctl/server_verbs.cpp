// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <fmt/core.h>

#include "config/checks.h"
#include "config/yaml_tree.h"
#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPassword = 1024;

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

Result<std::string> password_from(const std::string& file) {
  if (auto why = config::check_private_file(file)) return Status::invalid_args(*why);
  std::vector<config::Problem> problems;
  auto text = config::read_file(file, kMaxPassword, problems);
  if (!text) return Status::invalid_args(problems.front().sentence());
  text->erase(text->find_last_not_of("\r\n") + 1);
  return *text;
}

Result<std::string> password_twice(const Terminal& terminal) {
  auto first = terminal.ask_secret("New password: ");
  if (!first) return first;
  const auto second = terminal.ask_secret("Again: ");
  if (!second) return second;
  if (*first != *second) return Status::invalid_args("the two passwords differ; nothing was done");
  return first;
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
                             {"id", "user", "roles", "address", "transport", "channels", "since",
                              "connectedAt", "idleMs", "outboxBytes"});
                });
}

int kick(Context& context, const std::string& session, const std::string& reason) {
  const auto path = fmt::format("/admin/v1/sessions/{}/kick", path_step(session));
  return answer(context, context.client().post(path, {{"reason", reason}}), print_done);
}

int say(Context& context, const std::string& channel, const std::string& text) {
  return answer(context,
                context.client().post("/admin/v1/say", {{"channel", channel}, {"text", text}}),
                print_done);
}

int users(Context& context) {
  return answer(context, context.client().get("/admin/v1/users"), [](Context& c, const Json& body) {
    print_list(c, body, "users",
               {"id", "name", "roles", "disabled", "createdAt", "lastSeenAt", "sessions"});
  });
}

int user_roles(Context& context, const std::string& name, const std::vector<std::string>& roles) {
  const auto path = fmt::format("/admin/v1/users/{}/roles", path_step(name));
  return answer(context, context.client().post(path, {{"roles", roles}}), print_done);
}

int audit(Context& context, int limit) {
  return answer(
      context, context.client().get(fmt::format("/admin/v1/audit?limit={}", limit)),
      [](Context& c, const Json& body) {
        print_list(c, body, "entries", {"at", "time", "actor", "action", "target", "detail"});
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

int redeem(Context& context, const std::string& code, const std::string& name,
           const std::string& password_file) {
  const auto password =
      password_file.empty() ? password_twice(context.terminal) : password_from(password_file);
  if (!password) return refuse(context, password.status());
  const Json body{{"code", code}, {"name", name}, {"password", *password}};
  return answer(context, context.client().post("/admin/v1/admin/redeem", body), print_done);
}

}  // namespace parley::ctl
