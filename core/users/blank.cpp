// SPDX-License-Identifier: Apache-2.0
#include "users/blank.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace parley::users {
namespace {

constexpr UChar32 kEmptyBraille = 0x2800;  // a symbol by its class, but no dot is raised

bool is_invisible(UChar32 c) {
  return u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == kEmptyBraille;
}

}  // namespace

bool is_blank(std::string_view text) {
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(text.data(), at, size, c);
    if (!is_invisible(c)) return false;
  }
  return true;
}

}  // namespace parley::users
