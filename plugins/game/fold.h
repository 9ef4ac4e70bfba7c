// SPDX-License-Identifier: Apache-2.0
// Names as people type them: upper and lower case of the Latin and Russian alphabets are the same,
// and so are "ё" and "е".
#pragma once

#include <string>
#include <string_view>

namespace game {

std::string fold(std::string_view text);

inline bool same_name(std::string_view a, std::string_view b) {
  return fold(a) == fold(b);
}

}  // namespace game
