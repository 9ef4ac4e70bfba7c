// SPDX-License-Identifier: Apache-2.0
// Between JsonView and simdjson's element. For json_view.cpp and json_reader.cpp only: nobody else
// sees simdjson.
#pragma once

#include <bit>
#include <cstddef>
#include <type_traits>

#include <simdjson.h>

#include "protocol/json.h"

namespace parley::protocol {

// An element is a document and a position in its tape; a view keeps the same two, so that the
// public header needs none of simdjson.
struct JsonAccess {
  struct Parts {
    const void* document;
    std::size_t index;
  };
  static_assert(sizeof(Parts) == sizeof(simdjson::dom::element));
  static_assert(std::is_trivially_copyable_v<simdjson::dom::element>);

  static simdjson::dom::element element(JsonView view) {
    return std::bit_cast<simdjson::dom::element>(Parts{view.document_, view.index_});
  }
  static JsonView view(simdjson::dom::element element) {
    const auto parts = std::bit_cast<Parts>(element);
    JsonView view;
    view.document_ = parts.document;
    view.index_ = parts.index;
    return view;
  }
};

}  // namespace parley::protocol
