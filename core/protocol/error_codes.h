// SPDX-License-Identifier: Apache-2.0
// What each error code is called on the wire, whether trying again makes sense, and its HTTP status
// (protocol.md, section 3). The name is the contract with clients; messages may change.
//
// Thread: any. Lifetime: the tables are constants. Failure: none.
#pragma once

#include <optional>
#include <string_view>

#include "base/status.h"

namespace parley::protocol {

struct ErrorInfo {
  ErrorCode code;
  std::string_view name;  // "rate_limited"
  bool retry;             // the same request may succeed later
  int http;
};

// kOk is answered as {"ok", false, 200}.
const ErrorInfo& error_info(ErrorCode code);
std::string_view error_name(ErrorCode code);
std::optional<ErrorCode> parse_error_code(std::string_view name);

// A plugin's own code: "<plugin>.<code>", both parts of [a-z][a-z0-9_-]*, 64 bytes together.
bool is_plugin_error_code(std::string_view code);

}  // namespace parley::protocol
