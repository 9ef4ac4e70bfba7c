// SPDX-License-Identifier: Apache-2.0
#include "protocol/error_codes.h"

#include <algorithm>
#include <array>

namespace parley::protocol {
namespace {

using enum ErrorCode;

// In the order of ErrorCode, so that a lookup is an index; a test holds the two together.
constexpr std::array kErrors = {
    ErrorInfo{kOk, "ok", false, 200},
    ErrorInfo{kBadJson, "bad_json", false, 400},
    ErrorInfo{kBadRequest, "bad_request", false, 400},
    ErrorInfo{kBadFrame, "bad_frame", false, 400},
    ErrorInfo{kUnknownAction, "unknown_action", false, 404},
    ErrorInfo{kInvalidArgs, "invalid_args", false, 422},
    ErrorInfo{kTooLarge, "too_large", false, 413},
    ErrorInfo{kDuplicateId, "duplicate_id", false, 409},
    ErrorInfo{kUnauthorized, "unauthorized", false, 401},
    ErrorInfo{kTokenExpired, "token_expired", false, 401},
    ErrorInfo{kTokenRevoked, "token_revoked", false, 401},
    ErrorInfo{kForbidden, "forbidden", false, 403},
    ErrorInfo{kBlocked, "blocked", false, 403},
    ErrorInfo{kRateLimited, "rate_limited", true, 429},
    ErrorInfo{kTooManyInflight, "too_many_inflight", true, 429},
    ErrorInfo{kOverloaded, "overloaded", true, 503},
    ErrorInfo{kNotFound, "not_found", false, 404},
    ErrorInfo{kConflict, "conflict", false, 409},
    ErrorInfo{kPluginUnavailable, "plugin_unavailable", true, 503},
    ErrorInfo{kPluginTimeout, "plugin_timeout", true, 504},
    ErrorInfo{kPluginCrashed, "plugin_crashed", true, 502},
    ErrorInfo{kPluginError, "plugin_error", false, 500},
    ErrorInfo{kPositionLost, "position_lost", false, 410},
    ErrorInfo{kOutcomeUnknown, "outcome_unknown", false, 500},
    ErrorInfo{kBackendTimeout, "backend_timeout", true, 504},
    ErrorInfo{kBackendUnavailable, "backend_unavailable", true, 503},
    ErrorInfo{kBackendBadReply, "backend_bad_reply", false, 502},
    ErrorInfo{kBackendRejected, "backend_rejected", false, 422},
    ErrorInfo{kChannelLimit, "channel_limit", false, 403},
    ErrorInfo{kUnsupported, "unsupported", false, 400},
    ErrorInfo{kInternal, "internal", true, 500},
};
static_assert(kErrors.size() == static_cast<std::size_t>(kInternal) + 1);

constexpr std::size_t kMaxCode = 64;

bool is_code_part(std::string_view part) {
  if (part.empty() || part[0] < 'a' || part[0] > 'z') return false;
  return std::all_of(part.begin(), part.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace

const ErrorInfo& error_info(ErrorCode code) {
  return kErrors[static_cast<std::size_t>(code)];
}

std::string_view error_name(ErrorCode code) {
  return error_info(code).name;
}

std::optional<ErrorCode> parse_error_code(std::string_view name) {
  for (const auto& error : kErrors)
    if (error.name == name) return error.code;
  return std::nullopt;
}

bool is_plugin_error_code(std::string_view code) {
  const auto dot = code.find('.');
  return dot != std::string_view::npos && code.size() <= kMaxCode &&
         is_code_part(code.substr(0, dot)) && is_code_part(code.substr(dot + 1));
}

}  // namespace parley::protocol
