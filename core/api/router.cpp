// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <optional>
#include <utility>

#include "protocol/error_codes.h"
#include "protocol/json_writer.h"

namespace parley::api {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto end = path.find('/');
    parts.emplace_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
  }
  return parts;
}

bool is_variable(const std::string& part) {
  return part.size() > 2 && part.front() == '{';
}

std::optional<PathValues> match(const std::vector<std::string>& pattern,
                                const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  PathValues values;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (!is_variable(pattern[i])) {
      if (pattern[i] != path[i]) return std::nullopt;
      continue;
    }
    auto decoded = net::percent_decode(path[i], false);
    if (!decoded || decoded->empty()) return std::nullopt;
    values[pattern[i].substr(1, pattern[i].size() - 2)] = std::move(*decoded);
  }
  return values;
}

}  // namespace

void Router::add(std::string method, std::string_view pattern, Handler handler) {
  routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

void Router::route(const net::HttpRequest& request, net::HttpResponder responder) const {
  const auto path = split(request.path);
  std::string allowed;
  for (const auto& route : routes_) {
    const auto values = match(route.pattern, path);
    if (!values) continue;
    allowed += (allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") allowed += ", HEAD";
    if (route.method == request.method || (route.method == "GET" && request.method == "HEAD")) {
      return route.handler(request, *values, std::move(responder));
    }
  }
  if (allowed.empty())
    return responder.respond(
        error_response(404, "not_found", "There is nothing at " + request.path + "."));
  responder.respond(error_response(405, "unsupported",
                                   "This address does not take the method " + request.method +
                                       ", but " + allowed + ".")
                        .with("Allow", allowed));
}

net::HttpResponse error_response(int http_status, std::string_view code, std::string_view message) {
  std::string inner, body;
  protocol::ObjectWriter(inner).field("code", code).field("message", message);
  protocol::ObjectWriter(body).raw("error", inner);
  return net::HttpResponse::json(http_status, std::move(body));
}

net::HttpResponse error_response(const Status& status) {
  const auto& info = protocol::error_info(status.code());
  return error_response(info.http, info.name, status.message());
}

}  // namespace parley::api
