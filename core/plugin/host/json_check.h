// SPDX-License-Identifier: Apache-2.0
// JSON that a plugin hands over is spliced into frames, so it is checked first. Empty answer:
// nothing is wrong.
#pragma once

#include <string>
#include <string_view>

namespace parley::plugin {

std::string value_problem(std::string_view what, std::string_view json);   // "" or any JSON value
std::string object_problem(std::string_view what, std::string_view json);  // "" or an object
// A frame's parts: a type of the action grammar (or ""), data any value, fields an object without
// reserved names.
std::string json_problem(std::string_view type, std::string_view data, std::string_view fields);

}  // namespace parley::plugin
