// SPDX-License-Identifier: Apache-2.0
// What of a text is nothing to see. Pure; any thread. The server hands over valid UTF-8 only;
// anything else is never read out of bounds.
#pragma once

#include <string_view>

namespace chat {

// Nothing to see: spaces of every script, line ends, control, zero-width and direction marks.
bool is_blank(std::string_view text);

// The same but for the case of Latin letters.
bool same_letters(std::string_view a, std::string_view b);

// Without the ASCII blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace chat
