// SPDX-License-Identifier: Apache-2.0
// Texts with a grammar of their own: addresses, networks, ids, file names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/keys.h"

namespace parley::config {

struct HostPort {
  std::string host;  // without brackets
  int port = 0;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:0".
std::optional<HostPort> parse_address(std::string_view text);
// Loopback addresses and "localhost".
bool is_loopback(std::string_view host);

// Why `text` is not of this form, with what is; nothing when it is.
std::optional<std::string> check_form(Key::Form form, std::string_view text);
std::string form_name(Key::Form form);

}  // namespace parley::config
