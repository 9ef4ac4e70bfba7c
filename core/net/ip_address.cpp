// SPDX-License-Identifier: Apache-2.0
#include "net/ip_address.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace parley::net {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

template <typename Number>
bool parse_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

Result<IpAddress> IpAddress::parse(std::string_view text) {
  IpAddress address;
  const std::string copy(text);
  in_addr v4;
  if (::inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    std::ranges::copy(kMapped, address.bytes_.begin());
    std::memcpy(address.bytes_.data() + 12, &v4, 4);
  } else if (::inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) != 1) {
    return Status::invalid_args("\"" + copy + "\" is not an IPv4 or IPv6 address.");
  }
  address.known_ = true;
  return address;
}

IpAddress IpAddress::from(const sockaddr_storage& raw) {
  IpAddress address;
  if (raw.ss_family == AF_INET) {
    std::ranges::copy(kMapped, address.bytes_.begin());
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(raw);
    std::memcpy(address.bytes_.data() + 12, &v4.sin_addr, 4);
    address.known_ = true;
  } else if (raw.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(raw);
    std::memcpy(address.bytes_.data(), &v6.sin6_addr, 16);
    address.known_ = true;
  }
  return address;
}

bool IpAddress::is_v4() const {
  return known_ && std::equal(kMapped.begin(), kMapped.end(), bytes_.begin());
}

bool IpAddress::is_loopback() const {
  if (!known_) return false;
  if (is_v4()) return bytes_[12] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto b) { return b == 0; }) &&
         bytes_[15] == 1;
}

IpAddress IpAddress::limit_key() const {
  IpAddress key = *this;
  if (!is_v4()) std::fill(key.bytes_.begin() + 8, key.bytes_.end(), std::uint8_t{0});
  return key;
}

std::string IpAddress::to_string() const {
  if (!known_) return "local";
  char text[INET6_ADDRSTRLEN];
  if (is_v4()) {
    ::inet_ntop(AF_INET, bytes_.data() + 12, text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
  }
  return text;
}

Result<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return address.status();
  Network network;
  network.base_ = *address;
  if (slash == std::string_view::npos) return network;
  const int most = address->is_v4() ? 32 : 128;
  int bits = -1;
  if (!parse_number(text.substr(slash + 1), bits) || bits < 0 || bits > most) {
    return Status::invalid_args("\"" + std::string(text) + "\" is not a network; write it as " +
                                (most == 32 ? "10.0.0.0/8." : "2001:db8::/32."));
  }
  network.bits_ = bits + (128 - most);
  return network;
}

bool Network::contains(const IpAddress& address) const {
  if (!address.known_) return false;
  const auto whole = static_cast<std::size_t>(bits_ / 8);
  if (!std::equal(base_.bytes_.begin(), base_.bytes_.begin() + static_cast<long>(whole),
                  address.bytes_.begin())) {
    return false;
  }
  const int rest = bits_ % 8;
  return rest == 0 || ((base_.bytes_[whole] ^ address.bytes_[whole]) >> (8 - rest)) == 0;
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
  const auto bad = [&] {
    return Status::invalid_args("\"" + std::string(text) +
                                "\" is not an address to listen on; write 127.0.0.1:8080, "
                                "[::1]:8080 or :8080 for all addresses.");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad();
  Endpoint endpoint;
  std::string_view host = text.substr(0, colon);
  if (!parse_number(text.substr(colon + 1), endpoint.port)) return bad();
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty() || host == "*") host = "0.0.0.0";
  if (!IpAddress::parse(host)) return bad();
  endpoint.host = host;
  return endpoint;
}

std::string Endpoint::to_string() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace parley::net
