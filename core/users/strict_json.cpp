// SPDX-License-Identifier: Apache-2.0
#include "users/strict_json.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace parley::users {

using Json = nlohmann::json;

std::optional<Json> parse_strict_object(std::string_view text, int deepest) {
  using Event = Json::parse_event_t;
  std::vector<std::set<std::string>> open;  // the keys of each object that is being read
  bool refused = false;
  const auto check = [&](int depth, Json::parse_event_t event, Json& value) {
    refused |= depth > deepest;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::key && !open.empty() &&
        !open.back().insert(value.get<std::string>()).second)
      refused = true;
    if (event == Event::object_end && !open.empty()) open.pop_back();
    return !refused;
  };
  Json object = Json::parse(text, check, /*allow_exceptions=*/false);
  if (refused || object.is_discarded() || !object.is_object()) return std::nullopt;
  return object;
}

}  // namespace parley::users
