// SPDX-License-Identifier: Apache-2.0
#include "users/blank.h"

#include <string>

#include <gtest/gtest.h>
#include <unicode/utf8.h>

#include "../plugins/chat/text.h"

namespace parley::users {
namespace {

TEST(BlankTest, TextsInWhichThereIsNothingToSee) {
  for (const char* text : {"", " ", " \t\r\n", "\u00A0", "\u2003\u3000", "\u200B", "\u202E\u2066",
                           "\uFEFF", "\u2800", "\u3164", "\u00AD"}) {
    EXPECT_TRUE(is_blank(text)) << '[' << text << ']';
  }
}

TEST(BlankTest, OneThingToSeeIsEnough) {
  for (const char* text :
       {".", " а ", "\u200B\u4F60", "\U0001F600", "\u00E9", "\u0301", "\u2026", "\xff"}) {
    EXPECT_FALSE(is_blank(text)) << '[' << text << ']';
  }
}

// What may not be said may not be left by an edit, and the other way round.
TEST(BlankTest, TheChatPluginSaysTheSameOfEveryCharacter) {
  for (UChar32 c = 0; c <= 0x10FFFF; ++c) {
    if (U_IS_SURROGATE(c)) continue;
    char bytes[U8_MAX_LENGTH];
    int32_t size = 0;
    U8_APPEND_UNSAFE(bytes, size, c);
    const std::string text(bytes, static_cast<std::size_t>(size));
    ASSERT_EQ(is_blank(text), chat::is_blank(text)) << std::hex << "U+" << c;
  }
}

}  // namespace
}  // namespace parley::users
