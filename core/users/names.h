// SPDX-License-Identifier: Apache-2.0
// Names of people: what is allowed, and when two of them look the same.
//
// A name is brought to NFKC and kept as written otherwise; its *skeleton* (case-folded, without
// spaces, look-alike characters mapped together) is what must be unique: "Neo" and "NEO", "Ian" and
// "lan", Latin "coco" and Cyrillic "сосо" are one. Names that mix alphabets are refused.
//
// Thread: any. Failure: `invalid_args` with a sentence for the person who typed the name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace parley::users {

struct NameRules {
  std::size_t min_length = 2;         // characters (code points)
  std::size_t max_length = 32;        // after NFKC
  std::vector<std::string> reserved;  // compared by skeleton
};

struct Name {
  std::string display;   // NFKC, UTF-8
  std::string skeleton;  // never shown
};

// Letters, marks, digits, and single `_ - . '` or space between them. Control, bidi, zero-width and
// unassigned characters are refused, reserved names too.
Result<Name> parse_name(std::string_view text, const NameRules& rules);

// The same without the list of reserved names, for looking up what is there already.
Result<Name> parse_any_name(std::string_view text, const NameRules& rules);

// The n-th proposal for a name that is taken, n from 2: "Neo" -> "Neo2". Within max_length.
std::string suggest_name(std::string_view display, int n, const NameRules& rules);

// Whether a text calls somebody: an @ and the whole name, in any case.
bool mentions(std::string_view text, std::string_view name);

}  // namespace parley::users
