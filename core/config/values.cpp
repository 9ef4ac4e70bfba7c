// SPDX-License-Identifier: Apache-2.0
#include "config/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/core.h>

namespace parley::config {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKi = 1024, kK = 1000;
constexpr std::array kSizeUnits{Unit{"", 1},
                                Unit{"B", 1},
                                Unit{"KiB", kKi},
                                Unit{"MiB", kKi* kKi},
                                Unit{"GiB", kKi* kKi* kKi},
                                Unit{"KB", kK},
                                Unit{"kB", kK},
                                Unit{"MB", kK* kK},
                                Unit{"GB", kK* kK* kK}};
constexpr std::array kDurationUnits{Unit{"ms", 1}, Unit{"s", 1e3}, Unit{"m", 60e3},
                                    Unit{"h", 3600e3}, Unit{"d", 86400e3}};
// Above it a double no longer holds every whole number.
constexpr double kExact = 9007199254740992.0;

std::optional<double> factor_of(std::string_view unit, const auto& units) {
  for (const auto& known : units) {
    if (known.name == unit) return known.factor;
  }
  return std::nullopt;
}

// A whole, non-negative number of the smallest unit.
std::optional<double> parse_with_unit(std::string_view text, const auto& units) {
  text = trimmed(text);
  const auto digits = text.find_first_not_of("0123456789.");
  const auto number = parse_number(text.substr(0, digits));
  const auto unit = digits == text.npos ? std::string_view() : trimmed(text.substr(digits));
  const auto factor = factor_of(unit, units);
  if (!number || !factor) return std::nullopt;
  const double value = *number * *factor;
  if (value < 0 || value > kExact || value != std::floor(value)) return std::nullopt;
  return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<std::size_t> parse_size(std::string_view text) {
  const auto bytes = parse_with_unit(text, kSizeUnits);
  if (!bytes) return std::nullopt;
  return static_cast<std::size_t>(*bytes);
}

std::string format_size(std::size_t bytes) {
  constexpr std::array<std::string_view, 4> kNames{"", " KiB", " MiB", " GiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < kNames.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, kNames[unit]);
}

std::optional<Millis> parse_duration(std::string_view text) {
  if (trimmed(text) == "0") return Millis(0);
  const auto millis = parse_with_unit(text, kDurationUnits);
  if (!millis) return std::nullopt;
  return Millis(static_cast<Millis::rep>(*millis));
}

std::string format_duration(Millis duration) {
  const auto millis = duration.count();
  if (millis == 0) return "0s";
  for (auto unit = kDurationUnits.rbegin(); unit != kDurationUnits.rend(); ++unit) {
    const auto factor = static_cast<Millis::rep>(unit->factor);
    if (millis % factor == 0) return fmt::format("{}{}", millis / factor, unit->name);
  }
  return fmt::format("{}ms", millis);
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  return std::nullopt;
}

std::optional<long long> parse_integer(std::string_view text) {
  text = trimmed(text);
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// strtod instead of from_chars: libc++ 14 has no floating from_chars. Only decimal notation is let
// through.
std::optional<double> parse_number(std::string_view text) {
  const std::string copy(trimmed(text));
  if (copy.empty() || copy.find_first_not_of("+-.0123456789eE") != copy.npos) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string format_number(double number) {
  return fmt::format("{:.15g}", number);
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!trimmed(text).empty()) {
    const auto comma = text.find(',');
    items.emplace_back(trimmed(text.substr(0, comma)));
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
  return items;
}

std::optional<std::map<std::string, std::string>> split_map(std::string_view text) {
  std::map<std::string, std::string> items;
  for (const std::string_view item : split_list(text)) {
    const auto equals = item.find('=');
    if (equals == item.npos || equals == 0) return std::nullopt;
    items.emplace(trimmed(item.substr(0, equals)), trimmed(item.substr(equals + 1)));
  }
  return items;
}

std::optional<Rate> parse_rate(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const auto count = parse_number(text.substr(0, slash));
  const auto time = parse_duration(text.substr(slash + 1));
  if (!count || !time || *count < 1 || time->count() <= 0) return std::nullopt;
  return Rate{*count * 1000 / static_cast<double>(time->count()), *count};
}

}  // namespace parley::config
