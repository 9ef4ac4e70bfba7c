// SPDX-License-Identifier: Apache-2.0
// A blocking HTTP/1.1 client over TCP and Unix sockets: one request, one connection, one answer.
//
// Thread: any, each call stands alone. Failure: TestFailure after at most kPatience.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "integration/support/wire.h"

namespace parley::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;  // lower case; empty when absent
  nlohmann::json json() const;                        // throws TestFailure when the body is no JSON
  std::string text() const;                           // for a failure's message
};

class Http {
 public:
  static Http tcp(std::uint16_t port) { return Http(port, {}); }
  static Http local(std::string path) { return Http(0, std::move(path)); }

  Response get(const std::string& path, const Headers& headers = {}) const;
  Response post(const std::string& path, const nlohmann::json& body,
                const Headers& headers = {}) const;
  Response request(const std::string& method, const std::string& path, const Headers& headers,
                   const std::string& body) const;
  // A request by its bytes; status 0 when the server closed without an answer.
  Response raw(std::string_view bytes) const;

 private:
  Http(std::uint16_t port, std::string path) : port_(port), path_(std::move(path)) {}
  Socket connect() const { return path_.empty() ? Socket::tcp(port_) : Socket::local(path_); }
  std::uint16_t port_;
  std::string path_;
};

// Reads one response; what follows it stays in `input`. Status 0: the stream ended before a header.
Response read_response(Socket& socket, std::string& input, Deadline deadline);

}  // namespace parley::test
