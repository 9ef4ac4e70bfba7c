// SPDX-License-Identifier: Apache-2.0
#include "api/listen_rules.h"

#include <vector>

#include "net/ip_address.h"

namespace parley::api {
namespace {

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  const auto address = net::IpAddress::parse(host);
  return address && address->is_loopback();
}

std::vector<std::string> names_of(const std::string& configured, std::uint16_t port) {
  const auto endpoint = net::Endpoint::parse(configured);
  if (!endpoint) return {};
  const std::string suffix = ":" + std::to_string(port);
  if (is_loopback(endpoint->host))
    return {"127.0.0.1" + suffix, "localhost" + suffix, "[::1]" + suffix};
  return {net::Endpoint{endpoint->host, port}.to_string()};
}

}  // namespace

Status check_listen(const config::Config& config) {
  const auto client = net::Endpoint::parse(config.listen.address);
  if (!client) return Status::invalid_args("listen.address: " + client.status().message());
  const auto port = net::Endpoint::parse(config.listen.operator_address);
  if (!port) return Status::invalid_args("listen.operator_address: " + port.status().message());
  if (!is_loopback(port->host) && !config.listen.operator_tls.enabled()) {
    return Status::forbidden("listen.operator_address is " + config.listen.operator_address +
                             ": without TLS the operator port is served on loopback only; set "
                             "listen.operator_tls.certificate and listen.operator_tls.key, or "
                             "reach it from elsewhere through an SSH tunnel");
  }
  const bool guarded = config.listen.tls.enabled() || !config.http.trusted_proxies.empty() ||
                       config.listen.allow_plaintext;
  if (is_loopback(client->host) || guarded) return Status::ok();
  return Status::forbidden("listen.address is " + config.listen.address +
                           ", which others can reach, and passwords would travel in the clear: set "
                           "listen.tls.certificate and listen.tls.key, "
                           "list the proxy that ends TLS in http.trusted_proxies, or set "
                           "listen.allow_plaintext if you really mean it");
}

std::set<std::string> allowed_origins(const config::Config& config, std::uint16_t port) {
  std::set<std::string> origins;
  for (const auto& origin : config.http.public_origins) origins.insert(host_key(origin));
  if (!origins.empty()) return origins;
  const std::string scheme = config.listen.tls.enabled() ? "https://" : "http://";
  for (const auto& name : names_of(config.listen.address, port))
    origins.insert(host_key(scheme + name));
  return origins;
}

std::set<std::string> operator_hosts(const config::Config& config, std::uint16_t port) {
  std::set<std::string> hosts;
  for (const auto& name : config.http.operator_hosts) hosts.insert(host_key(name));
  for (const auto& name : names_of(config.listen.operator_address, port))
    hosts.insert(host_key(name));
  return hosts;
}

std::string host_key(std::string_view host) {
  std::string key(host);
  for (auto& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto last = key.find_last_not_of("0123456789");
  const auto name_end = last != key.npos && key[last] == ':' ? last : key.size();
  if (name_end > 1 && key[name_end - 1] == '.') key.erase(name_end - 1, 1);
  return key;
}

std::string url_of(const std::string& address, bool tls) {
  return (tls ? "https://" : "http://") + address + "/";
}

}  // namespace parley::api
