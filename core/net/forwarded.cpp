// SPDX-License-Identifier: Apache-2.0
#include "net/forwarded.h"

#include <algorithm>
#include <string>

namespace parley::net {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Several headers of one name are one list, in their order.
std::string whole_chain(const HttpRequestHead& head) {
  std::string chain;
  HttpRequestHead one;
  for (const auto& field : head.headers) {
    one.headers.assign(1, field);
    if (!one.has_header("X-Forwarded-For")) continue;
    if (!chain.empty()) chain += ',';
    chain += field.second;
  }
  return chain;
}

}  // namespace

bool is_trusted(const IpAddress& address, const std::vector<Network>& proxies) {
  return std::ranges::any_of(proxies, [&](const Network& n) { return n.contains(address); });
}

void apply_forwarded(HttpRequestHead& head, const std::vector<Network>& proxies) {
  if (!is_trusted(head.peer, proxies)) return;
  if (head.header("X-Forwarded-Proto") == "https") head.secure = true;
  const std::string chain = whole_chain(head);
  std::string_view rest = chain;
  while (!rest.empty() && is_trusted(head.peer, proxies)) {
    const std::size_t comma = rest.rfind(',');
    const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
    const auto address = IpAddress::parse(trimmed(rest.substr(begin)));
    if (!address) return;
    head.peer = *address;
    rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
}

}  // namespace parley::net
