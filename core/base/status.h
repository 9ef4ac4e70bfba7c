// SPDX-License-Identifier: Apache-2.0
// Errors as values: a code that programs read and a sentence that people read.
//
// The code is the protocol's error code (protocol.md, section 3), so that what a client is told is
// decided where the error is noticed, not at the edge. The sentence names what was wrong and what
// to do. Failure: none; the classes here do not throw, except Result::value() on an error, which is
// a bug.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace parley {

enum class ErrorCode {
  kOk,
  kBadJson,
  kBadRequest,
  kBadFrame,
  kUnknownAction,
  kInvalidArgs,
  kTooLarge,
  kDuplicateId,
  kUnauthorized,
  kTokenExpired,
  kTokenRevoked,
  kForbidden,
  kBlocked,
  kRateLimited,
  kTooManyInflight,
  kOverloaded,
  kNotFound,
  kConflict,
  kPluginUnavailable,
  kPluginTimeout,
  kPluginCrashed,
  kPluginError,
  kPositionLost,
  kOutcomeUnknown,
  kBackendTimeout,
  kBackendUnavailable,
  kBackendBadReply,
  kBackendRejected,
  kChannelLimit,
  kUnsupported,
  kInternal,
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status ok() { return {}; }
  static Status invalid_args(std::string m) { return {ErrorCode::kInvalidArgs, std::move(m)}; }
  static Status not_found(std::string m) { return {ErrorCode::kNotFound, std::move(m)}; }
  static Status conflict(std::string m) { return {ErrorCode::kConflict, std::move(m)}; }
  static Status unauthorized(std::string m) { return {ErrorCode::kUnauthorized, std::move(m)}; }
  static Status forbidden(std::string m) { return {ErrorCode::kForbidden, std::move(m)}; }
  static Status overloaded(std::string m) { return {ErrorCode::kOverloaded, std::move(m)}; }
  static Status internal(std::string m) { return {ErrorCode::kInternal, std::move(m)}; }

  bool is_ok() const { return code_ == ErrorCode::kOk; }
  explicit operator bool() const { return is_ok(); }
  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }

 private:
  ErrorCode code_ = ErrorCode::kOk;
  std::string message_;
};

// A value or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : state_(std::move(status)) {}  // NOLINT(google-explicit-constructor)

  bool is_ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return is_ok(); }
  const T& value() const& { return std::get<T>(state_); }
  T& value() & { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  Status status() const { return is_ok() ? Status() : std::get<Status>(state_); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace parley
