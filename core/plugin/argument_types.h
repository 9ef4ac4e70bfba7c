// SPDX-License-Identifier: Apache-2.0
// What a type of the plugin ABI is called by the command table. Nothing for a number that is none.
#pragma once

#include <optional>

#include <parley/plugin_abi.h>

#include "command/command_spec.h"

namespace parley::plugin {

inline std::optional<command::ArgumentType> argument_type_of(parley_type type) {
  using command::ArgumentType;
  switch (type) {
    case PARLEY_TYPE_STRING:
      return ArgumentType::kString;
    case PARLEY_TYPE_INT:
      return ArgumentType::kInt;
    case PARLEY_TYPE_NUMBER:
      return ArgumentType::kNumber;
    case PARLEY_TYPE_BOOL:
      return ArgumentType::kBool;
    case PARLEY_TYPE_USER:
      return ArgumentType::kUser;
    case PARLEY_TYPE_CHANNEL:
      return ArgumentType::kChannel;
    case PARLEY_TYPE_JSON:
      return ArgumentType::kJson;
    default:
      return std::nullopt;
  }
}

}  // namespace parley::plugin
