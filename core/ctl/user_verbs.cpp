// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include <fmt/core.h>

#include "config/checks.h"
#include "config/yaml_tree.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPassword = 1024;

std::string user_path(const std::string& name, const std::string& rest = "") {
  return "/admin/v1/users/" + path_step(name) + rest;
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

Result<std::string> password_from_stdin() {
  std::string text(kMaxPassword + 2, '\0');  // and the end of the line
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  text.erase(text.find_last_not_of("\r\n") + 1);
  if (text.empty()) return Status::invalid_args("no password came on standard input");
  return text;
}

Result<std::string> new_password(const Context& context, const std::string& file) {
  return file.empty() ? password_twice(context.terminal) : password_from(file);
}

}  // namespace

int user_list(Context& context) {
  return answer(context, context.client().get("/admin/v1/users"), [](Context& c, const Json& body) {
    print_list(
        c, body, "users",
        {"id", "name", "kind", "roles", "disabled", "createdAt?", "lastSeenAt?", "sessions?"});
  });
}

int user_info(Context& context, const std::string& name) {
  return answer(context, context.client().get(user_path(name)), print_object);
}

int user_create(Context& context, const std::string& name, const std::vector<std::string>& roles,
                bool password_stdin) {
  Json body{{"name", name}, {"roles", roles}};
  if (password_stdin) {
    const auto password = password_from_stdin();
    if (!password) return refuse(context, password.status());
    body["password"] = *password;
  }
  return answer(
      context, context.client().post("/admin/v1/users", body), [](Context& c, const Json& made) {
        print_done(c, made);
        if (const auto password = made.find("password"); password != made.end())
          c.terminal.out << "its password, shown this once: " << password->get<std::string>()
                         << '\n';
      });
}

int user_roles(Context& context, const std::string& name, const std::string& how,
               const std::vector<std::string>& roles) {
  return answer(context, context.client().post(user_path(name, "/roles"), {{how, roles}}),
                print_done);
}

int user_disabled(Context& context, const std::string& name, bool disabled) {
  const auto path = user_path(name, disabled ? "/disable" : "/enable");
  return answer(context, context.client().post(path, Json::object()), print_done);
}

int user_password(Context& context, const std::string& name, const std::string& password_file) {
  const auto password = new_password(context, password_file);
  if (!password) return refuse(context, password.status());
  return answer(context,
                context.client().post(user_path(name, "/password"), {{"password", *password}}),
                print_done);
}

int redeem(Context& context, const std::string& code, const std::string& name,
           const std::string& password_file) {
  const auto password = new_password(context, password_file);
  if (!password) return refuse(context, password.status());
  const Json body{{"code", code}, {"name", name}, {"password", *password}};
  return answer(context, context.client().post("/admin/v1/admin/redeem", body), print_done);
}

}  // namespace parley::ctl
