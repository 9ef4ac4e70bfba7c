// SPDX-License-Identifier: Apache-2.0
// How sizes, durations and lists are written: "64 KiB", "15m", "a, b". Each parser has a printer
// that gives the shortest exact form back.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace parley::config {

// "4000", "64 KiB", "1.5 MiB", "2 GiB" (1024) and "10 KB", "1 MB", "1 GB" (1000). Bytes.
std::optional<std::size_t> parse_size(std::string_view text);
std::string format_size(std::size_t bytes);

// "500ms", "30s", "15m", "12h", "30d", and 0 without a unit.
std::optional<Millis> parse_duration(std::string_view text);
// "60/1h": sixty at once, then sixty an hour.
struct Rate {
  double per_second = 0;  // 0: no limit
  double burst = 0;
};
std::optional<Rate> parse_rate(std::string_view text);
std::string format_duration(Millis duration);

std::optional<bool> parse_bool(std::string_view text);  // true, false, yes, no, on, off
std::optional<long long> parse_integer(std::string_view text);
std::optional<double> parse_number(std::string_view text);
std::string format_number(double number);

// "a, b" -> {"a", "b"}; "a=x, b=y" -> {{"a","x"}, ...}, nothing when an item has no "=".
std::vector<std::string> split_list(std::string_view text);
std::optional<std::map<std::string, std::string>> split_map(std::string_view text);

std::string_view trimmed(std::string_view text);

}  // namespace parley::config
