// SPDX-License-Identifier: Apache-2.0
#include "fold.h"

#include <cstddef>

namespace game {
namespace {

// The two bytes of a Russian letter, made lower case; anything else stays.
void fold_pair(unsigned char lead, unsigned char trail, std::string& out) {
  const bool yo = (lead == 0xD0 && trail == 0x81) || (lead == 0xD1 && trail == 0x91);
  if (yo) {
    lead = 0xD0, trail = 0xB5;
  } else if (lead == 0xD0 && trail >= 0x90 && trail <= 0x9F) {
    trail += 0x20;
  } else if (lead == 0xD0 && trail >= 0xA0 && trail <= 0xAF) {
    lead = 0xD1, trail -= 0x20;
  }
  out += static_cast<char>(lead);
  out += static_cast<char>(trail);
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool russian = (byte == 0xD0 || byte == 0xD1) && i + 1 < text.size();
    if (russian) {
      fold_pair(byte, static_cast<unsigned char>(text[++i]), out);
    } else {
      out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : text[i];
    }
  }
  return out;
}

}  // namespace game
