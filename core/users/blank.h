// SPDX-License-Identifier: Apache-2.0
// Whether there is anything to see in a text. Ownership: none. Thread: any.
#pragma once

#include <string_view>

namespace parley::users {

// Nothing but white space of any script, controls, and characters that are drawn as nothing. The
// chat plugin says the same of what is said for the first time.
bool is_blank(std::string_view text);

}  // namespace parley::users
