// SPDX-License-Identifier: Apache-2.0
#include "terms.h"

#include <string_view>
#include <utility>

#include "../remind/duration.h"

namespace moderation {
namespace {

using std::chrono::seconds;

constexpr std::chrono::hours kLongest{366 * 24};

// Empty and "0": until it is lifted; a number alone means minutes.
std::optional<seconds> read_span(std::string_view text) {
  if (text.empty() || text == "0") return seconds(0);
  const auto span = remind::parse_duration(text);
  return span && *span <= kLongest ? span : std::nullopt;
}

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

// Gives the words back to the reason, in front.
void put_before(std::string& reason, std::string& word) {
  if (!word.empty()) reason = reason.empty() ? word : word + " " + reason;
  word.clear();
}

}  // namespace

Terms read_terms(Written written, bool is_line) {
  if (is_line && begins_with_digit(written.channel) && read_span(written.channel)) {
    put_before(written.reason, written.span);
    written.span = std::exchange(written.channel, {});
  }
  if (is_line && !begins_with_digit(written.span)) put_before(written.reason, written.span);
  return {.channel = std::move(written.channel),
          .span = read_span(written.span),
          .says_span = !written.span.empty(),
          .reason = std::move(written.reason)};
}

}  // namespace moderation
