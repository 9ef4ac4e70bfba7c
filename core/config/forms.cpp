// SPDX-License-Identifier: Apache-2.0
#include "config/forms.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <fmt/ranges.h>
#include <netinet/in.h>

#include "base/log.h"
#include "config/plugin_settings.h"
#include "config/values.h"

namespace parley::config {
namespace {

// The address's bits: 32, 128 or 0 for no address.
int address_bits(std::string_view text) {
  const std::string copy(text);
  std::array<unsigned char, sizeof(in6_addr)> buffer{};
  if (::inet_pton(AF_INET, copy.c_str(), buffer.data()) == 1) return 32;
  return ::inet_pton(AF_INET6, copy.c_str(), buffer.data()) == 1 ? 128 : 0;
}

bool is_network(std::string_view text) {
  const auto slash = text.find('/');
  const int bits = address_bits(text.substr(0, slash));
  if (slash == text.npos) return bits != 0;
  const auto length = parse_integer(text.substr(slash + 1));
  return bits != 0 && length && *length >= 0 && *length <= bits;
}

bool is_host(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
  return !text.empty() && text.size() <= 253 && text.find_first_not_of(kAllowed) == text.npos;
}

// Below the state folder, whatever the value says.
bool is_inner_file(std::string_view text) {
  if (text.empty()) return true;
  if (text.front() == '/' || text.back() == '/' || text.find('\0') != text.npos) return false;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find('/', at), text.size());
    if (text.substr(at, end - at) == "..") return false;
    at = end + 1;
  }
  return true;
}

// A public channel, as protocol.md names them.
bool is_channel(std::string_view text) {
  constexpr std::string_view kFirst = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::string_view kRest = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return !text.empty() && text.size() <= 32 && kFirst.find(text.front()) != kFirst.npos &&
         text.find_first_not_of(kRest) == text.npos;
}

bool is_component(std::string_view text) {
  return std::ranges::find(log::components(), text) != log::components().end();
}

bool fits(Key::Form form, std::string_view text) {
  switch (form) {
    case Key::Form::kAddress:
      return parse_address(text).has_value();
    case Key::Form::kNetwork:
      return is_network(text);
    case Key::Form::kPluginId:
      return is_plugin_id(text);
    case Key::Form::kFileName:
      return is_inner_file(text);
    case Key::Form::kChannel:
      return is_channel(text);
    case Key::Form::kComponent:
      return is_component(text);
    case Key::Form::kPath:
      return text.find('\0') == text.npos;
    case Key::Form::kPlain:
      return true;
  }
  return true;
}

}  // namespace

std::optional<HostPort> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto port = parse_integer(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (address_bits(host) != 128) return std::nullopt;
  } else if (!is_host(host)) {
    return std::nullopt;
  }
  return HostPort{std::string(host), static_cast<int>(*port)};
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  return host.starts_with("127.") && address_bits(host) == 32;
}

std::optional<std::string> check_form(Key::Form form, std::string_view text) {
  if (fits(form, text)) return std::nullopt;
  return "is not " + form_name(form);
}

std::string form_name(Key::Form form) {
  switch (form) {
    case Key::Form::kAddress:
      return "HOST:PORT such as 127.0.0.1:8080 or [::1]:0";
    case Key::Form::kNetwork:
      return "an address or network such as 10.0.0.0/8";
    case Key::Form::kPluginId:
      return "a plugin id: a small letter, then up to 31 of a-z, 0-9 and -";
    case Key::Form::kFileName:
      return "a file name inside the state folder, without `..`";
    case Key::Form::kChannel:
      return "a channel's name: a small letter or digit, then up to 31 of a-z, 0-9, _ and -";
    case Key::Form::kComponent:
      return fmt::format("a component of the log; there are {}",
                         fmt::join(log::components(), ", "));
    case Key::Form::kPath:
      return "a path";
    case Key::Form::kPlain:
      return "text";
  }
  return "text";
}

}  // namespace parley::config
