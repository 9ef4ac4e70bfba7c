// SPDX-License-Identifier: Apache-2.0
// JSON of strangers about keys and tokens. An object that is there twice over is read by nobody the
// same way, so duplicate keys are refused at every depth, and so is what is nested deeper than any
// honest token.
//
// Thread: any. Failure: nothing.
#pragma once

#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

namespace parley::users {

inline constexpr int kJsonDepthMax = 8;

std::optional<nlohmann::json> parse_strict_object(std::string_view text,
                                                  int deepest = kJsonDepthMax);

}  // namespace parley::users
