// SPDX-License-Identifier: Apache-2.0
// A WebSocket text frame, encoded once and sent to many.
//
// Purpose: a fan-out makes one SharedFrame and every shard sends it to its own members; nothing is
// copied. Ownership: counted; copying shares, the last one frees. Thread: immutable, may be shared
// between threads. Failure: none (memory exhaustion ends the process).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace parley::net {

enum class Opcode : std::uint8_t { kText = 1, kBinary = 2, kClose = 8, kPing = 9, kPong = 10 };

inline constexpr std::size_t kMaxFrameHeader = 10;  // server to client: no mask

// Writes the header of an unmasked, final frame and returns its length, 2 to kMaxFrameHeader.
std::size_t write_frame_header(char* out, Opcode opcode, std::size_t payload_size);

class SharedFrame {
 public:
  static SharedFrame text(std::string_view payload);
  static SharedFrame binary(std::string_view payload);

  SharedFrame() = default;
  SharedFrame(const SharedFrame& other) : block_(other.block_) { retain(); }
  SharedFrame(SharedFrame&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  SharedFrame& operator=(SharedFrame other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~SharedFrame() { release(); }

  explicit operator bool() const { return block_ != nullptr; }
  std::string_view bytes() const;    // header and payload, as they go out
  std::string_view payload() const;  // the text alone

 private:
  struct Block {
    std::atomic<std::uint32_t> owners{1};
    std::uint32_t header = 0;
    std::size_t size = 0;  // header and payload, which follow the block
  };
  static SharedFrame make(Opcode opcode, std::string_view payload);
  void retain() {
    if (block_) block_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  void release();

  Block* block_ = nullptr;
};

}  // namespace parley::net
