// SPDX-License-Identifier: Apache-2.0
// One request to the admin API over the server's Unix socket, and its answer.
//
// Thread: one at a time. Failure: no server, a time-out or an answer that is no JSON is a Status
// with a sentence that says what to do; a refusal by the server is a Reply with ok() false.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/status.h"

namespace parley::ctl {

struct Reply {
  long http_status = 0;
  nlohmann::json body;
  bool ok() const { return http_status >= 200 && http_status < 300; }
};

class AdminClient {
 public:
  AdminClient(std::string state_dir, Millis timeout);

  Result<Reply> get(const std::string& path) const { return send("GET", path, nullptr); }
  Result<Reply> post(const std::string& path, const nlohmann::json& body) const {
    return send("POST", path, &body);
  }
  Result<Reply> patch(const std::string& path, const nlohmann::json& body) const {
    return send("PATCH", path, &body);
  }

 private:
  Result<Reply> send(const char* method, const std::string& path, const nlohmann::json* body) const;

  const std::string socket_;
  const Millis timeout_;
};

// One step of a path: everything but letters, digits and -._~ as %XX.
std::string path_step(const std::string& text);

}  // namespace parley::ctl
