// SPDX-License-Identifier: Apache-2.0
#include "admin_server.h"

#include <algorithm>
#include <stdexcept>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::ctl {
namespace {

// Reads until the headers and the body they announce are there.
std::string read_request(int connection) {
  std::string text;
  char buffer[4096];
  while (true) {
    const auto end = text.find("\r\n\r\n");
    if (end != text.npos) {
      const auto length = text.find("Content-Length: ");
      const auto body = length == text.npos ? 0 : std::stoul(text.substr(length + 16));
      if (text.size() >= end + 4 + body) return text;
    }
    const auto got = ::read(connection, buffer, sizeof(buffer));
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace

AdminServer::AdminServer(const std::string& socket_path)
    : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener_, 8) != 0) {
    throw std::runtime_error("cannot listen on " + socket_path);
  }
  thread_ = std::thread([this] { serve(); });
}

AdminServer::~AdminServer() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void AdminServer::answer(const std::string& line, int status, const std::string& body) {
  const std::lock_guard lock(mutex_);
  answers_[line] = {status, body};
}

std::vector<Asked> AdminServer::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void AdminServer::serve() {
  for (int connection; (connection = ::accept(listener_, nullptr, nullptr)) >= 0;) {
    serve_one(connection);
    ::close(connection);
  }
}

void AdminServer::serve_one(int connection) {
  const auto text = read_request(connection);
  const auto line = text.substr(0, text.find(" HTTP/1.1"));
  const auto end = text.find("\r\n\r\n");
  std::string reply;
  {
    const std::lock_guard lock(mutex_);
    const auto body = text.substr(std::min(end + 4, text.size()));
    asked_.push_back({line, text.substr(0, end), nlohmann::json::parse(body, nullptr, false)});
    const auto found = answers_.find(line);
    const auto& [status, answer] =
        found == answers_.end() ? std::pair<int, std::string>(404, "{}") : found->second;
    reply =
        "HTTP/1.1 " + std::to_string(status) +
        " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(answer.size()) +
        "\r\n\r\n" + answer;
  }
  [[maybe_unused]] const auto ignored = ::write(connection, reply.data(), reply.size());
}

}  // namespace parley::ctl
