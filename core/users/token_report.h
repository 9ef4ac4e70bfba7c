// SPDX-License-Identifier: Apache-2.0
// What a token says of itself, for an operator who wants to know why it is refused. Nothing in it is
// to be trusted unless `verdict` is ok.
//
// Thread: any. Failure: none; what cannot be read is "".
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "users/token_service.h"

namespace parley::users {

struct TokenReport {
  Result<TokenClaims> verdict;
  std::string header_json;  // as one JSON object, "" when it is none
  std::string payload_json;
};

TokenReport report_on(const TokenService& tokens, std::string_view token);

}  // namespace parley::users
