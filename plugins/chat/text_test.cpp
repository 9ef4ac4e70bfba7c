// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <gtest/gtest.h>

namespace {

TEST(Text, IsBlankWhenThereIsNothingToSee) {
  for (const char* text : {"", " ", " \t\r\n", "\u00A0", "\u2003\u3000", "\u200B", "\u202E\u2066",
                           "\uFEFF", "\u2800", "\u3164", "\u00AD"}) {
    EXPECT_TRUE(chat::is_blank(text)) << '[' << text << ']';
  }
}

TEST(Text, IsNotBlankWithOneThingToSee) {
  for (const char* text :
       {".", " а ", "\u200B\u4F60", "\U0001F600", "\u00E9", "\u0301", "\u2026"}) {
    EXPECT_FALSE(chat::is_blank(text)) << '[' << text << ']';
  }
}

TEST(Text, LosesTheBlanksAtItsEndsOnly) {
  EXPECT_EQ(chat::trimmed("  два слова\n"), "два слова");
  EXPECT_EQ(chat::trimmed(" \t "), "");
  EXPECT_EQ(chat::trimmed(""), "");
}

}  // namespace
