// SPDX-License-Identifier: Apache-2.0
// The frames between the server and parley-plugin-host: a pure parser and writer, no I/O.
//
//   length u32 | kind u8 | reserved u8 (0) | op u16 | correlation id u64 | body (length bytes)
//
// Numbers are in the machine's own byte order: both ends run on it. Ops are those of ipc_ops.h.
// Ownership: views borrow the caller's bytes. Thread: any. Failure: a header that cannot be of this
// protocol is an error with a sentence; whoever reads it ends the connection, because after it
// nothing tells where the next frame begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace parley::loader {

enum class FrameKind : std::uint8_t {
  kCall = 1,    // wants one kReturn with the same id
  kReturn = 2,  // of the call with that id
  kNotice = 3   // wants nothing; id 0
};

struct FrameHeader {
  std::uint32_t length = 0;  // of the body
  FrameKind kind = FrameKind::kCall;
  std::uint16_t op = 0;  // never 0
  std::uint64_t id = 0;
};

inline constexpr std::size_t kFrameHeaderSize = 16;
inline constexpr std::size_t kLargestBody = 0xffff'ffff;  // what the length can say

struct FrameView {
  FrameHeader header;
  std::string_view body;
  std::size_t size() const { return kFrameHeaderSize + body.size(); }
};

// The frame at the beginning of `bytes`; nothing when it is not whole yet. `max_body`: a longer one
// is refused as soon as its header is there.
Result<std::optional<FrameView>> parse_frame(std::string_view bytes, std::size_t max_body);

// Appends a header whose length is still unknown; finish_frame() fills it in once the body stands
// behind it. `at`: where in `out` the frame begins.
void begin_frame(std::string& out, FrameKind kind, std::uint16_t op, std::uint64_t id);
void finish_frame(std::string& out, std::size_t at = 0);

}  // namespace parley::loader
