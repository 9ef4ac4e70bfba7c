// SPDX-License-Identifier: Apache-2.0
#include "duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <parley/phrase.hpp>

namespace duration {
namespace {

using parley::Phrase;

constexpr std::int64_t kMostSeconds = std::int64_t{10} * 365 * 86'400;

struct Unit {
  std::int64_t seconds;
  Phrase shown;
  std::array<std::string_view, 7> names;
};

// The larger first.
constexpr std::array<Unit, 5> kUnits{{
    {604'800, {"wk", "нед"}, {"w", "wk", "week", "weeks", "н", "нед", "недели"}},
    {86'400, {"d", "д"}, {"d", "day", "days", "д", "дн", "дня", "дней"}},
    {3'600, {"h", "ч"}, {"h", "hr", "hour", "hours", "ч", "час", "часа"}},
    {60, {"min", "мин"}, {"m", "min", "minute", "minutes", "м", "мин", "минут"}},
    {1, {"s", "с"}, {"s", "sec", "second", "seconds", "с", "сек", "секунд"}},
}};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_spaces_before(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

// The index in kUnits; its size when there is no such unit.
std::size_t unit_called(std::string_view name) {
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    for (const std::string_view known : kUnits[i].names) {
      if (!name.empty() && name == known) return i;
    }
  }
  return kUnits.size();
}

// Takes "30" off the front.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !is_digit(text.front()) || number > kMostSeconds) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::string_view take_word(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !is_digit(text[end]) && text[end] != ' ') ++end;
  const auto word = text.substr(0, end);
  text = without_spaces_before(text.substr(end));
  return word;
}

}  // namespace

std::optional<std::chrono::seconds> parse(std::string_view text) {
  constexpr std::size_t kMinutes = 3;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  text = without_spaces_before(text);
  do {
    if (text.empty()) return {};
    const bool first = next_unit == 0;
    const auto number = take_number(text);
    if (!number) return {};
    text = without_spaces_before(text);
    const bool bare = text.empty() && first;
    const std::size_t unit = bare ? kMinutes : unit_called(take_word(text));
    if (unit >= kUnits.size() || unit < next_unit) return {};
    next_unit = unit + 1;
    if (*number > kMostSeconds / kUnits[unit].seconds) return {};
    total += *number * kUnits[unit].seconds;
  } while (!text.empty());
  if (total <= 0 || total > kMostSeconds) return {};
  return std::chrono::seconds(total);
}

std::string describe(std::chrono::seconds duration, std::string_view locale) {
  std::string out;
  int shown = 0;
  std::int64_t left = duration.count();
  for (const Unit& unit : kUnits) {
    const std::int64_t count = left / unit.seconds;
    left %= unit.seconds;
    if (shown == 1 && count == 0) break;  // "2 d", not "2 d 5 s"
    if (count == 0) continue;
    if (shown > 0) out += ' ';
    out += std::to_string(count) + ' ' + std::string(unit.shown.in(locale));
    if (++shown == 2) break;
  }
  return out.empty() ? "0 " + std::string(kUnits.back().shown.in(locale)) : out;
}

}  // namespace duration
