// SPDX-License-Identifier: Apache-2.0
// Names one running call: the shard that owns it, a slot there, and the slot's generation. A stale
// id never reaches another call.
#pragma once

#include <cstdint>
#include <functional>

namespace parley::command {

struct CallId {
  std::uint64_t value = 0;  // 0 names none

  static constexpr CallId make(unsigned shard, std::uint32_t index, std::uint32_t generation) {
    return {(std::uint64_t{shard} << 56) | (std::uint64_t{index} << 32) | generation};
  }
  constexpr unsigned shard() const { return static_cast<unsigned>(value >> 56); }
  constexpr std::uint32_t index() const { return (value >> 32) & 0xff'ffff; }
  constexpr std::uint32_t generation() const { return static_cast<std::uint32_t>(value); }

  explicit operator bool() const { return value != 0; }
  friend bool operator==(const CallId&, const CallId&) = default;
};

}  // namespace parley::command

template <>
struct std::hash<parley::command::CallId> {
  std::size_t operator()(const parley::command::CallId& id) const noexcept {
    return std::hash<std::uint64_t>{}(id.value);
  }
};
