// SPDX-License-Identifier: Apache-2.0
// The closed list of what a plugin may be granted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::config {

// commands, anonymous, dm, accounts.read, accounts.write, buttons, metrics, filter:CHANNEL,
// push:SCOPE, http:HOST:PORT, files:PATH. Says what is wrong with a permission, or nothing.
std::optional<std::string> check_permission(std::string_view permission);

}  // namespace parley::config
