// SPDX-License-Identifier: Apache-2.0
#include "word_list.h"

#include <gtest/gtest.h>

namespace moderation {
namespace {

const WordList& list() {
  static const WordList words({"darn", "чёрт*", "h3ck", "c++"});
  return words;
}

struct Case {
  const char* text;
  const char* starred;
};

class Stars : public ::testing::TestWithParam<Case> {};

TEST_P(Stars, CoverListedWordsAndNothingElse) {
  EXPECT_EQ(list().starred(GetParam().text), GetParam().starred);
  EXPECT_EQ(list().in(GetParam().text), std::string(GetParam().text) != GetParam().starred);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Stars,
    ::testing::Values(Case{"darn", "****"}, Case{"Oh, DARN!", "Oh, ****!"},
                      Case{"darn darn", "**** ****"}, Case{"darn,darn,darn", "****,****,****"},
                      Case{"darned darning", "darned darning"}, Case{"adarn", "adarn"},
                      Case{"Чёртов сын", "****** сын"}, Case{"ЧЁРТ", "****"},
                      Case{"h3ck_", "h3ck_"}, Case{"c++ is fine", "*** is fine"}, Case{"", ""},
                      Case{"nothing here", "nothing here"}, Case{"darn\ndarn", "****\n****"}));

TEST(WordList, FindsNothingWhenItIsEmpty) {
  EXPECT_FALSE(WordList({}).in("darn"));
  EXPECT_EQ(WordList({}).starred("darn"), "darn");
}

TEST(WordList, TakesSignsOfPatternsAsTheyAre) {
  const WordList words({"(a|b", "[x"});
  EXPECT_TRUE(words.in("say (a|b now"));
  EXPECT_FALSE(words.in("a"));
}

TEST(WordList, IsNotSlowedDownByALongText) {
  const std::string text(200'000, 'a');
  EXPECT_FALSE(WordList({"a*b", "aaaa"}).in(text + " "));
}

}  // namespace
}  // namespace moderation
