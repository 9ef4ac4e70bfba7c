// SPDX-License-Identifier: Apache-2.0
// characters(): the length of a text as the server counts it wherever a limit is "in characters".
// Pure; any thread.
// Since 1.0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley {

// Code points of UTF-8: near enough to what people count. Never reads out of bounds; bytes that are
// no UTF-8 count as one each, unless they look like the middle of a character.
inline std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

}  // namespace parley
