// SPDX-License-Identifier: Apache-2.0
// How a host function begins: which plugin calls, and may it from here (rule 6 of plugin_abi.h).
#pragma once

#include <initializer_list>

#include "plugin/abi.h"
#include "plugin/call_scope.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {

// Null when the calling thread is in none of these phases; the breach is logged.
inline PluginInstance* enter(const parley_host* host, std::initializer_list<Phase> allowed,
                          const char* function) {
  auto& plugin = PluginInstance::of(host);
  if (const auto* scope = CallScope::of(plugin); scope != nullptr) {
    for (const auto phase : allowed) {
      if (scope->phase() == phase) return &plugin;
    }
  }
  plugin.misbehaved(std::string(function) +
                    " was called from a thread or at a time where it is not allowed");
  return nullptr;
}

// What a plugin is told of a Status.
inline parley_status status_code(const Status& status) {
  switch (status.code()) {
    case ErrorCode::kOk:
      return PARLEY_OK;
    case ErrorCode::kInvalidArgs:
    case ErrorCode::kBadRequest:
    case ErrorCode::kBadJson:
      return PARLEY_E_INVALID;
    case ErrorCode::kTooLarge:
    case ErrorCode::kChannelLimit:
      return PARLEY_E_LIMIT;
    case ErrorCode::kForbidden:
    case ErrorCode::kUnauthorized:
    case ErrorCode::kBlocked:
      return PARLEY_E_DENIED;
    case ErrorCode::kNotFound:
      return PARLEY_E_NOT_FOUND;
    case ErrorCode::kConflict:
    case ErrorCode::kDuplicateId:
      return PARLEY_E_CONFLICT;
    case ErrorCode::kOverloaded:
    case ErrorCode::kRateLimited:
      return PARLEY_E_BUSY;
    case ErrorCode::kUnsupported:
      return PARLEY_E_UNSUPPORTED;
    default:
      return PARLEY_E_INTERNAL;
  }
}

}  // namespace parley::plugin
