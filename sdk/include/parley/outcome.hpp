// SPDX-License-Identifier: Apache-2.0
// Outcome: what the host said to a call; the C++ name of parley_status. Error: the same as an
// exception, thrown by the blocking *_now calls and caught by the trampolines; escaping from start
// it becomes the reason of the refusal.
// Since 1.0.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "plugin_abi.h"

namespace parley {

enum class Outcome : parley_status {
  kOk = PARLEY_OK,
  kInvalid = PARLEY_E_INVALID,
  kStale = PARLEY_E_STALE,
  kDenied = PARLEY_E_DENIED,
  kLimit = PARLEY_E_LIMIT,
  kBusy = PARLEY_E_BUSY,
  kNotFound = PARLEY_E_NOT_FOUND,
  kConflict = PARLEY_E_CONFLICT,
  kWrongThread = PARLEY_E_WRONG_THREAD,
  kUnsupported = PARLEY_E_UNSUPPORTED,
  kCancelled = PARLEY_E_CANCELLED,
  kInternal = PARLEY_E_INTERNAL,
};

inline bool is_ok(Outcome outcome) {
  return outcome == Outcome::kOk;
}

inline std::string_view describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kInvalid:
      return "an argument breaks its documented form";
    case Outcome::kStale:
      return "it is over already";
    case Outcome::kDenied:
      return "not permitted: see `permissions` in plugins.d";
    case Outcome::kLimit:
      return "a size or quota is exceeded";
    case Outcome::kBusy:
      return "the server is busy, try later";
    case Outcome::kNotFound:
      return "not found";
    case Outcome::kConflict:
      return "it exists already or has changed meanwhile";
    case Outcome::kWrongThread:
      return "called from a thread where it is not allowed";
    case Outcome::kUnsupported:
      return "this server does not do that";
    case Outcome::kCancelled:
      return "cancelled";
    case Outcome::kInternal:
      return "the server failed";
  }
  return "unknown status";
}

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& sentence) : std::runtime_error(sentence) {}
  Error(std::string_view what, Outcome outcome)
      : std::runtime_error(std::string(what) + ": " + std::string(describe(outcome))),
        outcome_(outcome) {}
  Outcome outcome() const { return outcome_; }

 private:
  Outcome outcome_ = Outcome::kInternal;
};

}  // namespace parley
