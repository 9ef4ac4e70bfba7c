// SPDX-License-Identifier: Apache-2.0
// JSON of strangers: keys, tokens, bodies of the admin API. An object that is there twice over is
// read by nobody the same way, so duplicate keys are refused at every depth, and so is what is nested
// deeper than anything honest.
//
// Thread: any. Failure: nothing.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace parley::users {

inline constexpr int kJsonDepthMax = 8;  // of keys and tokens

std::optional<nlohmann::json> parse_strict_object(std::string_view text,
                                                  int deepest = kJsonDepthMax);

}  // namespace parley::users
