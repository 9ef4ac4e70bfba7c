// SPDX-License-Identifier: Apache-2.0
#include "api/user_routes.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/find_user.h"
#include "base/ids.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/first_admin.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;
using Roles = std::vector<std::string>;

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

std::string joined(const Roles& roles) {
  std::string list;
  for (const auto& role : roles) list += (list.empty() ? "" : ", ") + role;
  return list;
}

void answer_user(const SharedResponder& answer, const users::User& user, const std::string& text) {
  respond(*answer, Json{{"ok", true},
                        {"id", user.id},
                        {"name", user.name},
                        {"roles", user.roles},
                        {"message", text}});
}

// What the accounts refuse is audited here; what they do, they audit themselves.
void refuse(const Context& context, const HttpRequest& request, const std::string& action,
            const std::string& target, const Status& status, const SharedResponder& answer) {
  audit(context, request, action, target, status);
  respond(*answer, status);
}

void show_user(const Context& context, const PathValues& path, HttpResponder responder) {
  with_user(context, path.at("name"), share(std::move(responder)),
            [&context](const users::User& user, const SharedResponder& answer) {
              const auto status =
                  context.store.read([&context, id = user.id, answer](storage::Reader& reader) {
                    const auto record = reader.user(id);
                    if (!record) return respond(*answer, record.status());
                    respond(*answer, user_json(*record, context.sessions.count_of(id)));
                  });
              if (!status) respond(*answer, status);
            });
}

// Role names at `key`; nothing, and an answer sent, when one of them is none.
std::optional<Roles> roles_at(const Json& body, const char* key, HttpResponder& responder) {
  Fields fields(body);
  auto roles = fields.texts(key);
  Status status = fields.status();
  if (status && !std::ranges::all_of(roles, users::is_role))
    status = Status::invalid_args("roles are: user, moderator, admin, service");
  if (status) return roles;
  respond(responder, status);
  return std::nullopt;
}

// {"name", "roles"?, "password"?}; without a password the answer has one.
void create(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto roles = roles_at(*body, "roles", responder);
  if (!roles) return;
  Fields fields(*body);
  users::NewAccount who{
      .name = fields.text("name"), .password = fields.text("password"), .roles = *roles};
  if (!fields.status()) return respond(responder, fields.status());
  std::string made;
  if (!body->contains("password")) {
    constexpr int kCharacters = 16;  // 95 bits
    made = random_base62(
        static_cast<std::size_t>(std::max(kCharacters, context.config()->auth.password_min)));
    who.password = made;
  }
  const auto name = who.name;
  context.accounts.create(
      actor_of(request), request.local ? std::string() : request.peer_address(), std::move(who),
      [&context, request, name, made,
       answer = share(std::move(responder))](const Result<users::User>& user) {
        if (!user) return refuse(context, request, "account.create", name, user.status(), answer);
        Json told{
            {"ok", true},
            {"id", user->id},
            {"name", user->name},
            {"roles", user->roles},
            {"message", user->name + " has an account, with the roles: " + joined(user->roles)}};
        if (!made.empty()) told["password"] = made;
        respond(*answer, told);
      });
}

// {"roles": exactly these} or {"add": those too, "remove": and not those}.
void change_roles(const Context& context, const HttpRequest& request, const PathValues& path,
                  HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  const bool exact = body->contains("roles");
  const auto add = roles_at(*body, exact ? "roles" : "add", responder);
  if (!add) return;
  const auto remove = roles_at(*body, "remove", responder);
  if (!remove) return;
  if (add->empty() && remove->empty())
    return respond(responder, Status::invalid_args("name at least one role"));
  with_user(context, path.at("name"), share(std::move(responder)),
            [&context, request, exact, add = *add, remove = *remove](
                const users::User& user, const SharedResponder& answer) {
              auto done = [&context, request, id = user.id,
                           answer](const Result<users::User>& changed) {
                if (!changed)
                  return refuse(context, request, "account.roles", id, changed.status(), answer);
                answer_user(answer, *changed,
                            changed->name + " has the roles: " + joined(changed->roles));
              };
              const auto actor = actor_of(request);
              if (exact) return context.accounts.set_roles(actor, user.id, add, std::move(done));
              context.accounts.change_roles(actor, user.id, add, remove, std::move(done));
            });
}

void set_disabled(const Context& context, const HttpRequest& request, const PathValues& path,
                  HttpResponder responder, bool disabled) {
  if (!read_body(request, responder)) return;
  with_user(
      context, path.at("name"), share(std::move(responder)),
      [&context, request, disabled](const users::User& user, const SharedResponder& answer) {
        context.accounts.set_disabled(
            actor_of(request), user.id, disabled,
            [&context, request, disabled, id = user.id,
             answer](const Result<users::User>& changed) {
              if (!changed)
                return refuse(context, request, disabled ? "account.disable" : "account.enable", id,
                              changed.status(), answer);
              answer_user(
                  answer, *changed,
                  changed->name + (disabled ? " is disabled and logged out" : " may log in again"));
            });
      });
}

void reset_password(const Context& context, const HttpRequest& request, const PathValues& path,
                    HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto password = fields.text("password");
  if (!fields.status()) return respond(responder, fields.status());
  with_user(
      context, path.at("name"), share(std::move(responder)),
      [&context, request, password](const users::User& user, const SharedResponder& answer) {
        if (user.kind == "guest") {
          return respond(*answer,
                         Status::invalid_args("A guest has no account. It has to register first."));
        }
        context.accounts.reset_password(
            actor_of(request), user.id, password,
            [&context, request, user, answer](const Status& status) {
              if (!status)
                return refuse(context, request, "account.password", user.id, status, answer);
              answer_user(answer, user,
                          user.name + " has a new password; what the old one opened has ended");
            });
      });
}

void redeem(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto name = fields.text("name"), password = fields.text("password");
  const auto code = fields.text("code");
  if (!fields.status()) return respond(responder, fields.status());
  auto answer = share(std::move(responder));
  // Before the code, whose tries are counted.
  if (auto status = context.accounts.check_enrolment(name, password); !status)
    return respond(*answer, status);
  context.first_admin.redeem(
      code, name, password, request.peer_address(),
      [&context, request, name, answer](const Result<users::User>& user) {
        audit(context, request, "admin.redeem", name, user.status());
        if (!user) return respond(*answer, user.status());
        std::error_code ignored;  // the code is of no use any more
        std::filesystem::remove(
            std::filesystem::path(context.config()->state_dir) / "first-admin-code", ignored);
        answer_user(answer, *user, user->name + " is an admin now");
      });
}

}  // namespace

void add_redeem_route(Router& router, const Context& context) {
  router.add("POST", "/admin/v1/admin/redeem",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               redeem(context, r, std::move(responder));
             });
}

void add_user_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/users",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_users(context, std::move(responder));
             });
  router.add("POST", "/admin/v1/users",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               create(context, r, std::move(responder));
             });
  router.add("GET", "/admin/v1/users/{name}",
             [&](const HttpRequest&, const PathValues& p, HttpResponder responder) {
               show_user(context, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/users/{name}/roles",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               change_roles(context, r, p, std::move(responder));
             });
  for (const bool disabled : {true, false}) {
    router.add(
        "POST", std::string("/admin/v1/users/{name}/") + (disabled ? "disable" : "enable"),
        [&context, disabled](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
          set_disabled(context, r, p, std::move(responder), disabled);
        });
  }
  router.add("POST", "/admin/v1/users/{name}/password",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               reset_password(context, r, p, std::move(responder));
             });
}

}  // namespace parley::api
