// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace parley {
namespace {

TEST(Escape, JsonReadsBackTheSame) {
  for (const std::string text : {"", "plain", "quote \" slash \\", "line\nfeed\ttab\r", "жук 龙 🎲",
                                 "\x01\x1b[31m", "\u202Eevil"}) {
    const auto quoted = json_string(text);
    EXPECT_EQ(nlohmann::json::parse(quoted).get<std::string>(), text);
    EXPECT_EQ(quoted.find('\n'), quoted.npos);
    EXPECT_EQ(quoted.find('\x1b'), quoted.npos);
  }
}

TEST(Escape, AnyBytesGiveValidJson) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (const std::string& text :
       {all, std::string("\xff\xfe"), std::string("\xed\xa0\x80"), std::string("\xc0\xaf"),
        std::string("\xf4\x90\x80\x80"), std::string("cut \xe2\x82"), std::string("nul \0 x", 7)}) {
    EXPECT_TRUE(nlohmann::json::accept(json_string(text)));
  }
  EXPECT_EQ(terminal_escaped("a\xff"
                             "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Escape, JsonCopiesWhatIsSafeAndRepairsWhatIsNoUtf8) {
  EXPECT_EQ(json_string("a\"b\\c\n\r\t\b\f\x01\x7f"),
            "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u007f\"");
  EXPECT_EQ(json_string("Привет 你好 😀"), "\"Привет 你好 😀\"");
  EXPECT_EQ(json_string("\u202Egpj.exe\U000E0041"), "\"\\u202egpj.exe\\udb40\\udc41\"");
  EXPECT_EQ(json_string("a\xff"), "\"a\uFFFD\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(json_string("\xe4\xbd"), "\"\uFFFD\uFFFD\"");
  EXPECT_EQ(json_string(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(Escape, TerminalsGetNothingThatMovesOrTurns) {
  EXPECT_EQ(terminal_escaped("\x1b[2J\x07"), "\\x1b[2J\\x07");
  EXPECT_EQ(terminal_escaped("a\nb\r\tc\x7f"), "a\\nb\\r\\tc\\x7f");
  EXPECT_EQ(terminal_escaped("\u202Egpj.exe\u2066"), "\\u202egpj.exe\\u2066");
  EXPECT_EQ(terminal_escaped("\u009b31m"), "\\x9b31m") << "the one-character form of ESC [";
  EXPECT_EQ(terminal_escaped("жук 🎲"), "жук 🎲");
}

TEST(Escape, CutsAtCharacters) {
  EXPECT_EQ(truncate_utf8("short", 5), "short");
  EXPECT_EQ(truncate_utf8("longer", 4), "long…");
  EXPECT_EQ(truncate_utf8("жжж", 3), "ж…");
  EXPECT_EQ(truncate_utf8("ж", 1), "…");
}

TEST(Escape, WidthCountsColumns) {
  EXPECT_EQ(terminal_width("abc"), 3u);
  EXPECT_EQ(terminal_width("жук"), 3u);
  EXPECT_EQ(terminal_width("龙"), 2u);
  EXPECT_EQ(terminal_width("e\u0301"), 1u);
}

}  // namespace
}  // namespace parley
