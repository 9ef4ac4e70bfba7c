// SPDX-License-Identifier: Apache-2.0
#include "net/frame.h"

#include <cstring>
#include <new>

namespace parley::net {

std::size_t write_frame_header(char* out, Opcode opcode, std::size_t payload_size) {
  out[0] = static_cast<char>(0x80 | static_cast<std::uint8_t>(opcode));
  if (payload_size < 126) {
    out[1] = static_cast<char>(payload_size);
    return 2;
  }
  const std::size_t length_bytes = payload_size <= 0xffff ? 2 : 8;
  out[1] = static_cast<char>(length_bytes == 2 ? 126 : 127);
  for (std::size_t i = 0; i < length_bytes; ++i) {
    out[2 + i] = static_cast<char>(payload_size >> (8 * (length_bytes - 1 - i)));
  }
  return 2 + length_bytes;
}

SharedFrame SharedFrame::text(std::string_view payload) {
  return make(Opcode::kText, payload);
}

SharedFrame SharedFrame::binary(std::string_view payload) {
  return make(Opcode::kBinary, payload);
}

SharedFrame SharedFrame::make(Opcode opcode, std::string_view payload) {
  char header[kMaxFrameHeader];
  const std::size_t header_size = write_frame_header(header, opcode, payload.size());
  const std::size_t size = header_size + payload.size();
  Block* block = new (::operator new(sizeof(Block) + size)) Block;
  block->header = static_cast<std::uint32_t>(header_size);
  block->size = size;
  char* bytes = reinterpret_cast<char*>(block + 1);
  std::memcpy(bytes, header, header_size);
  if (!payload.empty()) std::memcpy(bytes + header_size, payload.data(), payload.size());
  SharedFrame frame;
  frame.block_ = block;
  return frame;
}

std::string_view SharedFrame::bytes() const {
  return block_ ? std::string_view(reinterpret_cast<const char*>(block_ + 1), block_->size)
                : std::string_view();
}

std::string_view SharedFrame::payload() const {
  return block_ ? bytes().substr(block_->header) : std::string_view();
}

void SharedFrame::release() {
  if (!block_ || block_->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  block_->~Block();
  ::operator delete(block_);
}

}  // namespace parley::net
