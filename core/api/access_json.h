// SPDX-License-Identifier: Apache-2.0
// The operator's rules as JSON: in the database, over the admin API, and in `parleyctl -o json`.
//
//   {"rules":[{"allow":false,"subject":"guests","command":"remind","channel":"*","note":"…"}],
//    "aliases":{"dice":"roll"}, "cooldowns":{"roll":{"user":1000,"channel":0,"all":0}}}
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "base/status.h"
#include "command/access_policy.h"

namespace parley::api {

nlohmann::json to_json(const command::AccessRule& rule);
nlohmann::json to_json(const command::AccessPolicy& policy);

// Failure: invalid_args with a sentence about the member that is wrong.
Result<command::AccessRule> read_rule(const nlohmann::json& json);
Result<command::CooldownRule> read_cooldown(const nlohmann::json& json);
Result<command::AccessPolicy> read_policy(std::string_view text);

}  // namespace parley::api
