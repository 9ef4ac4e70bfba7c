// SPDX-License-Identifier: Apache-2.0
#include "api/console_routes.h"

#include <algorithm>
#include <utility>

#include "api/admin_support.h"
#include "base/ids.h"
#include "net/shard.h"
#include "users/accounts.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;
using net::HttpResponse;

constexpr std::string_view kCookie = "parley_console";

std::string set_cookie(const HttpRequest& request, const std::string& value, std::int64_t seconds) {
  return std::string(kCookie) + '=' + value + "; Path=/admin; Max-Age=" + std::to_string(seconds) +
         "; HttpOnly; SameSite=Strict" + (request.secure ? "; Secure" : "");
}

Json session_json(const users::User& user, const ConsoleSession& session) {
  return {{"user", {{"id", user.id}, {"name", user.name}}},
          {"csrf", session.csrf},
          {"expiresAt", session.expires_at},
          {"confirmed", session.confirmed}};
}

// A failed login is answered late, as elsewhere, so that guessing is slow.
void refuse_late(const SharedResponder& answer, const Status& status, Millis delay) {
  auto* shard = answer->shard();
  if (shard == nullptr || delay.count() <= 0) return respond(*answer, status);
  shard->post([shard, answer, status, delay] {
    shard->call_after(delay, [answer, status] { respond(*answer, status); });
  });
}

struct Door {
  const Context& context;
  ConsoleSessions& sessions;

  void look(const HttpRequest& request, HttpResponder responder) const;
  void open(const HttpRequest& request, HttpResponder responder) const;
  void confirm(const HttpRequest& request, HttpResponder responder) const;
  void end(const HttpRequest& request, HttpResponder responder) const;
  void let_in(const HttpRequest& request, const users::User& user,
              const SharedResponder& answer) const;
  // The session whose cookie and token this change carries; nothing, and an answer sent, when none.
  std::optional<ConsoleSession> changing(const HttpRequest& request,
                                         HttpResponder& responder) const;
};

// Asked when the page opens: not being logged in is no failure.
void Door::look(const HttpRequest& request, HttpResponder responder) const {
  const auto session = sessions.find(console_cookie(request, sessions), false);
  if (!session) return respond(responder, Json{{"user", nullptr}});
  context.accounts.by_id(
      session->user_id,
      [session = *session, answer = share(std::move(responder))](const Result<users::User>& user) {
        if (!user || !user->has_role("admin")) return respond(*answer, Json{{"user", nullptr}});
        respond(*answer, session_json(*user, session));
      });
}

void Door::open(const HttpRequest& request, HttpResponder responder) const {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto name = fields.text("name"), password = fields.text("password");
  if (!fields.status()) return respond(responder, fields.status());
  auto answer = share(std::move(responder));
  context.accounts.login(name, password, request.peer_address(),
                         [door = *this, request = HttpRequest(request), name,
                          answer](const Result<users::User>& user) mutable {
                           request.body.clear();
                           if (user) return door.let_in(request, *user, answer);
                           refuse_late(answer, user.status(),
                                       door.context.accounts.login_delay(name));
                         });
}

void Door::let_in(const HttpRequest& request, const users::User& user,
                  const SharedResponder& answer) const {
  const auto status =
      user.has_role("admin")
          ? Status::ok()
          : Status::forbidden("The console is for accounts with the role admin; " + user.name +
                              " has not got it. `parleyctl user role add " + user.name +
                              " admin` gives it.");
  HttpRequest by_user = request;
  by_user.actor = user.id;
  audit(context, by_user, "console.login", user.id, status);
  if (!status) return respond(*answer, status);
  const auto cookie = sessions.open(user.id);
  const auto session = sessions.find(cookie, true);
  if (!session) return respond(*answer, Status::overloaded("Too many log in just now. Try again."));
  answer->respond(
      HttpResponse::json(200, dump(session_json(user, *session)))
          .with("Set-Cookie",
                set_cookie(request, cookie, context.config()->console.session.count() / 1000)));
}

std::optional<ConsoleSession> Door::changing(const HttpRequest& request,
                                             HttpResponder& responder) const {
  auto session = sessions.find(console_cookie(request, sessions), true);
  if (!session) {
    respond(responder, Status::unauthorized("You are not logged in to the console."));
    return std::nullopt;
  }
  if (carries_csrf(request, *session)) return session;
  respond(responder, Status::forbidden("Changes carry the session's token in X-Parley-Csrf."));
  return std::nullopt;
}

void Door::confirm(const HttpRequest& request, HttpResponder responder) const {
  const auto body = read_body(request, responder);
  if (!body) return;
  const auto session = changing(request, responder);
  if (!session) return;
  Fields fields(*body);
  const auto password = fields.text("password");
  if (!fields.status()) return respond(responder, fields.status());
  const std::string cookie(console_cookie(request, sessions));
  const auto address = request.peer_address();
  context.accounts.by_id(
      session->user_id, [door = *this, cookie, address, password,
                         answer = share(std::move(responder))](const Result<users::User>& user) {
        if (!user) return respond(*answer, user.status());
        door.context.accounts.login(
            user->name, password, address,
            [door, cookie, answer, name = user->name](const Result<users::User>& again) {
              if (!again)
                return refuse_late(answer, again.status(), door.context.accounts.login_delay(name));
              door.sessions.confirm(cookie);
              respond(*answer, Json{{"ok", true}});
            });
      });
}

void Door::end(const HttpRequest& request, HttpResponder responder) const {
  if (!read_body(request, responder)) return;
  const auto session = changing(request, responder);
  if (!session) return;
  sessions.end(console_cookie(request, sessions));
  HttpRequest by_user = request;
  by_user.actor = session->user_id;
  audit(context, by_user, "console.logout", session->user_id, Status::ok());
  responder.respond(
      HttpResponse::json(200, R"({"ok":true})").with("Set-Cookie", set_cookie(request, "", 0)));
}

}  // namespace

// Another program at this name may have set a cookie of the same name, and which of them comes first is
// the browser's choice.
std::string_view console_cookie(const net::HttpRequestHead& head, ConsoleSessions& sessions) {
  std::string_view first;
  auto cookies = head.header("cookie");
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    auto one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (!one.starts_with(kCookie) || !one.substr(kCookie.size()).starts_with('=')) continue;
    one.remove_prefix(kCookie.size() + 1);
    if (sessions.find(one, false)) return one;
    if (first.empty()) first = one;
  }
  return first;
}

bool looks_by_itself(const net::HttpRequestHead& head) {
  return head.method == "GET" && head.has_header("x-parley-watching");
}

bool carries_csrf(const net::HttpRequestHead& head, const ConsoleSession& session) {
  return constant_time_equal(head.header("x-parley-csrf"), session.csrf);
}

void add_session_routes(Router& router, const Context& context, ConsoleSessions& sessions) {
  const Door door{context, sessions};
  const auto add = [&](const char* method, const char* path, auto act) {
    router.add(method, path,
               [door, act](const HttpRequest& request, const PathValues&, HttpResponder responder) {
                 (door.*act)(request, std::move(responder));
               });
  };
  add("GET", "/admin/v1/session", &Door::look);
  add("POST", "/admin/v1/session", &Door::open);
  add("POST", "/admin/v1/session/confirm", &Door::confirm);
  add("POST", "/admin/v1/session/end", &Door::end);
}

}  // namespace parley::api
