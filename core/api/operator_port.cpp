// SPDX-License-Identifier: Apache-2.0
#include "api/operator_port.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "api/admin_api.h"
#include "api/admin_key_routes.h"
#include "api/admin_support.h"
#include "api/console_routes.h"
#include "api/listen_rules.h"
#include "api/metrics.h"
#include "api/try_routes.h"
#include "api/watch_routes.h"
#include "base/ids.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "storage/store.h"

namespace parley::api {
namespace {

constexpr std::size_t kAroundUpload = 65536;

// As base64, with the signature and the JSON around them.
std::size_t as_sent(std::size_t file) {
  return file / 3 * 4 + kAroundUpload;
}

void ready(const Context& context, net::HttpResponder& responder) {
  const auto error = context.store.stats().last_error;
  if (context.draining) return responder.respond(net::HttpResponse::text(503, "draining\n"));
  if (!error.empty())
    return responder.respond(
        net::HttpResponse::text(503, "the database does not take writes: " + error + "\n"));
  responder.respond(net::HttpResponse::text(200, "ready\n"));
}

int parent_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');  // the name may hold anything, parentheses too
  char state = 0;
  int parent = 0;
  if (name_end == std::string::npos ||
      std::sscanf(line.c_str() + name_end + 1, " %c %d", &state, &parent) != 2)
    return 0;
  return parent;
}

// What brings code in, or makes another door: a browser left alone must not do that.
bool asks_for_password(const net::HttpRequestHead& head) {
  if (head.method == "GET" || head.method == "HEAD") return false;
  return head.path.ends_with("/upload") || head.path.starts_with("/admin/v1/admin-keys");
}

}  // namespace

bool descends_from_us(int pid) {
  for (int at = pid; at > 1; at = parent_of(at)) {
    if (at == ::getpid()) return true;
  }
  return false;
}

OperatorPort::OperatorPort(const Context& context, AdminKeys& keys, Options options)
    : context_(context),
      keys_(keys),
      options_(std::move(options)),
      sessions_(context.clock, [&context] { return context.config()->console; }),
      trials_(context) {
  open_.add("GET", "/healthz", [](const auto&, const auto&, net::HttpResponder responder) {
    responder.respond(net::HttpResponse::text(200, "ok\n"));
  });
  open_.add("GET", "/readyz", [this](const auto&, const auto&, net::HttpResponder responder) {
    ready(context_, responder);
  });
  open_.add("GET", "/metrics",
            [this](const auto& request, const auto&, net::HttpResponder responder) {
              serve_metrics(request, std::move(responder));
            });
  add_redeem_route(open_, context_);
  add_session_routes(open_, context_, sessions_);
  add_admin_routes(admin_, context_);
  add_watch_routes(admin_, context_);
  add_try_routes(admin_, context_, trials_);
  add_admin_key_routes(admin_, context_, keys_);
}

bool OperatorPort::is_ours(std::string_view host) const {
  return options_.hosts.contains(host_key(host));
}

bool OperatorPort::is_foreign(const net::HttpRequestHead& head) const {
  // What a browser says of a page at another address, of another port of this machine too.
  const auto site = head.header("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") {
    if (head.header("sec-fetch-mode") != "navigate") return true;
  }
  const auto origin = head.header("origin");
  if (origin.empty()) return false;
  const auto scheme_end = origin.find("://");
  return scheme_end == std::string_view::npos || !is_ours(origin.substr(scheme_end + 3));
}

Result<std::string> OperatorPort::bearer_of(const net::HttpRequestHead& head,
                                            std::string_view scope) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = head.header("authorization");
  if (value.substr(0, kScheme.size()) == kScheme) {
    const auto secret = value.substr(kScheme.size());
    if (constant_time_equal(secret, options_.token)) return std::string("operator");
    if (const auto key = keys_.find(secret)) {
      if (key->may(scope)) return "key " + key->name + " (" + key->id + ")";
      return Status::forbidden(scope == kNoKey
                                   ? "No key may do this: log in to the console or use the socket."
                                   : "This key lacks the scope " + std::string(scope) + ".");
    }
  }
  return Status::unauthorized(
      "The admin API needs `Authorization: Bearer` with an admin key or the token from "
      "operator.token in the state folder, a login to the console, or parleyctl.");
}

Result<ConsoleSession> OperatorPort::console_of(const net::HttpRequestHead& head) {
  auto session = sessions_.find(console_cookie(head, sessions_), !looks_by_itself(head));
  if (!session || !context_.config()->console.enabled)
    return Status::unauthorized("Your login to the console has ended. Log in again.");
  if (head.method == "GET" || head.method == "HEAD") return *session;
  if (!carries_csrf(head, *session))
    return Status::forbidden("Changes carry the session's token in X-Parley-Csrf.");
  return *session;
}

bool OperatorPort::owns_socket(const net::HttpRequestHead& head) const {
  return head.local && (head.uid == ::geteuid() || head.uid == 0) && !descends_from_us(head.pid);
}

bool OperatorPort::may_upload(const net::HttpRequestHead& head) {
  if (head.local) return owns_socket(head);
  if (!is_ours(head.header("host")) || is_foreign(head)) return false;
  if (head.has_header("authorization")) return bearer_of(head, "upload").is_ok();
  const auto session = console_of(head);
  return session && session->confirmed;
}

net::BodyTerms OperatorPort::body_terms(const net::HttpRequestHead& head) {
  const auto config = context_.config();
  const bool upload = config->plugins.upload && head.method == "POST" &&
                      head.path.starts_with("/admin/v1/plugins/") && head.path.ends_with("/upload");
  if (!upload || !may_upload(head)) return {.limit = config->http.max_body};
  return hold_upload(head, std::max(config->http.max_body, as_sent(config->plugins.upload_max)));
}

net::BodyTerms OperatorPort::hold_upload(const net::HttpRequestHead& head,
                                         std::size_t limit) const {
  const auto told = head.header("content-length");
  std::size_t size = limit;  // sent in chunks: it may become that much
  std::from_chars(told.data(), told.data() + told.size(), size);
  size = std::min(size, limit);  // a larger one is refused before it is read
  const auto total = as_sent(context_.config()->plugins.upload_total);
  if (uploading_->fetch_add(size) + size > total) {
    uploading_->fetch_sub(size);
    auto refusal = error_response(
        503, "overloaded",
        "As many uploads are under way as fit into plugins.upload_total: send it again in a "
        "moment.");
    refusal.headers.emplace_back("Retry-After", "1");
    return {.refusal = std::move(refusal)};
  }
  return {.limit = limit,
          .hold = std::shared_ptr<const void>(
              this, [uploading = uploading_, size](const void*) { uploading->fetch_sub(size); })};
}

void OperatorPort::serve_port(const net::HttpRequest& request, net::HttpResponder responder) {
  if (!is_ours(request.header("host"))) {
    return responder.respond(error_response(421, "forbidden",
                                            "This server is not known by that Host. Names it "
                                            "answers to are listed in http.operator_hosts."));
  }
  if (is_foreign(request))
    return responder.respond(
        error_response(403, "forbidden", "Requests from other sites' pages are refused here."));
  const std::string_view path = request.path;
  if (path.starts_with("/admin/v1/")) return serve_admin(request, std::move(responder));
  if (path == "/admin" || path.starts_with("/admin/"))
    return serve_console(request, std::move(responder));
  open_.route(request, std::move(responder));
}

// Numbers of a server are no business of who merely reaches it from elsewhere.
void OperatorPort::serve_metrics(const net::HttpRequest& request, net::HttpResponder responder) {
  if (!request.peer.is_loopback()) {
    if (const auto who = bearer_of(request, "read"); !who) return respond(responder, who.status());
  }
  net::HttpResponse response;
  response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
  response.body = metrics_text(context_);
  responder.respond(std::move(response));
}

void OperatorPort::serve_console(const net::HttpRequest& request,
                                 net::HttpResponder responder) const {
  if (!context_.config()->console.enabled)
    return respond(responder, Status::not_found("The console is switched off: console.enabled."));
  if (!options_.console->built())
    return respond(responder,
                   Status::not_found("The console is not built: scripts/build builds it, "
                                     "and console.root names its folder."));
  constexpr std::string_view kTop = "/admin";
  if (request.path == kTop) {
    net::HttpResponse moved = net::HttpResponse::text(308, "The console is at /admin/.\n");
    return responder.respond(std::move(moved).with("Location", "/admin/"));
  }
  net::HttpRequestHead file = request;
  file.path.erase(0, kTop.size());
  responder.respond(options_.console->serve(file));
}

void OperatorPort::serve_admin(const net::HttpRequest& request, net::HttpResponder responder) {
  const bool login =
      request.path == "/admin/v1/session" || request.path.starts_with("/admin/v1/session/");
  if (login && !context_.config()->console.enabled)
    return respond(responder, Status::not_found("The console is switched off: console.enabled."));
  if (login || request.path == "/admin/v1/admin/redeem")
    return open_.route(request, std::move(responder));
  // Exactly one credential: a wrong one never falls through to the next.
  if (request.has_header("authorization") || console_cookie(request, sessions_).empty()) {
    auto who = bearer_of(request, scope_for(request.method, request.path));
    if (!who) return respond(responder, who.status());
    net::HttpRequest known = request;
    known.actor = std::move(*who);
    return admin_.route(known, std::move(responder));
  }
  const auto session = console_of(request);
  if (!session) return respond(responder, session.status());
  if (asks_for_password(request) && !session->confirmed)
    return responder.respond(error_response(403, "confirm_password",
                                            "Type your password again: this is for you alone."));
  serve_admin_of_console(request, *session, std::move(responder));
}

// Rights are today's: the account is looked up at each request.
void OperatorPort::serve_admin_of_console(const net::HttpRequest& request,
                                          const ConsoleSession& session,
                                          net::HttpResponder responder) const {
  auto* shard = responder.shard();
  auto known = std::make_shared<net::HttpRequest>(request);
  known->actor = session.user_id;
  auto answer = share(std::move(responder));
  const auto status = context_.store.read([this, shard, known, answer](storage::Reader& reader) {
    const auto user = reader.user(known->actor);
    const bool admin = user && !user->disabled && std::ranges::count(user->roles, "admin") > 0;
    shard->post([this, known, answer, admin] {
      if (admin) return admin_.route(*known, std::move(*answer));
      respond(*answer, Status::forbidden("The console is for accounts with the role admin."));
    });
  });
  if (!status) respond(*answer, status);
}

void OperatorPort::serve_socket(const net::HttpRequest& request,
                                net::HttpResponder responder) const {
  if (!owns_socket(request)) {
    return responder.respond(
        error_response(403, "forbidden", "The admin socket is for the user the server runs as."));
  }
  admin_.route(request, std::move(responder));
}

}  // namespace parley::api
