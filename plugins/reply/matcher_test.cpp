// SPDX-License-Identifier: Apache-2.0
#include "matcher.h"

#include <gtest/gtest.h>

namespace reply {
namespace {

const Sources kNothing{.value = [](std::string_view) { return std::optional<std::string>(); },
                       .chance = [](int least, int) { return least; }};

std::string found(const std::string& rules, Situation situation) {
  const auto loaded = load_book("dialogues: {d: }\nrules:\n" + rules, "book");
  EXPECT_TRUE(loaded.book) << loaded.problem;
  if (!loaded.book) return "";
  const auto match = find_rule(*loaded.book, situation, kNothing);
  return match ? match->rule->id : "";
}

TEST(Matcher, PutsPriorityBeforeExactnessBeforePlace) {
  const std::string rules =
      "  - {id: any, priority: -1, answer: x}\n"
      "  - {id: fuzzy, fuzzy: [kommands], answer: x}\n"
      "  - {id: first, keywords: [commands], answer: x}\n"
      "  - {id: second, keywords: [commands], answer: x}\n"
      "  - {id: high, priority: 1, keywords: [important], answer: x}\n";
  EXPECT_EQ(found(rules, {.text = "commands", .addressed = true}), "first");
  EXPECT_EQ(found(rules, {.text = "kommandz", .addressed = true}), "fuzzy");
  EXPECT_EQ(found(rules, {.text = "important commands", .addressed = true}), "high");
  EXPECT_EQ(found(rules, {.text = "else", .addressed = true}), "any");
  EXPECT_EQ(found(rules, {.text = "commands"}), "") << "not addressed";
}

TEST(Matcher, KeepsToPlaceLanguageAndRole) {
  const std::string rules =
      "  - {id: here, where: [help, direct], answer: x}\n"
      "  - {id: russian, language: ru, answer: x}\n"
      "  - {id: staff, roles: [admin, moderator], answer: x}\n";
  EXPECT_EQ(found(rules, {.place = "help", .addressed = true}), "here");
  EXPECT_EQ(found(rules, {.place = "direct", .addressed = true}), "here");
  EXPECT_EQ(found(rules, {.place = "x", .language = Language::kRussian, .addressed = true}),
            "russian");
  EXPECT_EQ(found(rules, {.place = "x", .roles = {"user", "moderator"}, .addressed = true}),
            "staff");
  EXPECT_EQ(found(rules, {.place = "x", .roles = {"user"}, .addressed = true}), "");
}

TEST(Matcher, ADialogueComesFirstAndNeedsNoName) {
  const std::string rules =
      "  - {id: loud, priority: 100, says: [yes], answer: x}\n"
      "  - {id: awaited, dialogue: d, says: [yes], answer: x}\n";
  EXPECT_EQ(found(rules, {.text = "yes", .dialogue = "d"}), "awaited");
  EXPECT_EQ(found(rules, {.text = "yes", .addressed = true, .dialogue = "d"}), "awaited");
  EXPECT_EQ(found(rules, {.text = "yes", .addressed = true}), "loud");
}

TEST(Matcher, CapturesByNumberAndNameAndChecksConditionsOnThem) {
  const auto loaded = load_book(
      "rules: [{id: a, pattern: '(\\d+) (?P<what>\\pL+)', if: '{{1}} < 10', answer: x}]", "b");
  ASSERT_TRUE(loaded.book) << loaded.problem;
  const auto match = find_rule(*loaded.book, {.text = "9 ЯБЛОК", .addressed = true}, kNothing);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->captures.at("what"), "ЯБЛОК");
  EXPECT_EQ(match->captures.at("1"), "9");
  EXPECT_FALSE(find_rule(*loaded.book, {.text = "10 яблок", .addressed = true}, kNothing));
}

}  // namespace
}  // namespace reply
