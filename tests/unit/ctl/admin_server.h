// SPDX-License-Identifier: Apache-2.0
// An admin API of canned answers on a Unix socket, and what it was asked.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

namespace parley::ctl {

struct Asked {
  std::string line;  // "GET /admin/v1/status"
  std::string headers;
  nlohmann::json body;  // null when there was none
};

class AdminServer {
 public:
  explicit AdminServer(const std::string& socket_path);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // "POST /admin/v1/say" is answered so from now on; what is not named is answered 404.
  void answer(const std::string& line, int status, const std::string& body);
  std::vector<Asked> asked() const;

 private:
  void serve();
  void serve_one(int connection);

  int listener_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<int, std::string>> answers_;
  std::vector<Asked> asked_;
  std::thread thread_;
};

}  // namespace parley::ctl
