// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "base/escape.h"
#include "config/forms.h"
#include "config/values.h"

namespace parley::config {
namespace {

using Problem = std::optional<std::string>;
using List = std::vector<std::string>;
using Map = std::map<std::string, std::string>;
using Shape = YamlNode::Shape;

bool is_bounded(const Key& key) {
  return key.min != 0 || key.max != 0;
}
bool in_range(const Key& key, double value) {
  return !is_bounded(key) || (value >= key.min && value <= key.max);
}

std::string quoted(std::string_view text) {
  return "`" + terminal_escaped(truncate_utf8(text, 80)) + "`";
}
std::string must_be(const Key& key, std::string_view text) {
  return fmt::format("{} is not allowed; write {} ({})", quoted(text), allowed(key), key.meaning);
}

bool is_choice(const Key& key, std::string_view text) {
  return key.choices.empty() || std::ranges::find(key.choices, text) != key.choices.end();
}

// How each type of member is read from text and shown. `parse` leaves the member alone when it
// fails.
template <typename T>
struct Codec;

template <>
struct Codec<bool> {
  static std::optional<bool> parse(std::string_view text) { return parse_bool(text); }
  static std::string show(bool value) { return value ? "true" : "false"; }
  static double measure(bool) { return 0; }
  static std::string limit(double) { return {}; }
  static constexpr std::string_view kName = "true or false";
};
template <>
struct Codec<int> {
  static std::optional<int> parse(std::string_view text) {
    const auto value = parse_integer(text);
    if (!value || *value != static_cast<int>(*value)) return std::nullopt;
    return static_cast<int>(*value);
  }
  static std::string show(int value) { return std::to_string(value); }
  static double measure(int value) { return value; }
  static std::string limit(double value) { return fmt::format("{:.0f}", value); }
  static constexpr std::string_view kName = "a whole number";
};
template <>
struct Codec<std::size_t> {
  static std::optional<std::size_t> parse(std::string_view text) { return parse_size(text); }
  static std::string show(std::size_t value) { return format_size(value); }
  static double measure(std::size_t value) { return static_cast<double>(value); }
  static std::string limit(double value) { return format_size(static_cast<std::size_t>(value)); }
  static constexpr std::string_view kName = "a number or size such as 64 KiB";
};
template <>
struct Codec<double> {
  static std::optional<double> parse(std::string_view text) { return parse_number(text); }
  static std::string show(double value) { return format_number(value); }
  static double measure(double value) { return value; }
  static std::string limit(double value) { return format_number(value); }
  static constexpr std::string_view kName = "a number";
};
template <>
struct Codec<Millis> {
  static std::optional<Millis> parse(std::string_view text) { return parse_duration(text); }
  static std::string show(Millis value) { return format_duration(value); }
  static double measure(Millis value) { return static_cast<double>(value.count()); }
  static std::string limit(double value) {
    return format_duration(Millis(static_cast<Millis::rep>(value)));
  }
  static constexpr std::string_view kName = "a duration such as 500ms, 30s, 15m, 12h or 7d";
};

template <typename T>
constexpr bool kIsNumber =
    !std::is_same_v<T, std::string> && !std::is_same_v<T, List> && !std::is_same_v<T, Map>;

Problem check_text(const Key& key, const std::string& text) {
  if (!is_choice(key, text)) return must_be(key, text);
  if (auto wrong = check_form(key.form, text)) return fmt::format("{}: {}", quoted(text), *wrong);
  if (is_bounded(key) && !in_range(key, static_cast<double>(text.size())))
    return must_be(key, text);
  return std::nullopt;
}

// A count lies in the same type as a size, and is not to be mistaken for one.
template <typename T>
std::optional<T> parse_number_for(const Key& key, std::string_view text) {
  if constexpr (std::is_same_v<T, std::size_t>) {
    if (key.count) {
      const auto number = parse_integer(text);
      return number && *number >= 0 ? std::optional(static_cast<std::size_t>(*number))
                                    : std::nullopt;
    }
  }
  return Codec<T>::parse(text);
}

template <typename T>
Problem assign_to(const Key& key, const YamlNode& value, T& member) {
  if (value.shape != Shape::kScalar) return fmt::format("write {} ({})", allowed(key), key.meaning);
  const auto parsed = parse_number_for<T>(key, value.text);
  if (!parsed || !in_range(key, Codec<T>::measure(*parsed))) return must_be(key, value.text);
  member = *parsed;
  return std::nullopt;
}

Problem assign_to(const Key& key, const YamlNode& value, std::string& member) {
  if (value.shape != Shape::kScalar) return fmt::format("write {} ({})", allowed(key), key.meaning);
  if (auto wrong = check_text(key, value.text)) return wrong;
  member = value.text;
  return std::nullopt;
}

std::optional<List> list_of(const YamlNode& value) {
  if (value.shape == Shape::kScalar) return split_list(value.text);
  if (value.shape != Shape::kList) return std::nullopt;
  List items;
  for (const auto& item : value.items) {
    if (item.shape != Shape::kScalar) return std::nullopt;
    items.push_back(item.text);
  }
  return items;
}

Problem assign_to(const Key& key, const YamlNode& value, List& member) {
  auto items = list_of(value);
  if (!items) return fmt::format("write {} ({})", allowed(key), key.meaning);
  if (!in_range(key, static_cast<double>(items->size()))) {
    return fmt::format("{} items are too many, allowed: {:.0f}", items->size(), key.max);
  }
  for (const auto& item : *items) {
    if (item.empty()) return std::string("an item is empty");
    if (auto wrong = check_form(key.form, item)) return fmt::format("{}: {}", quoted(item), *wrong);
  }
  member = std::move(*items);
  return std::nullopt;
}

std::optional<Map> map_of(const YamlNode& value) {
  if (value.shape == Shape::kScalar) return split_map(value.text);
  if (value.shape != Shape::kMap) return std::nullopt;
  Map members;
  for (const auto& [name, item] : value.members) {
    if (item.shape != Shape::kScalar) return std::nullopt;
    members.emplace(name, item.text);
  }
  return members;
}

Problem assign_to(const Key& key, const YamlNode& value, Map& member) {
  auto members = map_of(value);
  if (!members) return fmt::format("write {} ({})", allowed(key), key.meaning);
  for (const auto& [name, text] : *members) {
    if (auto wrong = check_form(key.form, name)) return fmt::format("{}: {}", quoted(name), *wrong);
    if (!is_choice(key, text)) return fmt::format("{}: {}", name, must_be(key, text));
  }
  member = std::move(*members);
  return std::nullopt;
}

// Text that YAML would read back as the same text.
std::string show_text(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:";
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == text.npos &&
                     text.back() != ':' && text.front() != '-' && text.front() != ':' &&
                     !parse_bool(text) && !parse_number(text) && text != "null";
  return plain ? text : json_string(text);
}

template <typename Items, typename Show>
std::string joined(std::string_view open, const Items& items, std::string_view close, Show show) {
  std::string text(open);
  for (const auto& item : items) {
    if (text.size() > 1) text += ", ";
    text += show(item);
  }
  return text += close;
}

template <typename T>
std::string show_value(const Key&, const T& value) {
  return Codec<T>::show(value);
}
std::string show_value(const Key& key, std::size_t value) {
  return key.count ? std::to_string(value) : format_size(value);
}
std::string show_value(const Key&, const std::string& value) {
  return show_text(value);
}
std::string show_value(const Key&, const List& value) {
  return joined("[", value, "]", show_text);
}
std::string show_value(const Key&, const Map& value) {
  return joined("{", value, "}", [](const auto& item) {
    return show_text(item.first) + ": " + show_text(item.second);
  });
}

std::string choices_of(const Key& key) {
  return fmt::format("{}", fmt::join(key.choices, ", "));
}

template <typename T>
std::string allowed_for(const Key& key) {
  if constexpr (std::is_same_v<T, List>) {
    return "a list such as [a, b]";
  } else if constexpr (std::is_same_v<T, Map>) {
    if (key.choices.empty()) return "a map such as {name: value}";
    return "a map such as {net: debug} with " + choices_of(key);
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!key.choices.empty()) return "one of " + choices_of(key);
    return form_name(key.form);
  } else {
    std::string text(key.count ? Codec<int>::kName : Codec<T>::kName);
    if (!is_bounded(key)) return text;
    if (key.count) return text + fmt::format(", {:.0f} to {:.0f}", key.min, key.max);
    return text + fmt::format(", {} to {}", Codec<T>::limit(key.min), Codec<T>::limit(key.max));
  }
}

// show() and copy_value() read through the slots, which are written for loading and take a mutable
// Config.
Slot slot_of(const Key& key, const Config& config) {
  return key.slot(const_cast<Config&>(config));
}

}  // namespace

std::optional<std::string> assign(const Key& key, const YamlNode& value, Config& config) {
  return std::visit([&](auto* member) { return assign_to(key, value, *member); }, key.slot(config));
}

std::optional<std::string> assign(const Key& key, std::string_view text, Config& config) {
  YamlNode value;
  value.shape = Shape::kScalar;
  value.text = text;
  return assign(key, value, config);
}

std::string show(const Key& key, const Config& config) {
  const Slot slot = slot_of(key, config);
  if (key.secret && !std::get<std::string*>(slot)->empty()) return "\"***\"";
  return std::visit([&](const auto* member) { return show_value(key, *member); }, slot);
}

void copy_value(const Key& key, const Config& from, Config& to) {
  std::visit([&](auto* target) { *target = *std::get<decltype(target)>(slot_of(key, from)); },
             key.slot(to));
}

bool same_value(const Key& key, const Config& a, const Config& b) {
  return std::visit(
      [&](const auto* member) {
        return *member == *std::get<std::remove_const_t<std::remove_pointer_t<decltype(member)>>*>(
                              slot_of(key, b));
      },
      slot_of(key, a));
}

std::string allowed(const Key& key) {
  static Config sample;
  return std::visit(
      [&](auto* member) { return allowed_for<std::remove_pointer_t<decltype(member)>>(key); },
      key.slot(sample));
}

std::string reference() {
  const Config defaults;
  std::string text, section;
  for (const auto& key : all_keys()) {
    const auto dot = key.path.rfind('.');
    const std::string here(dot == key.path.npos ? "" : key.path.substr(0, dot));
    if (text.empty() || here != section) {
      text += fmt::format(
          "{}## {}\n\n| key | default | meaning | allowed | changes |\n| --- | --- | --- | --- | "
          "--- |\n",
          text.empty() ? "" : "\n", here.empty() ? "The server" : here);
      section = here;
    }
    text += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", key.path, show(key, defaults),
                        key.meaning, allowed(key), key.live ? "on reload" : "at the next start");
  }
  return text;
}

}  // namespace parley::config
