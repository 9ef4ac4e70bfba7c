// SPDX-License-Identifier: Apache-2.0
// Method and path to handler. `{name}` in a pattern takes one path segment, percent-decoded.
//
// Ownership: owns the handlers. Thread: immutable once served; handlers run on any shard. Failure:
// 404 and 405 as JSON errors.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "net/http_message.h"

namespace parley::api {

using PathValues = std::map<std::string, std::string>;

class Router {
 public:
  using Handler =
      std::function<void(const net::HttpRequest&, const PathValues&, net::HttpResponder)>;

  void add(std::string method, std::string_view pattern, Handler handler);
  void route(const net::HttpRequest& request, net::HttpResponder responder) const;

 private:
  struct Route {
    std::string method;
    std::vector<std::string> pattern;
    Handler handler;
  };
  std::vector<Route> routes_;
};

// {"error":{"code":…,"message":…}} with the code's HTTP status.
net::HttpResponse error_response(const Status& status);
net::HttpResponse error_response(int http_status, std::string_view code, std::string_view message);

}  // namespace parley::api
