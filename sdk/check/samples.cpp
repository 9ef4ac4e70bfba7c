// SPDX-License-Identifier: Apache-2.0
#include "samples.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

namespace parley::kit {
namespace {

using testing::DeclaredArgument;

constexpr std::size_t kFrame = 64 * 1024;         // limits.frame
constexpr std::string_view kWide = "\U0001F3B2";  // four bytes, one character
constexpr std::string_view kBroken =
    "\xFF\xFE \xC3( \xE2\x82 \xED\xA0\x80 \xF4\x90\x80\x80 \xC0\xAF";

bool has(const DeclaredArgument& argument, std::uint32_t flag) {
  return (argument.flags & flag) != 0;
}

std::string repeated(std::string_view unit, std::size_t count) {
  std::string text;
  text.reserve(unit.size() * count);
  for (std::size_t i = 0; i < count; ++i) text += unit;
  return text;
}

std::string usual_text(const DeclaredArgument& argument) {
  std::string text = "sample";
  if (has(argument, PARLEY_ARGUMENT_HAS_MIN) && text.size() < argument.minimum)
    text.resize(static_cast<std::size_t>(argument.minimum), 'x');
  if (has(argument, PARLEY_ARGUMENT_HAS_MAX) && text.size() > argument.maximum)
    text.resize(static_cast<std::size_t>(argument.maximum));
  return text;
}

// `room` is this argument's share of a frame, in bytes.
std::string text_of(const DeclaredArgument& argument, SampleKind kind, std::size_t room) {
  if (kind == SampleKind::kNotUtf8) return std::string(kBroken) + std::string(1, '\0') + "end";
  if (!argument.choices.empty())
    return kind == SampleKind::kEmpty ? argument.choices.back() : argument.choices.front();
  if (kind == SampleKind::kEmpty) return {};
  if (kind == SampleKind::kUsual) return usual_text(argument);
  std::size_t characters = room / kWide.size();
  if (has(argument, PARLEY_ARGUMENT_HAS_MAX))
    characters = std::min(characters, static_cast<std::size_t>(std::max(0.0, argument.maximum)));
  return repeated(kWide, characters);
}

Json number_of(const DeclaredArgument& argument, SampleKind kind) {
  const bool whole = argument.type == PARLEY_TYPE_INT;
  if (kind == SampleKind::kLargest) {
    if (has(argument, PARLEY_ARGUMENT_HAS_MAX))
      return whole ? Json(static_cast<std::int64_t>(argument.maximum)) : Json(argument.maximum);
    return whole ? Json(std::numeric_limits<std::int64_t>::max())
                 : Json(std::numeric_limits<double>::max());
  }
  if (has(argument, PARLEY_ARGUMENT_HAS_MIN))
    return whole ? Json(static_cast<std::int64_t>(argument.minimum)) : Json(argument.minimum);
  if (kind == SampleKind::kEmpty)
    return whole ? Json(std::numeric_limits<std::int64_t>::min())
                 : Json(std::numeric_limits<double>::lowest());
  return 1;
}

Json json_of(SampleKind kind, std::size_t room) {
  if (kind == SampleKind::kUsual || kind == SampleKind::kNotUtf8) return Json{{"sample", 1}};
  if (kind == SampleKind::kEmpty) return Json::object();
  constexpr std::size_t kDepth = 30;
  return Json::raw(repeated("[", kDepth) + "0" + repeated(",1", room / 2 - kDepth) +
                   repeated("]", kDepth));
}

Json value_of(const DeclaredArgument& argument, SampleKind kind, std::size_t room) {
  switch (argument.type) {
    case PARLEY_TYPE_INT:
    case PARLEY_TYPE_NUMBER:
      return number_of(argument, kind);
    case PARLEY_TYPE_BOOL:
      return kind != SampleKind::kEmpty;
    case PARLEY_TYPE_JSON:
      return json_of(kind, room);
    case PARLEY_TYPE_USER:
      return kind == SampleKind::kNotUtf8 ? Json(kBroken) : Json("neo");
    case PARLEY_TYPE_CHANNEL:
      return kind == SampleKind::kNotUtf8 ? Json(kBroken) : Json("global");
    default:
      return Json(text_of(argument, kind, room));
  }
}

}  // namespace

std::string_view sample_name(SampleKind kind) {
  switch (kind) {
    case SampleKind::kUsual:
      return "usual";
    case SampleKind::kLargest:
      return "largest";
    case SampleKind::kEmpty:
      return "empty";
    case SampleKind::kNotUtf8:
      return "not UTF-8";
  }
  return "";
}

Json sample(const testing::DeclaredCommand& command, SampleKind kind) {
  Json arguments = Json::object();
  const std::size_t room = kFrame / std::max<std::size_t>(1, command.arguments.size()) - 128;
  for (const DeclaredArgument& argument : command.arguments) {
    const bool left_out = kind == SampleKind::kEmpty && !has(argument, PARLEY_ARGUMENT_REQUIRED);
    if (!left_out) arguments.set(argument.name, value_of(argument, kind, room));
  }
  return arguments;
}

}  // namespace parley::kit
