// SPDX-License-Identifier: Apache-2.0
// The `id` a client gave a command: nothing, an integer of 0 to 2^53-1, or a string of up to 64
// bytes. 7 and "7" are two different ids.
//
// Ownership: a value; strings of up to 15 bytes need no allocation. Thread: any. Failure: from()
// says no for what is no valid id.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace parley::protocol {

class RequestId {
 public:
  static constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;
  static constexpr std::size_t kMaxString = 64;

  RequestId() = default;  // none
  static std::optional<RequestId> from(std::int64_t value);
  static std::optional<RequestId> from(std::string_view value);

  bool is_none() const { return value_.index() == 0; }
  explicit operator bool() const { return !is_none(); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* text() const { return std::get_if<std::string>(&value_); }

  // As it came: 7 or "seven" (escaped). Nothing when there is none.
  void append_json(std::string& out) const;
  std::string to_json() const;

  friend bool operator==(const RequestId&, const RequestId&) = default;

 private:
  std::variant<std::monostate, std::int64_t, std::string> value_;
};

}  // namespace parley::protocol

template <>
struct std::hash<parley::protocol::RequestId> {
  std::size_t operator()(const parley::protocol::RequestId& id) const noexcept;
};
