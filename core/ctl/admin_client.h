// SPDX-License-Identifier: Apache-2.0
// One request to the admin API, over the server's Unix socket or its operator port, and its answer.
//
// Over the port the server shows a certificate that is checked, and this client a key from a file
// that only its owner can read; plain http goes to loopback alone. Thread: one at a time. Failure:
// no server, a time-out, a certificate nobody vouches for, a key that others can read or an answer
// that is no JSON is a Status with a sentence that says what to do; a refusal by the server is a
// Reply with ok() false.
#pragma once

#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/status.h"

namespace parley::ctl {

struct Reply {
  long http_status = 0;
  nlohmann::json body;
  bool ok() const { return http_status >= 200 && http_status < 300; }
};

// Where the server is: a state folder, or an address with what opens it.
struct ServerAddress {
  std::string state_dir;
  std::string url;       // https://HOST:PORT; empty: the socket in the state folder
  std::string key_file;  // an admin key, or operator.token
  std::string ca_file;   // PEM; empty: what the system trusts
};

struct AdminRequest;

class AdminClient {
 public:
  AdminClient(std::string state_dir, Millis timeout)
      : AdminClient(
            ServerAddress{
                .state_dir = std::move(state_dir), .url = {}, .key_file = {}, .ca_file = {}},
            timeout) {}
  AdminClient(ServerAddress address, Millis timeout);

  Result<Reply> get(const std::string& path) const { return send("GET", path, nullptr); }
  Result<Reply> post(const std::string& path, const nlohmann::json& body) const {
    return send("POST", path, &body);
  }
  Result<Reply> patch(const std::string& path, const nlohmann::json& body) const {
    return send("PATCH", path, &body);
  }

 private:
  Result<Reply> send(const char* method, const std::string& path, const nlohmann::json* body) const;

  Status choose_way(AdminRequest& request, const std::string& path) const;
  std::string place() const;  // for sentences

  const ServerAddress address_;
  const std::string socket_;
  const Millis timeout_;
};

// One step of a path: everything but letters, digits and -._~ as %XX.
std::string path_step(const std::string& text);

}  // namespace parley::ctl
