// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <gtest/gtest.h>

#include <parley/callback.hpp>
#include <parley/phrase.hpp>

namespace parley {
namespace {

constexpr Phrase kHello{"hello {0}, you are number {1}", "здравствуйте, {0}: вы номер {1}"};

TEST(Phrase, SpeaksTheLanguageOfTheTag) {
  EXPECT_EQ(kHello.format("en", "Neo", 7), "hello Neo, you are number 7");
  EXPECT_EQ(kHello.format("ru", "Нео", 7), "здравствуйте, Нео: вы номер 7");
  EXPECT_EQ(kHello.format("ru-RU", "Нео", 7), "здравствуйте, Нео: вы номер 7");
  EXPECT_EQ(kHello.format("de", "Neo", 7), "hello Neo, you are number 7");
  EXPECT_EQ(kHello.format("", "Neo", 7), "hello Neo, you are number 7");
}

TEST(Phrase, FallsBackToEnglish) {
  EXPECT_EQ(Phrase("only this").in("ru"), "only this");
}

TEST(Phrase, LeavesOtherBracesAlone) {
  EXPECT_EQ(Phrase("{} {x} {9} {0").format("en", "a"), "{} {x} {9} {0");
  EXPECT_EQ(Phrase("{0}").format("en", "{0}"), "{0}");
}

TEST(Callback, OwnsWhatCannotBeCopied) {
  Callback<int(int)> add = [base = std::make_unique<int>(40)](int more) { return *base + more; };
  const Callback<int(int)> moved = std::move(add);
  EXPECT_EQ(moved(2), 42);
}

TEST(Callback, AnEmptyOneDoesNothing) {
  const Callback<int()> empty;
  EXPECT_FALSE(empty);
  EXPECT_EQ(empty(), 0);
}

}  // namespace
}  // namespace parley
