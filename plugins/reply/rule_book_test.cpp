// SPDX-License-Identifier: Apache-2.0
#include "rule_book.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace reply {
namespace {

std::string shipped_book() {
  std::ifstream file(PARLEY_PLUGIN_DATA "/rules.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_rule(const std::string& lines) {
  return "dialogues:\n  d: {timeout: 5}\nrules:\n  - id: a\n" + lines;  // lines begin at line 5
}

TEST(RuleBook, TheShippedOneLoads) {
  const auto loaded = load_book(shipped_book(), "rules.yaml");
  ASSERT_TRUE(loaded.book) << loaded.problem;
  EXPECT_EQ(loaded.book->name, "Parley");
  EXPECT_EQ(loaded.book->called.size(), 3u);
  EXPECT_EQ(loaded.book->dialogues.at("guess").timeout, 120);
}

TEST(RuleBook, ReadsEverythingARuleMayHave) {
  const auto loaded = load_book(with_rule(R"(
    priority: 7
    ambient: true
    where: [help, direct]
    language: ru
    roles: admin
    dialogue: d
    if: ["{{1}} < 5", "{{name}}"]
    says: Hello there
    keywords: [a, b c]
    fuzzy: [commands]
    typos: 2
    pattern: '(\d+)'
    set: {name: "{{1}}", _n: "1"}
    unset: [other]
    answer: {en: [One, Two], ru: Раз}
    buttons:
      - {label: {en: Roll, ru: Бросить}, style: primary, command: {action: roll, dice: d6, n: 3, s: "3"}}
    run: {action: look}
    next: d
)"),
                                "book");
  ASSERT_TRUE(loaded.book) << loaded.problem;
  const Rule& rule = loaded.book->rules.front();
  EXPECT_EQ(rule.priority, 7);
  EXPECT_TRUE(rule.ambient);
  EXPECT_EQ(rule.where.size(), 2u);
  EXPECT_EQ(rule.language, Language::kRussian);
  EXPECT_EQ(rule.conditions.size(), 2u);
  EXPECT_EQ(rule.keywords[1].size(), 2u);
  EXPECT_EQ(rule.typos, 2u);
  EXPECT_EQ(rule.answer.english.size(), 2u);
  EXPECT_EQ(rule.buttons[0].command.action, "roll");
  const auto& arguments = rule.buttons[0].command.arguments;
  EXPECT_FALSE(arguments[0].raw);
  EXPECT_TRUE(arguments[1].raw);
  EXPECT_FALSE(arguments[2].raw) << "a number in quotes is a text";
  EXPECT_EQ(rule.run->action, "look");
}

struct Mistake {
  const char* lines;
  const char* where;
  const char* reason;
};

class BadBook : public ::testing::TestWithParam<Mistake> {};

TEST_P(BadBook, IsRefusedWithFileLineAndReason) {
  const auto loaded = load_book(with_rule(GetParam().lines), "rules.yaml");
  EXPECT_FALSE(loaded.book);
  EXPECT_THAT(loaded.problem, StartsWith(std::string("rules.yaml:") + GetParam().where + ": "));
  EXPECT_THAT(loaded.problem, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadBook,
    ::testing::Values(
        Mistake{"    keyword: [a]\n    answer: x\n", "5", "unknown key 'keyword'"},
        Mistake{"    keywords: [a]\n", "4", "`answer` or `run` is missing"},
        Mistake{"    answer: x\n    pattern: '(a'\n", "6", "missing )"},
        Mistake{"    answer: x\n    pattern: 'a(?=b)'\n", "6", "invalid perl operator"},
        Mistake{"    answer: x\n    keywords: ['?!']\n", "6", "has no word"},
        Mistake{"    answer: x\n    fuzzy: [ab]\n", "6", "too short for 1 typing errors"},
        Mistake{"    answer: 'x {{name'\n", "5", "'{{' without '}}'"},
        Mistake{"    answer: 'x {{a b}}'\n", "5", "write a name"},
        Mistake{"    answer: 'x {{random 5 1}}'\n", "5", "must not be above"},
        Mistake{"    answer: {de: x}\n", "5", "unknown key 'de'"},
        Mistake{"    answer: {}\n", "5", "has no text"},
        Mistake{"    answer: []\n", "5", "the list is empty"},
        Mistake{"    answer: x\n    next: nowhere\n", "6", "there is no dialogue 'nowhere'"},
        Mistake{"    answer: x\n    ambient: true\n", "6", "must not be ambient"},
        Mistake{"    answer: x\n    ambient: maybe\n", "6", "must be true or false"},
        Mistake{"    answer: x\n    priority: high\n", "6", "must be a whole number"},
        Mistake{"    answer: x\n    language: de\n", "6", "must be en or ru"},
        Mistake{"    answer: x\n    set: {user: y}\n", "6", "has a meaning already"},
        Mistake{"    answer: x\n    set: {1: y}\n", "6", "would hide a capture"},
        Mistake{"    answer: x\n    set: {_n: y}\n", "6", "add `next`"},
        Mistake{"    answer: x\n    answer: y\n", "6", "stands there twice"},
        Mistake{"    answer: x\n    buttons: [{label: y}]\n", "6", "'command' is missing"},
        Mistake{"    answer: x\n    buttons: [{label: y, style: big, command: {action: a}}]\n", "6",
                "must be primary or danger"},
        Mistake{"    run: {dice: 2d6}\n", "5", "'action' is missing"},
        Mistake{"    answer: x\n  - id: a\n    answer: y\n", "6", "two rules are called 'a'"},
        Mistake{"    answer: [x\n", "6", "end of sequence"}));

TEST(RuleBook, WhatIsNoBookAtAllIsRefused) {
  EXPECT_THAT(load_book("", "b").problem, HasSubstr("the book has no rules"));
  EXPECT_THAT(load_book("[1, 2]", "b").problem, HasSubstr("b:1: the book must be a mapping"));
  EXPECT_THAT(load_book("rules: {}", "b").problem, HasSubstr("must be a list"));
}

TEST(RuleBook, KeepsItsLimits) {
  const std::string two =
      with_rule("    answer: four\n  - id: b\n    answer: y\n    pattern: abcd\n");
  ASSERT_TRUE(
      load_book(two, "b", {.size = two.size(), .rules = 2, .pattern = 4, .answer = 4}).book);
  EXPECT_THAT(load_book(two, "b", {.size = two.size() - 1}).problem,
              HasSubstr("raise `book_size`"));
  EXPECT_THAT(load_book(two, "b", {.rules = 1}).problem, HasSubstr("b:6: more than 1 rules"));
  EXPECT_THAT(load_book(two, "b", {.pattern = 3}).problem, HasSubstr("longer than 3"));
  EXPECT_THAT(load_book(two, "b", {.answer = 3}).problem, HasSubstr("longer than 3"));
  EXPECT_THAT(load_book(two, "b", {.dialogue = 4}).problem, HasSubstr("from 1 to 4"));
  EXPECT_THAT(
      load_book(with_rule("    answer: x\n    pattern: '((a{100}){100}){100}'\n"), "b").problem,
      HasSubstr("b:6: "));
}

}  // namespace
}  // namespace reply
