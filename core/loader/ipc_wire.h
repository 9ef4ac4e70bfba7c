// SPDX-License-Identifier: Apache-2.0
// The values inside a frame: numbers as they lie in memory, texts as a length and their bytes.
//
// Ownership: what is taken borrows the frame's bytes; arrays and structs made while taking live in
// the arena. Thread: one at a time. Failure: a reader that runs out of bytes, or meets a count that
// the bytes left cannot hold, goes bad and gives zeros from there on; ok() is asked once at the
// end. Nothing that a hostile sender writes makes it read or reserve more than the frame holds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>

#include <parley/plugin_abi.h>

namespace parley::loader {

template <typename T>
concept WireNumber = std::is_arithmetic_v<T>;

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  template <WireNumber T>
  void number(T value) {
    out_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void flag(bool value) { number<std::uint8_t>(value ? 1 : 0); }
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
  }

 private:
  std::string& out_;
};

class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : left_(bytes) {}

  template <WireNumber T>
  T number() {
    T value{};
    const auto bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  bool flag() { return number<std::uint8_t>() != 0; }
  std::string_view text() { return take(number<std::uint32_t>()); }
  // Of things that follow, each at least one byte long.
  std::uint64_t count() {
    const auto value = number<std::uint32_t>();
    if (value > left_.size()) ok_ = false;
    return ok_ ? value : 0;
  }

  bool ok() const { return ok_; }
  std::size_t left() const { return left_.size(); }

 private:
  std::string_view take(std::size_t size) {
    if (!ok_ || size > left_.size()) {
      ok_ = false;
      return {};
    }
    const auto bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return bytes;
  }

  std::string_view left_;
  bool ok_ = true;
};

// Memory for what one frame describes; given back together.
class WireArena {
 public:
  template <typename T>
  T* make(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    auto* room = std::pmr::polymorphic_allocator<>(&memory_).allocate_object<T>(count);
    for (std::size_t i = 0; i < count; ++i) new (room + i) T{};
    return room;
  }

 private:
  std::array<std::byte, 2048> first_;
  std::pmr::monotonic_buffer_resource memory_{first_.data(), first_.size()};
};

}  // namespace parley::loader
