// SPDX-License-Identifier: Apache-2.0
// One member of a JSON object that is expected to be text.
//
// Thread: pure function. Failure: none; what is no object, absent or no text is "".
#pragma once

#include <string>
#include <string_view>

namespace parley {

// `Json` is nlohmann's, or one of its forms; whoever calls includes it.
template <typename Json>
std::string text_of(const Json& object, std::string_view name) {
  if (!object.is_object()) return {};
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->template get<std::string>()
                                                     : std::string();
}

}  // namespace parley
