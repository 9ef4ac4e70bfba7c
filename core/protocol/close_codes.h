// SPDX-License-Identifier: Apache-2.0
// WebSocket close codes of the protocol. A client decides by range: 4400-4499 come back, 4500-4999
// do not. Below 4000 as RFC 6455.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::protocol::close {

using Code = std::uint16_t;

inline constexpr Code kNormal = 1000;
inline constexpr Code kGoingAway = 1001;
inline constexpr Code kProtocolError = 1002;
inline constexpr Code kInvalidUtf8 = 1007;
inline constexpr Code kTooBig = 1009;

inline constexpr Code kShutdown = 4400;
inline constexpr Code kInternal = 4402;
inline constexpr Code kSlow = 4403;
inline constexpr Code kNoPong = 4404;
inline constexpr Code kOverloaded = 4406;
inline constexpr Code kReconnect = 4407;
inline constexpr Code kAuthTimeout = 4408;

inline constexpr Code kBadCredential = 4500;
inline constexpr Code kTokenExpired = 4502;
inline constexpr Code kBlocked = 4503;
inline constexpr Code kKicked = 4504;
inline constexpr Code kConnectionLimit = 4505;
inline constexpr Code kRateAbuse = 4506;
inline constexpr Code kVersion = 4507;
inline constexpr Code kOrigin = 4508;
inline constexpr Code kReplaced = 4509;
inline constexpr Code kNoise = 4510;

// The same connection attempt may be repeated as it was.
constexpr bool may_reconnect(Code code) {
  return code >= 4400 && code < 4500;
}
constexpr bool is_terminal(Code code) {
  return code >= 4500 && code < 5000;
}

// "slow", "rate abuse", …; "" for a code that is not ours. Fits a close frame's reason.
std::string_view name(Code code);

}  // namespace parley::protocol::close
