// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "protocol/close_codes.h"
#include "protocol/error_codes.h"

namespace parley::protocol {
namespace {

TEST(ErrorCodes, EveryCodeHasItsOwnEntryAndName) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_EQ(error_info(code).code, code);
    EXPECT_TRUE(names.insert(error_name(code)).second) << error_name(code);
    EXPECT_EQ(parse_error_code(error_name(code)), code);
  }
  EXPECT_EQ(names.size(), 31u);
  EXPECT_EQ(parse_error_code("nonsense"), std::nullopt);
}

TEST(ErrorCodes, RetryAndHttpAreThoseOfTheTable) {
  const std::set<std::string_view> retry = {
      "rate_limited",       "too_many_inflight",   "overloaded",
      "plugin_unavailable", "plugin_timeout",      "plugin_crashed",
      "backend_timeout",    "backend_unavailable", "internal"};
  for (int i = 1; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto& info = error_info(static_cast<ErrorCode>(i));
    EXPECT_EQ(info.retry, retry.contains(info.name)) << info.name;
    EXPECT_GE(info.http, 400) << info.name;
  }
  EXPECT_EQ(error_info(ErrorCode::kInvalidArgs).http, 422);
  EXPECT_EQ(error_info(ErrorCode::kPositionLost).http, 410);
  EXPECT_EQ(error_info(ErrorCode::kPluginTimeout).http, 504);
}

// docs/protocol.md: each code is in the table with its columns, or among those that are never sent.
TEST(ErrorCodes, TheProtocolsTableIsWhatIsSent) {
  static const std::regex kRow(R"(\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| (yes|no) \| (\d+) \| .*)");
  static const std::regex kNever(R"(\| codes `([a-z_ ]+)` \| never sent \|)"), kWord("[a-z_]+");
  const auto words = [](const std::string& text) {
    return std::set<std::string>(std::sregex_token_iterator(text.begin(), text.end(), kWord), {});
  };
  std::map<std::string, std::string> table;
  std::set<std::string> never;
  std::ifstream file(PARLEY_SOURCE_DIR "/docs/protocol.md");
  std::smatch found;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_match(line, found, kRow))
      for (const auto& code : words(found[1])) table[code] = found.str(2) + ' ' + found.str(3);
    if (std::regex_match(line, found, kNever)) never = words(found[1]);
  }
  std::map<std::string, std::string> sent;
  for (int i = 1; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto& info = error_info(static_cast<ErrorCode>(i));
    const std::string name(info.name);
    if (!never.contains(name))
      sent[name] = (info.retry ? "yes " : "no ") + std::to_string(info.http);
  }
  EXPECT_EQ(table, sent);
  EXPECT_FALSE(never.contains("plugin_crashed"));
}

TEST(ErrorCodes, APluginsOwnCodeHasItsNameInFront) {
  EXPECT_TRUE(is_plugin_error_code("dice.too_many"));
  for (const char* code : {"", "dice", ".x", "dice.", "Dice.x", "dice.X", "dice.a.b", "dice x.y"})
    EXPECT_FALSE(is_plugin_error_code(code)) << code;
  EXPECT_FALSE(is_plugin_error_code("dice." + std::string(64, 'x')));
}

TEST(CloseCodes, TheRangeDecides) {
  for (const close::Code code : {4400, 4402, 4403, 4404, 4406, 4407, 4408}) {
    EXPECT_TRUE(close::may_reconnect(code)) << code;
    EXPECT_FALSE(close::is_terminal(code)) << code;
    EXPECT_FALSE(close::name(code).empty()) << code;
  }
  for (const close::Code code : {4500, 4502, 4503, 4504, 4505, 4506, 4507, 4508, 4509, 4510}) {
    EXPECT_TRUE(close::is_terminal(code)) << code;
    EXPECT_FALSE(close::may_reconnect(code)) << code;
    EXPECT_FALSE(close::name(code).empty()) << code;
  }
  EXPECT_TRUE(close::name(4401).empty());
}

}  // namespace
}  // namespace parley::protocol
