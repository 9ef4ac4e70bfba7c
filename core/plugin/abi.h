// SPDX-License-Identifier: Apache-2.0
// Between the C ABI's strings and sinks and C++'s.
#pragma once

#include <string>
#include <string_view>

#include <parley/plugin_abi.h>

namespace parley::plugin {

inline std::string_view view(const parley_string& text) {
  return text.data == nullptr ? std::string_view()
                              : std::string_view(text.data, static_cast<std::size_t>(text.size));
}
inline std::string copy(const parley_string& text) {
  return std::string(view(text));
}
inline parley_string borrow(std::string_view text) {
  return {text.data(), text.size()};
}

// A sink that appends to a string, for sentences the other side hands over.
inline parley_sink sink_into(std::string& text) {
  return {&text, [](void* context, parley_string bytes) {
            static_cast<std::string*>(context)->append(view(bytes));
          }};
}
inline void give(const parley_sink* sink, std::string_view bytes) {
  if (sink != nullptr && sink->write != nullptr) sink->write(sink->context, borrow(bytes));
}

// Whether a struct handed in by the plugin is large enough to hold `field` (rule 2).
#define PARLEY_HAS(pointer, field) \
  ((pointer) != nullptr &&         \
   (pointer)->size >=              \
       offsetof(std::remove_cvref_t<decltype(*(pointer))>, field) + sizeof((pointer)->field))

}  // namespace parley::plugin
