// SPDX-License-Identifier: Apache-2.0
#include "api/operator_port.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <utility>

#include <unistd.h>

#include "api/admin_api.h"
#include "api/admin_support.h"
#include "api/metrics.h"
#include "base/ids.h"
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

}  // namespace

bool descends_from_us(int pid) {
  for (int at = pid; at > 1; at = parent_of(at)) {
    if (at == ::getpid()) return true;
  }
  return false;
}

OperatorPort::OperatorPort(const Context& context, std::set<std::string> hosts, std::string token)
    : context_(context), hosts_(std::move(hosts)), token_(std::move(token)) {
  open_.add("GET", "/healthz", [](const auto&, const auto&, net::HttpResponder responder) {
    responder.respond(net::HttpResponse::text(200, "ok\n"));
  });
  open_.add("GET", "/readyz", [this](const auto&, const auto&, net::HttpResponder responder) {
    ready(context_, responder);
  });
  open_.add("GET", "/metrics", [this](const auto&, const auto&, net::HttpResponder responder) {
    net::HttpResponse response;
    response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}};
    response.body = metrics_text(context_);
    responder.respond(std::move(response));
  });
  add_redeem_route(open_, context_);
  add_admin_routes(admin_, context_);
}

bool OperatorPort::is_foreign(const net::HttpRequestHead& head) const {
  const auto origin = head.header("origin");
  if (origin.empty()) return false;
  const auto scheme_end = origin.find("://");
  return scheme_end == std::string_view::npos ||
         !hosts_.contains(std::string(origin.substr(scheme_end + 3)));
}

bool OperatorPort::has_token(const net::HttpRequestHead& head) const {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = head.header("authorization");
  return value.substr(0, kScheme.size()) == kScheme &&
         constant_time_equal(value.substr(kScheme.size()), token_);
}

bool OperatorPort::owns_socket(const net::HttpRequestHead& head) const {
  return head.local && (head.uid == ::geteuid() || head.uid == 0) && !descends_from_us(head.pid);
}

net::BodyTerms OperatorPort::body_terms(const net::HttpRequestHead& head) const {
  const auto config = context_.config();
  const bool upload = config->plugins.upload && head.method == "POST" &&
                      head.path.starts_with("/admin/v1/plugins/") && head.path.ends_with("/upload");
  const bool let_in = upload && (head.local ? owns_socket(head)
                                            : hosts_.contains(std::string(head.header("host"))) &&
                                                  !is_foreign(head) && has_token(head));
  if (!let_in) return {.limit = config->http.max_body};
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

void OperatorPort::serve_port(const net::HttpRequest& request, net::HttpResponder responder) const {
  if (!hosts_.contains(std::string(request.header("host")))) {
    return responder.respond(error_response(421, "forbidden",
                                            "This server is not known by that Host. Names it "
                                            "answers to are listed in http.operator_hosts."));
  }
  if (is_foreign(request))
    return responder.respond(
        error_response(403, "forbidden", "Requests from other sites' pages are refused here."));
  const bool admin =
      request.path.substr(0, 10) == "/admin/v1/" && request.path != "/admin/v1/admin/redeem";
  if (!admin) return open_.route(request, std::move(responder));
  if (!has_token(request)) {
    return responder.respond(
        error_response(401, "unauthorized",
                       "The admin API needs `Authorization: Bearer` with the token from "
                       "operator.token in the state folder, or parleyctl."));
  }
  admin_.route(request, std::move(responder));
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
