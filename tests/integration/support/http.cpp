// SPDX-License-Identifier: Apache-2.0
#include "integration/support/http.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace parley::test {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto from = text.find_first_not_of(" \t\r");
  if (from == std::string::npos) return "";
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

Response parse_head(const std::string& head) {
  Response response;
  std::istringstream lines(head);
  std::string version, line;
  lines >> version >> response.status;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const auto colon = line.find(':');
    if (colon != std::string::npos)
      response.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  return response;
}

void fill(Socket& socket, std::string& input, std::size_t size, Deadline deadline) {
  while (input.size() < size)
    if (!socket.receive(input, deadline, "the rest of an HTTP body"))
      throw TestFailure("the server cut an HTTP body short");
}

std::string take(std::string& input, std::size_t size) {
  auto front = input.substr(0, size);
  input.erase(0, size);
  return front;
}

std::string read_chunked(Socket& socket, std::string& input, Deadline deadline) {
  std::string body;
  for (;;) {
    std::size_t end;
    while ((end = input.find("\r\n")) == std::string::npos)
      fill(socket, input, input.size() + 1, deadline);
    const auto size = std::stoul(take(input, end + 2), nullptr, 16);
    fill(socket, input, size + 2, deadline);
    body += take(input, size + 2).substr(0, size);
    if (size == 0) return body;
  }
}

std::string read_body(Socket& socket, std::string& input, const Response& head, Deadline deadline) {
  if (head.status == 204 || head.status == 304 || head.status < 200) return "";
  if (head.header("transfer-encoding") == "chunked") return read_chunked(socket, input, deadline);
  if (const auto length = head.header("content-length"); !length.empty()) {
    fill(socket, input, std::stoul(length), deadline);
    return take(input, std::stoul(length));
  }
  while (socket.receive(input, deadline, "the end of an HTTP body")) {
  }
  return std::exchange(input, "");
}

}  // namespace

std::string Response::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

nlohmann::json Response::json() const {
  auto value = nlohmann::json::parse(body, nullptr, false);
  if (value.is_discarded()) throw TestFailure("the answer is no JSON: " + text());
  return value;
}

std::string Response::text() const {
  std::string all = "HTTP " + std::to_string(status) + "\n";
  for (const auto& [name, value] : headers) all += "  " + name + ": " + value + "\n";
  return all + "  " + shown(body);
}

Response read_response(Socket& socket, std::string& input, Deadline deadline) {
  std::size_t end;
  while ((end = input.find("\r\n\r\n")) == std::string::npos)
    if (!socket.receive(input, deadline, "an HTTP response")) return {};
  auto response = parse_head(take(input, end + 4));
  response.body = read_body(socket, input, response, deadline);
  return response;
}

Response Http::get(const std::string& path, const Headers& headers) const {
  return request("GET", path, headers, "");
}

Response Http::post(const std::string& path, const nlohmann::json& body,
                    const Headers& headers) const {
  auto all = headers;
  all.emplace_back("Content-Type", "application/json");
  return request("POST", path, all, body.dump());
}

Response Http::request(const std::string& method, const std::string& path, const Headers& headers,
                       const std::string& body) const {
  std::string text = method + " " + path + " HTTP/1.1\r\nConnection: close\r\n";
  const auto names_host = [](const auto& header) { return lower(header.first) == "host"; };
  if (std::none_of(headers.begin(), headers.end(), names_host))
    text +=
        path_.empty() ? "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n" : "Host: localhost\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (method != "GET") text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const auto response = raw(text + "\r\n" + body);
  if (response.status == 0) throw TestFailure("no answer to " + method + " " + path);
  return response;
}

Response Http::raw(std::string_view bytes) const {
  auto socket = connect();
  const auto deadline = within(kPatience);
  socket.send_what_it_takes(bytes, deadline);
  std::string input;
  return read_response(socket, input, deadline);
}

}  // namespace parley::test
