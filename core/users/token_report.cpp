// SPDX-License-Identifier: Apache-2.0
#include "users/token_report.h"

#include "base/ids.h"
#include "users/strict_json.h"

namespace parley::users {
namespace {

constexpr std::size_t kShownMax = TokenRules{}.max_size;

std::string shown(std::string_view part) {
  const auto text = base64url_decode(part);
  const auto object = text ? parse_strict_object(*text) : std::nullopt;
  if (!object) return {};
  return object->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

TokenReport report_on(const TokenService& tokens, std::string_view token) {
  TokenReport report{tokens.authenticate(token), {}, {}};
  if (token.size() > kShownMax) return report;
  const auto first = token.find('.');
  if (first == token.npos) return report;
  const auto rest = token.substr(first + 1);
  report.header_json = shown(token.substr(0, first));
  report.payload_json = shown(rest.substr(0, rest.find('.')));
  return report;
}

}  // namespace parley::users
