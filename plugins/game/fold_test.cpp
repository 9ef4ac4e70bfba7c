// SPDX-License-Identifier: Apache-2.0
#include "fold.h"

#include <gtest/gtest.h>

namespace game {
namespace {

TEST(Fold, KnowsBothAlphabets) {
  EXPECT_EQ(fold("Old SWORD"), "old sword");
  EXPECT_EQ(fold("СТАРЫЙ Меч"), "старый меч");
  EXPECT_EQ(fold("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"), "абвгдежзийклмнопрстуфхцчшщъыьэюя");
}

TEST(Fold, TakesYoForYe) {
  EXPECT_TRUE(same_name("Ёлка", "елка"));
  EXPECT_TRUE(same_name("ёлка", "ЕЛКА"));
}

TEST(Fold, LeavesOtherBytesAlone) {
  EXPECT_EQ(fold("\xD0"), "\xD0");  // cut in the middle
  EXPECT_EQ(fold("\xF0\x9F\x8E\xB2 é"), "\xF0\x9F\x8E\xB2 é");
  EXPECT_FALSE(same_name("меч", "мяч"));
}

}  // namespace
}  // namespace game
