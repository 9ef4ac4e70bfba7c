// SPDX-License-Identifier: Apache-2.0
#include "ctl/admin_client.h"

#include <fstream>
#include <memory>
#include <utility>

#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/un.h>

#include "config/checks.h"

namespace parley::ctl {

struct AdminRequest {
  std::unique_ptr<CURL, void (*)(CURL*)> handle{curl_easy_init(), curl_easy_cleanup};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, curl_slist_free_all};
  std::string answer;
};

namespace {

using Json = nlohmann::json;

// A log of every session of a large server fits; a server gone mad does not fill the memory.
constexpr std::size_t kMaxAnswer = 256 << 20;
constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un{}.sun_path) - 1;

std::size_t take_bytes(char* data, std::size_t, std::size_t size, void* target) {
  auto& answer = *static_cast<std::string*>(target);
  if (answer.size() + size > kMaxAnswer) return 0;
  answer.append(data, size);
  return size;
}

template <typename Value>
void set(const AdminRequest& request, CURLoption option, Value value) {
  curl_easy_setopt(request.handle.get(), option, value);
}

void add_header(AdminRequest& request, const std::string& line) {
  auto* longer = curl_slist_append(request.headers.get(), line.c_str());
  if (longer == nullptr) return;
  (void)request.headers.release();
  request.headers.reset(longer);
}

void set_body(AdminRequest& request, const std::string& text) {
  add_header(request, "Content-Type: application/json");
  set(request, CURLOPT_POSTFIELDSIZE, static_cast<long>(text.size()));
  set(request, CURLOPT_COPYPOSTFIELDS, text.c_str());
}

// https to anywhere, http to this machine.
Status check_url(const std::string& url) {
  const auto handle = std::unique_ptr<CURLU, void (*)(CURLU*)>(curl_url(), curl_url_cleanup);
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(handle.get(), which, &text, 0) != CURLUE_OK) return std::string();
    std::string copy = text;
    curl_free(text);
    return copy;
  };
  const auto wrong = [&url](const char* why) {
    return Status::invalid_args(fmt::format("--url {}: {}", url, why));
  };
  if (curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK)
    return wrong("write https://HOST:PORT");
  if (!part(CURLUPART_USER).empty() || !part(CURLUPART_QUERY).empty() ||
      (part(CURLUPART_PATH) != "/" && !part(CURLUPART_PATH).empty()))
    return wrong("write https://HOST:PORT and nothing behind it");
  const auto scheme = part(CURLUPART_SCHEME), host = part(CURLUPART_HOST);
  if (scheme == "https") return Status::ok();
  if (scheme != "http") return wrong("write https://HOST:PORT");
  if (host == "127.0.0.1" || host == "localhost" || host == "[::1]") return Status::ok();
  return wrong("the key would cross the network readable: use https, or a tunnel to 127.0.0.1");
}

Result<std::string> read_key(const std::string& file) {
  if (file.empty())
    return Status::invalid_args(
        "--url needs --key-file: a file with an admin key (`parleyctl admin-key make`)");
  if (auto why = config::check_private_file(file)) return Status::invalid_args(*why);
  std::ifstream in(file);
  std::string key;
  in >> key;
  if (key.empty() || key.size() > 200)
    return Status::invalid_args(fmt::format("{} holds no admin key", file));
  return key;
}

Status no_server(const std::string& place, bool local) {
  return Status::not_found("no server answers on " + place +
                           (local ? ": start it with scripts/run or give --state"
                                  : ": is it the operator port's address?"));
}

Status explain(CURLcode code, const std::string& place, bool local, Millis timeout) {
  if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
    return no_server(place, local);
  if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
    return Status::forbidden(
        fmt::format("the certificate that {} shows cannot be trusted ({}): give the one that "
                    "signed it with --ca-file",
                    place, curl_easy_strerror(code)));
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return Status::internal(
        fmt::format("the server on {} did not answer within {} s; it may still be at work, see "
                    "parleyctl logs",
                    place, timeout.count() / 1000));
  }
  return Status::internal(fmt::format("talking to {} failed: {}", place, curl_easy_strerror(code)));
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

AdminClient::AdminClient(ServerAddress address, Millis timeout)
    : address_(std::move(address)),
      socket_(address_.state_dir + "/admin.sock"),
      timeout_(timeout) {}

std::string AdminClient::place() const {
  return address_.url.empty() ? socket_ : address_.url;
}

Status AdminClient::choose_way(AdminRequest& request, const std::string& path) const {
  if (!address_.url.empty()) {
    if (Status status = check_url(address_.url); !status) return status;
    const auto key = read_key(address_.key_file);
    if (!key) return key.status();
    add_header(request, "Authorization: Bearer " + *key);
    set(request, CURLOPT_URL, (without_slash(address_.url) + path).c_str());
    set(request, CURLOPT_PROTOCOLS_STR, "http,https");
    if (!address_.ca_file.empty()) set(request, CURLOPT_CAINFO, address_.ca_file.c_str());
    return Status::ok();
  }
  if (socket_.size() > kMaxSocketPath) {
    return Status::invalid_args(fmt::format(
        "{} is too long for a socket's path ({} bytes at most): give a shorter --state, "
        "for example a relative one",
        socket_, kMaxSocketPath));
  }
  set(request, CURLOPT_UNIX_SOCKET_PATH, socket_.c_str());
  set(request, CURLOPT_URL, ("http://localhost" + path).c_str());
  return Status::ok();
}

Result<Reply> AdminClient::send(const char* method, const std::string& path,
                                const Json* body) const {
  AdminRequest request;
  if (!request.handle) return Status::internal("out of memory");
  if (Status status = choose_way(request, path); !status) return status;
  set(request, CURLOPT_PATH_AS_IS, 1L);
  set(request, CURLOPT_PROXY, "");
  set(request, CURLOPT_CUSTOMREQUEST, method);
  set(request, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_.count()));
  set(request, CURLOPT_NOSIGNAL, 1L);
  set(request, CURLOPT_WRITEFUNCTION, &take_bytes);
  set(request, CURLOPT_WRITEDATA, &request.answer);
  if (body) set_body(request, body->dump(-1, ' ', false, Json::error_handler_t::replace));
  if (request.headers) set(request, CURLOPT_HTTPHEADER, request.headers.get());
  if (const auto code = curl_easy_perform(request.handle.get()); code != CURLE_OK)
    return explain(code, place(), address_.url.empty(), timeout_);
  Reply reply;
  curl_easy_getinfo(request.handle.get(), CURLINFO_RESPONSE_CODE, &reply.http_status);
  reply.body =
      request.answer.empty() ? Json::object() : Json::parse(request.answer, nullptr, false);
  if (!reply.body.is_discarded()) return reply;
  return Status::internal(fmt::format("the server on {} answered {} with something that is no JSON",
                                      place(), reply.http_status));
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
