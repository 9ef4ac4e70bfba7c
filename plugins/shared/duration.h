// SPDX-License-Identifier: Apache-2.0
// Spans of time as people write them: "90s", "10m", "1h30m", "2d", "10 мин", "1ч30м". Compiled into
// each plugin that reads or shows one.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace duration {

// Seconds, minutes, hours, days and weeks, each at most once and the larger first; a number alone
// means minutes. Empty when it is written in another way, is nothing, or passes ten years.
std::optional<std::chrono::seconds> parse(std::string_view text);

// The two largest units: "1 h 30 min", in Russian "1 ч 30 мин".
std::string describe(std::chrono::seconds duration, std::string_view locale);

}  // namespace duration
