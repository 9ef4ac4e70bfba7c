// SPDX-License-Identifier: Apache-2.0
// Validates JSON against the subset of JSON Schema that plugins declare their configuration in, and
// fills defaults in.
//
// Understood: type (also a list of types), properties, required, additionalProperties (false or a
// schema), items, enum, minimum, maximum, minLength, maxLength (characters), minItems, maxItems,
// pattern (RE2), default; title and description are ignored. Any other keyword is refused, so that
// no rule is silently not held. Failure: all problems are returned; never throws. Limits: both
// texts at most 1 MiB, 64 levels deep.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::config {

struct SchemaProblem {
  std::string pointer;    // JSON pointer into the value: "/rooms/0/name"; empty: the whole value
  std::string message;    // "must be at least 1, is 0"
  std::string rule = {};  // "minimum"; empty when the schema itself is wrong
  std::vector<std::string> values = {};  // {"1", "0"}
};

struct Validated {
  std::string value_json;  // the value with defaults; equal to the input's when there are problems
  std::vector<SchemaProblem> problems;
  bool ok() const { return problems.empty(); }
};

// An empty schema or "{}" allows everything.
Validated validate(std::string_view schema_json, std::string_view value_json);

}  // namespace parley::config
