// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <parley/text.hpp>

namespace parley {
namespace {

TEST(Characters, AreCountedAndNotTheirBytes) {
  EXPECT_EQ(characters(""), 0u);
  EXPECT_EQ(characters("мир"), 3u);
  EXPECT_EQ(characters("\U0001F600!"), 2u);
}

TEST(Characters, OfBrokenTextAreCountedWithoutReadingOn) {
  EXPECT_EQ(characters("\xF0"), 1u);
  EXPECT_EQ(characters("\xFF\xFE"), 2u);
}

}  // namespace
}  // namespace parley
