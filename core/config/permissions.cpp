// SPDX-License-Identifier: Apache-2.0
#include "config/permissions.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "base/escape.h"
#include "config/forms.h"
#include "config/problem.h"

namespace parley::config {
namespace {

constexpr std::array<std::string_view, 7> kPlain{
    "commands", "anonymous", "dm", "accounts.read", "accounts.write", "buttons", "metrics"};
constexpr std::array<std::string_view, 4> kWithTarget{"filter", "push", "http", "files"};

std::vector<std::string> known() {
  std::vector<std::string> names(kPlain.begin(), kPlain.end());
  names.insert(names.end(), kWithTarget.begin(), kWithTarget.end());
  return names;
}

}  // namespace

std::optional<std::string> check_permission(std::string_view permission) {
  if (std::ranges::find(kPlain, permission) != kPlain.end()) return std::nullopt;
  const auto colon = permission.find(':');
  const auto verb = permission.substr(0, colon);
  if (std::ranges::find(kWithTarget, verb) == kWithTarget.end()) {
    return fmt::format("there is no permission `{}`{}; there are {}", terminal_escaped(permission),
                       suggestion(std::string(verb), known()), fmt::join(known(), ", "));
  }
  const auto target = colon == permission.npos ? std::string_view() : permission.substr(colon + 1);
  if (target.empty()) return fmt::format("`{}` needs a target, for example {}:*", verb, verb);
  if (verb == "http" && !parse_address(target))
    return std::string("http needs HOST:PORT, for example http:api.example.org:443");
  return std::nullopt;
}

}  // namespace parley::config
