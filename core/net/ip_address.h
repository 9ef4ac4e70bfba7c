// SPDX-License-Identifier: Apache-2.0
// Addresses as values: parsing, printing, prefixes.
//
// Purpose: who the peer is, in 17 bytes instead of a string; IPv4 is kept as ::ffff:a.b.c.d.
// Thread: plain values. Failure: parsing gives a Status with a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

struct sockaddr_storage;

namespace parley::net {

class IpAddress {
 public:
  IpAddress() = default;  // "unknown": a Unix-domain peer
  static Result<IpAddress> parse(std::string_view text);
  static IpAddress from(const sockaddr_storage& address);

  bool known() const { return known_; }
  bool is_v4() const;
  bool is_loopback() const;
  IpAddress limit_key() const;    // what is counted as one client: an IPv4 address or an IPv6 /64
  std::string to_string() const;  // "203.0.113.7", "2001:db8::1", "local" when unknown
  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  bool operator==(const IpAddress&) const = default;

 private:
  friend class Network;
  std::array<std::uint8_t, 16> bytes_{};
  bool known_ = false;
};

// "10.0.0.0/8", "::1", "192.0.2.1": an address or a CIDR prefix.
class Network {
 public:
  static Result<Network> parse(std::string_view text);
  bool contains(const IpAddress& address) const;

 private:
  IpAddress base_;
  int bits_ = 128;
};

// "127.0.0.1:8080", "[::1]:0", ":8080" (all addresses), "localhost:8080".
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  static Result<Endpoint> parse(std::string_view text);
  std::string to_string() const;  // IPv6 in brackets
};

}  // namespace parley::net
