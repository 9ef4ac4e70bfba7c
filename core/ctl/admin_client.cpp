// SPDX-License-Identifier: Apache-2.0
#include "ctl/admin_client.h"

#include <memory>
#include <utility>

#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/un.h>

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

// A log of every session of a large server fits; a server gone mad does not fill the memory.
constexpr std::size_t kMaxAnswer = 256 << 20;
constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un{}.sun_path) - 1;

struct Request {
  std::unique_ptr<CURL, void (*)(CURL*)> handle{curl_easy_init(), curl_easy_cleanup};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, curl_slist_free_all};
  std::string answer;
};

std::size_t take_bytes(char* data, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<std::string*>(target);
  if (answer.size() + size > kMaxAnswer) return 0;
  answer.append(data, size);
  return size;
}

template <typename Value>
void set(const Request& request, CURLoption option, Value value) {
  curl_easy_setopt(request.handle.get(), option, value);
}

void set_body(Request& request, const std::string& text) {
  request.headers.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
  set(request, CURLOPT_HTTPHEADER, request.headers.get());
  set(request, CURLOPT_POSTFIELDSIZE, static_cast<long>(text.size()));
  set(request, CURLOPT_COPYPOSTFIELDS, text.c_str());
}

Status no_server(const std::string& socket) {
  return Status::not_found(
      fmt::format("no server answers on {}: start it with scripts/run or give --state", socket));
}

Status explain(CURLcode code, const std::string& socket, Millis timeout) {
  if (code == CURLE_COULDNT_CONNECT) return no_server(socket);
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Status::internal(
        fmt::format("the server on {} did not answer within {} s; it may still be at work, see "
                    "parleyctl logs",
                    socket, timeout.count() / 1000));
  }
  return Status::internal(
      fmt::format("talking to {} failed: {}", socket, curl_easy_strerror(code)));
}

}  // namespace

AdminClient::AdminClient(std::string state_dir, Millis timeout)
    : socket_(std::move(state_dir) + "/admin.sock"), timeout_(timeout) {}

Result<Reply> AdminClient::send(const char* method, const std::string& path,
                                const Json* body) const {
  if (socket_.size() > kMaxSocketPath) {
    return Status::invalid_args(fmt::format(
        "{} is too long for a socket's path ({} bytes at most): give a shorter --state, "
        "for example a relative one",
        socket_, kMaxSocketPath));
  }
  Request request;
  if (!request.handle) return Status::internal("out of memory");
  set(request, CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
  set(request, CURLOPT_URL, ("http://localhost" + path).c_str());
  set(request, CURLOPT_PATH_AS_IS, 1L);
  set(request, CURLOPT_PROXY, "");
  set(request, CURLOPT_CUSTOMREQUEST, method);
  set(request, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  set(request, CURLOPT_NOSIGNAL, 1L);
  set(request, CURLOPT_WRITEFUNCTION, &take_bytes);
  set(request, CURLOPT_WRITEDATA, &request.answer);
  if (body) set_body(request, body->dump(-1, ' ', false, Json::error_handler_t::replace));
  if (const auto code = curl_easy_perform(request.handle.get()); code != CURLE_OK) {
    return explain(code, socket_, timeout_);
  }
  Reply reply;
  curl_easy_getinfo(request.handle.get(), CURLINFO_RESPONSE_CODE, &reply.http_status);
  reply.body =
      request.answer.empty() ? Json::object() : Json::parse(request.answer, nullptr, false);
  if (!reply.body.is_discarded()) return reply;
  return Status::internal(fmt::format("the server on {} answered {} with something that is no JSON",
                                      socket_, reply.http_status));
}

std::string path_step(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != kPlain.npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  // A step of dots alone would be read as a way up.
  return out == "." || out == ".." ? "%2E" + out.substr(1) : out;
}

}  // namespace parley::ctl
