// SPDX-License-Identifier: Apache-2.0
#include "protocol/catalogue.h"

#include <set>

#include <gtest/gtest.h>

namespace parley::protocol {
namespace {

TEST(CatalogueTest, ASentenceIsSaidInRussian) {
  EXPECT_EQ(in_language("ru", "The name or the password is wrong."), "Неверное имя или пароль.");
  EXPECT_EQ(in_language("en", "The name or the password is wrong."),
            "The name or the password is wrong.");
}

TEST(CatalogueTest, WhatVariesIsTakenOver) {
  EXPECT_EQ(in_language("ru", "The name Нео is taken."), "Имя Нео занято.");
  EXPECT_EQ(in_language("ru", "must be 1 to 6"), "должно быть от 1 до 6");
  EXPECT_EQ(in_language("ru", "must be 2 to 35 characters long"),
            "должно содержать от 2 до 35 символов");
  EXPECT_EQ(in_language("ru", "The name is taken. is taken."), "Имя is taken. занято.")
      << "a name may look like the end of the sentence";
  EXPECT_EQ(in_language("ru", "The name  is taken."), "Имя  занято.");
}

TEST(CatalogueTest, PartsAreSentencesToo) {
  EXPECT_EQ(in_language("ru", "must be a whole number, this is a string"),
            "ожидается целое число, а здесь строка");
  EXPECT_EQ(in_language("ru", "The token is not valid: its signature is wrong."),
            "Токен не принят: его подпись неверна.");
}

TEST(CatalogueTest, WhatIsNotThereStaysAsItCame) {
  for (const char* text : {"", "Вы не в игре.", "You slipped.", "The name Neo", "{0}", "{", "{9}"})
    EXPECT_EQ(in_language("ru", text), text);
}

TEST(CatalogueTest, BothSidesOfAnEntryNameTheSameParts) {
  const auto slots = [](std::string_view text) {
    std::set<char> found;
    for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1))
      found.insert(text.at(at + 1));
    return found;
  };
  std::set<std::string_view> sentences;
  for (const auto& phrase : catalogue()) {
    EXPECT_EQ(slots(phrase.en), slots(phrase.ru)) << phrase.en;
    EXPECT_TRUE(sentences.insert(phrase.en).second) << phrase.en << " is there twice";
    EXPECT_FALSE(phrase.ru.empty()) << phrase.en;
  }
}

// No earlier pattern takes what a later one was written for.
TEST(CatalogueTest, EveryEntryIsReached) {
  for (const auto& phrase : catalogue()) {
    std::string filled, expected;
    for (std::size_t i = 0; i < phrase.en.size(); ++i) {
      const bool slot = phrase.en[i] == '{' && i + 2 < phrase.en.size() && phrase.en[i + 2] == '}';
      filled += slot ? '7' : phrase.en[i];
      if (slot) i += 2;
    }
    for (std::size_t i = 0; i < phrase.ru.size(); ++i) {
      const bool slot = phrase.ru[i] == '{' && i + 2 < phrase.ru.size() && phrase.ru[i + 2] == '}';
      expected += slot ? '7' : phrase.ru[i];
      if (slot) i += 2;
    }
    EXPECT_EQ(in_language("ru", filled), expected) << phrase.en;
  }
}

}  // namespace
}  // namespace parley::protocol
