// SPDX-License-Identifier: Apache-2.0
// Unmasking by words, and the ASCII check that comes with it for free.
//
// Thread: pure functions. Units: the key is in wire order, as it stands in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace parley::net {

inline constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

// XORs the key over the bytes; true when the result is ASCII throughout.
inline bool unmask(char* data, std::size_t size, std::uint32_t key) {
  const std::uint64_t wide = (static_cast<std::uint64_t>(key) << 32) | key;
  std::uint64_t seen = 0;
#if defined(__SSE2__)
  const __m128i mask = _mm_set1_epi32(static_cast<int>(key));
  __m128i all = _mm_setzero_si128();
  for (; size >= 16; data += 16, size -= 16) {
    auto* at = reinterpret_cast<__m128i*>(data);
    const __m128i clear = _mm_xor_si128(_mm_loadu_si128(at), mask);
    _mm_storeu_si128(at, clear);
    all = _mm_or_si128(all, clear);
  }
  if (_mm_movemask_epi8(all) != 0) seen = kHighBits;
#endif
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    word ^= wide;
    std::memcpy(data, &word, 8);
    seen |= word;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte =
        static_cast<unsigned char>(data[i]) ^ reinterpret_cast<const unsigned char*>(&key)[i % 4];
    data[i] = static_cast<char>(byte);
    seen |= static_cast<std::uint64_t>(byte);
  }
  return (seen & kHighBits) == 0;
}

// How many bytes at the start are certainly ASCII, in steps of eight.
inline std::size_t ascii_prefix(const char* data, std::size_t size) {
  std::size_t done = 0;
  for (; size - done >= 8; done += 8) {
    std::uint64_t word;
    std::memcpy(&word, data + done, 8);
    if (word & kHighBits) break;
  }
  return done;
}

}  // namespace parley::net
