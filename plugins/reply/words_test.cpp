// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include <gtest/gtest.h>

namespace reply {
namespace {

TEST(Words, AreFoldedAndFreeOfPunctuation) {
  EXPECT_TRUE(equals(split("  Hello,   WORLD!! "), split("hello world")));
  EXPECT_TRUE(equals(split("Ёлка — «ПРИВЕТ»"), split("елка привет")));
  EXPECT_TRUE(equals(split("what's up"), split("whats up")));
  EXPECT_TRUE(equals(split("what’s up"), split("whats up")));
  EXPECT_TRUE(split("?! ... —").empty());
  EXPECT_TRUE(split("").empty());
  EXPECT_EQ(split("a\xFFz").size(), 2u) << "a byte that is no UTF-8 separates";
  EXPECT_EQ(split("a\xD0").size(), 1u) << "a character cut off at the end";
}

TEST(Words, AreFoundWholeAndInOrder) {
  const Words text = split("please tell me a joke now");
  EXPECT_TRUE(contains(text, split("tell me")));
  EXPECT_FALSE(contains(text, split("me tell")));
  EXPECT_FALSE(contains(text, split("jok")));
  EXPECT_FALSE(contains(split("joke"), text));
}

TEST(Distance, CountsEachKindOfTypingError) {
  EXPECT_EQ(distance(U"help", U"help", 3), 0u);
  EXPECT_EQ(distance(U"help", U"hepl", 3), 1u) << "a swap is one error";
  EXPECT_EQ(distance(U"help", U"hel", 3), 1u);
  EXPECT_EQ(distance(U"help", U"hellp", 3), 1u);
  EXPECT_EQ(distance(U"help", U"halp", 3), 1u);
  EXPECT_EQ(distance(U"ca", U"abc", 5), 3u)
      << "the optimal string alignment, not the full distance";
  EXPECT_EQ(distance(U"привет", U"пирвет", 3), 1u);
  EXPECT_EQ(distance(U"", U"abc", 3), 3u);
  EXPECT_EQ(distance(U"kitten", U"sitting", 3), 3u);
  EXPECT_EQ(distance(U"abcdef", U"uvwxyz", 2), 3u) << "more than the most is the most and one";
}

TEST(Nearest, LooksAtRunsOfAsManyWords) {
  EXPECT_EQ(nearest(split("please waht can you do"), split("what can you do"), 2), 1u);
  EXPECT_EQ(nearest(split("do"), split("what can you do"), 2), 3u);
}

TEST(Language, FollowsTheScriptAndThenTheLocale) {
  EXPECT_EQ(language_of("привет", "en"), Language::kRussian);
  EXPECT_EQ(language_of("hello", "ru"), Language::kEnglish);
  EXPECT_EQ(language_of("зови меня Neo", "en"), Language::kRussian);
  EXPECT_EQ(language_of("42", "ru-RU"), Language::kRussian);
  EXPECT_EQ(language_of("42", "en"), Language::kEnglish);
  EXPECT_EQ(language_of("", ""), Language::kEnglish);
}

TEST(Cut, CountsCharactersAndNotBytes) {
  EXPECT_EQ(cut("привет", 6), "привет");
  EXPECT_EQ(cut("привет", 4), "при…");
  EXPECT_EQ(cut("привет", 1), "…");
}

struct Named {
  const char* text;
  const char* rest;
};

class Name : public ::testing::TestWithParam<Named> {};

TEST_P(Name, IsTakenOutOfTheText) {
  std::string text = GetParam().text;
  EXPECT_TRUE(take_out_name(text, {split("Parley"), split("Парли")}));
  EXPECT_EQ(text, GetParam().rest);
}

INSTANTIATE_TEST_SUITE_P(Places, Name,
                         ::testing::Values(Named{"Parley, hello", "hello"},
                                           Named{"@Parley hello", "hello"},
                                           Named{"PARLEY: call me Neo", "call me Neo"},
                                           Named{"hello, parley!", "hello !"},
                                           Named{"tell us, Parley, a joke", "tell us a joke"},
                                           Named{"Парли привет", "привет"}, Named{"Parley", ""}));

TEST(Name, IsAWholeWord) {
  std::string text = "parleys are long";
  EXPECT_FALSE(take_out_name(text, {split("Parley")}));
  EXPECT_EQ(text, "parleys are long");
}

}  // namespace
}  // namespace reply
