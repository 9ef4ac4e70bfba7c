// SPDX-License-Identifier: Apache-2.0
#include "protocol/close_codes.h"

namespace parley::protocol::close {

std::string_view name(Code code) {
  switch (code) {
    case kNormal:
      return "normal";
    case kGoingAway:
      return "going away";
    case kProtocolError:
      return "protocol error";
    case kInvalidUtf8:
      return "invalid UTF-8";
    case kTooBig:
      return "too big";
    case kShutdown:
      return "shutdown";
    case kInternal:
      return "internal";
    case kSlow:
      return "slow";
    case kNoPong:
      return "no pong";
    case kOverloaded:
      return "overloaded";
    case kReconnect:
      return "asked to reconnect";
    case kAuthTimeout:
      return "authentication took too long";
    case kBadCredential:
      return "bad credential";
    case kTokenExpired:
      return "token expired";
    case kBlocked:
      return "blocked";
    case kKicked:
      return "kicked";
    case kConnectionLimit:
      return "connection limit";
    case kRateAbuse:
      return "rate abuse";
    case kVersion:
      return "version";
    case kOrigin:
      return "origin";
    case kReplaced:
      return "replaced by a newer resume";
    case kNoise:
      return "protocol noise";
    default:
      return "";
  }
}

}  // namespace parley::protocol::close
