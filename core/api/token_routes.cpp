// SPDX-License-Identifier: Apache-2.0
#include "api/token_routes.h"

#include <string>
#include <utility>

#include "api/admin_support.h"
#include "protocol/close_codes.h"
#include "session/session_registry.h"
#include "storage/store.h"
#include "users/accounts.h"
#include "users/token_keys.h"
#include "users/token_report.h"
#include "users/token_service.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

constexpr Millis kDefaultLife{3'600'000};
constexpr const char* kRevoked = "The token was revoked by an operator.";

void make(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto life = fields.duration("for", kDefaultLife);
  const auto name = fields.text("name");
  if (!fields.status()) return respond(responder, fields.status());
  auto answer = share(std::move(responder));
  context.accounts.by_name(
      name, [&context, request, life, name, answer](const Result<users::User>& user) {
        if (!user) return respond(*answer, user.status());
        const auto made = context.tokens.make_access(user->id, life);
        audit(context, request, "token.make", user->id, made.status());
        if (!made) return respond(*answer, made.status());
        respond(*answer, Json{{"ok", true},
                              {"token", made->access},
                              {"id", made->token_id},
                              {"user", user->id},
                              {"expiresAt", made->access_expires_at}});
      });
}

Json or_null(const std::string& json) {
  return json.empty() ? Json() : Json::parse(json);
}

void tell(const Json& said, const Status& status, const SharedResponder& answer) {
  Json body = said;
  body["accepted"] = status.is_ok();
  body["why"] = status.is_ok() ? "the server accepts it" : status.message();
  respond(*answer, body);
}

std::string member(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

// What is wrong with the key files, as far as it may be why this token is refused.
Json problems_with(const std::vector<users::KeyProblem>& problems, const Json& said) {
  const auto issuer = member(said.at("claims"), "iss"), kid = member(said.at("header"), "kid");
  Json list = Json::array();
  for (const auto& problem : problems) {
    const bool concerns = (problem.issuer.empty() || problem.issuer == issuer) &&
                          (problem.kid.empty() || problem.kid == kid);
    if (concerns) list.push_back(problem.sentence);
  }
  return list;
}

// Somebody of another issuer who never came: to ask must not make an account.
bool is_new_here(storage::Reader& reader, const users::TokenClaims& claims) {
  if (claims.issuer.empty()) return false;
  return reader.outside_user(claims.issuer, claims.subject).status().code() == ErrorCode::kNotFound;
}

void tell_of_stranger(storage::Reader& reader, Json said, const users::TokenClaims& claims,
                      const SharedResponder& answer) {
  const auto status = users::may_become_somebody(reader, claims);
  if (status) said["user"] = "an account is made at the first login";
  tell(said, status, answer);
}

void tell_of_person(const Context& context, Json said, const users::TokenClaims& claims,
                    const SharedResponder& answer) {
  context.accounts.by_claims(
      claims, [&context, said, claims, answer](const Result<users::User>& user) mutable {
        if (!user) return tell(said, user.status(), answer);
        said["user"] = user->id + " " + user->name;
        tell(said, context.tokens.still_good(claims, user->id), answer);
      });
}

void check(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto token = fields.text("token");
  if (!fields.status()) return respond(responder, fields.status());
  const auto report = users::report_on(context.tokens, token);
  Json said{{"header", or_null(report.header_json)}, {"claims", or_null(report.payload_json)}};
  said["problems"] = problems_with(context.token_keys.problems(), said);
  auto answer = share(std::move(responder));
  if (!report.verdict) return tell(said, report.verdict.status(), answer);
  const auto status = context.store.read(
      [&context, said, claims = *report.verdict, answer](storage::Reader& reader) {
        is_new_here(reader, claims) ? tell_of_stranger(reader, said, claims, answer)
                                    : tell_of_person(context, said, claims, answer);
      });
  if (!status) respond(*answer, status);
}

void revoked(const Context& context, const HttpRequest& request, const std::string& target,
             const Status& status, const std::string& message, const SharedResponder& answer) {
  audit(context, request, "token.revoke", target, status);
  if (!status) return respond(*answer, status);
  respond(*answer, Json{{"ok", true}, {"message", message}});
}

void revoke_one(const Context& context, const HttpRequest& request, const std::string& id,
                const std::string& issuer, const SharedResponder& answer) {
  users::TokenClaims claims;
  claims.id = id;
  claims.issuer = issuer;
  claims.expires_at = context.clock.wall_ms() + context.config()->auth.token_max.count();
  context.sessions.post_to_all([&context, id, issuer](session::Session& session) {
    const auto& credential = session.credential();
    if (credential.token_id != id || credential.issuer != issuer) return;
    context.sessions.kick(session, protocol::close::kBadCredential, kRevoked);
  });
  context.tokens.revoke(claims, [&context, request, id, answer](const Status& status) {
    revoked(context, request, id, status, "the token " + id + " is refused from now on", answer);
  });
}

void revoke_of_user(const Context& context, const HttpRequest& request, const std::string& name,
                    const SharedResponder& answer) {
  context.accounts.by_name(name, [&context, request, answer](const Result<users::User>& user) {
    if (!user) return respond(*answer, user.status());
    context.sessions.kick_user(user->id, protocol::close::kBadCredential, kRevoked);
    context.tokens.revoke_user(
        user->id, [&context, request, user = *user, answer](const Status& status) {
          revoked(context, request, user.id, status,
                  "every token that " + user.name + " was given until now is refused", answer);
        });
  });
}

// {"id": a jti, "issuer": of another issuer} or {"name": a user}.
void revoke(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto id = fields.text("id"), name = fields.text("name"), issuer = fields.text("issuer");
  if (!fields.status()) return respond(responder, fields.status());
  if (id.empty() == name.empty())
    return respond(responder, Status::invalid_args("give a token's id (jti), or a user: one of "
                                                   "the two"));
  auto answer = share(std::move(responder));
  if (!id.empty()) return revoke_one(context, request, id, issuer, answer);
  revoke_of_user(context, request, name, answer);
}

void rotate(const Context& context, const HttpRequest& request, HttpResponder responder) {
  if (!read_body(request, responder)) return;
  const auto status = context.token_keys.rotate();
  audit(context, request, "token.rotate", "", status);
  if (!status) return respond(responder, status);
  respond(responder, Json{{"ok", true},
                          {"message",
                           "tokens are signed with a new key; those of the old one are accepted "
                           "until the next rotation"}});
}

}  // namespace

void add_token_routes(Router& router, const Context& context) {
  const auto post = [&](const char* path, auto serve) {
    router.add("POST", path,
               [&context, serve](const HttpRequest& r, const PathValues&, HttpResponder responder) {
                 serve(context, r, std::move(responder));
               });
  };
  post("/admin/v1/tokens", make);
  post("/admin/v1/tokens/check", check);
  post("/admin/v1/tokens/revoke", revoke);
  post("/admin/v1/tokens/rotate", rotate);
}

}  // namespace parley::api
