// SPDX-License-Identifier: Apache-2.0
#include "users/names.h"

#include <gtest/gtest.h>

#include "base/ids.h"

namespace parley::users {
namespace {

const NameRules kRules{.reserved = {"admin", "system"}};

std::string skeleton(std::string_view text) {
  const auto name = parse_name(text, kRules);
  EXPECT_TRUE(name) << text << ": " << name.status().message();
  return name ? name->skeleton : "";
}

bool refused(std::string_view text) {
  const auto name = parse_name(text, kRules);
  return !name && name.status().code() == ErrorCode::kInvalidArgs &&
         !name.status().message().empty();
}

TEST(NamesTest, OrdinaryNamesStayAsWritten) {
  for (const char* text : {"Neo", "Тринити", "Anne-Marie", "O'Neil", "player_456", "Ян 2", "李小龍",
                           "José", "محمد", "x2"}) {
    const auto name = parse_name(text, kRules);
    ASSERT_TRUE(name) << text << ": " << name.status().message();
    EXPECT_EQ(name->display, text);
  }
}

TEST(NamesTest, FormsOfOneLetterBecomeOne) {
  EXPECT_EQ(parse_name("Jose\xcc\x81", kRules)->display, "José") << "combining accent";
  EXPECT_EQ(parse_name("Ｎｅｏ", kRules)->display, "Neo") << "full width";
  EXPECT_EQ(parse_name("  Neo ", kRules)->display, "Neo");
}

TEST(NamesTest, NamesThatLookAlikeAreOne) {
  EXPECT_EQ(skeleton("Neo"), skeleton("NEO"));
  EXPECT_EQ(skeleton("Ne0"), skeleton("Neo"));
  EXPECT_EQ(skeleton("Ian"), skeleton("lan"));
  EXPECT_EQ(skeleton("Bi11"), skeleton("BiIl"));
  EXPECT_EQ(skeleton("coco"), skeleton("сосо")) << "Latin and Cyrillic";
  EXPECT_EQ(skeleton("morn"), skeleton("mom")) << "rn and m";
  EXPECT_EQ(skeleton("Ne o"), skeleton("Neo"));
  EXPECT_EQ(skeleton("Straße"), skeleton("STRASSE"));
}

TEST(NamesTest, DifferentNamesStayDifferent) {
  EXPECT_NE(skeleton("Neo"), skeleton("Leo"));
  EXPECT_NE(skeleton("Neo"), skeleton("Neo2"));
  EXPECT_NE(skeleton("Иван"), skeleton("Ивам"));
  EXPECT_NE(skeleton("Jose"), skeleton("José"));
}

TEST(NamesTest, MixedAlphabetsAreRefused) {
  EXPECT_TRUE(refused("N\xd0\xb5o")) << "Cyrillic e";
  EXPECT_TRUE(refused("аdministrator")) << "Cyrillic a";
  EXPECT_FALSE(refused("田中Taro"));
}

TEST(NamesTest, InvisibleAndDirectingCharactersAreRefused) {
  for (const char* text :
       {"Ne\xe2\x80\x8bo" /* zero width space */, "Ne\xe2\x80\x8do" /* joiner */,
        "\xe2\x80\xaeoeN" /* right-to-left override */, "Ne\xe2\x81\xa6o" /* isolate */,
        "Ne\xc2\xado" /* soft hyphen */, "Ne\no", "Ne\x7fo", "Ne\to", "\xe3\x85\xa4\xe3\x85\xa4",
        "Ne\xef\xbb\xbfo", "Ne\xee\x80\x80o" /* private use */, "Neo\xf0\x9f\x98\x80"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
  EXPECT_TRUE(refused(std::string_view("Ne\0o", 4)));
}

TEST(NamesTest, BrokenUtf8IsRefused) {
  for (const char* text : {"Ne\xff", "\xc3", "\xed\xa0\x80xx", "\xf8\x88\x80\x80\x80yy"})
    EXPECT_TRUE(refused(text));
}

TEST(NamesTest, LengthAndSignsHaveRules) {
  for (const char* text :
       {"", "N", "  ", "-Neo", "Neo-", "Ne--o", "Ne  o", "...", "/neo", "neo@example", "<b>"}) {
    EXPECT_TRUE(refused(text)) << text;
  }
  EXPECT_TRUE(refused(std::string(33, 'x')));
  EXPECT_FALSE(refused(std::string(32, 'x')));
  EXPECT_TRUE(refused(std::string(100'000, 'x')));
  EXPECT_TRUE(refused("e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81x")) << "towers of marks";
}

TEST(NamesTest, ReservedNamesAreRefusedInEveryDisguise) {
  for (const char* text : {"admin", "ADMIN", "Adm1n", "adrnin", "ad min", "System"})
    EXPECT_TRUE(refused(text)) << text;
  EXPECT_TRUE(parse_any_name("Admin", kRules));
}

TEST(NamesTest, AnIdIsNoName) {
  EXPECT_TRUE(refused(random_id('u'))) << "every verb that takes either would mean somebody else";
  EXPECT_TRUE(refused(random_id('g')));
  EXPECT_TRUE(parse_name("u_neo", kRules));
}

TEST(NamesTest, ASuggestionFits) {
  EXPECT_EQ(suggest_name("Neo", 2, kRules), "Neo2");
  const std::string proposal = suggest_name(std::string(32, 'x'), 12, kRules);
  EXPECT_EQ(proposal, std::string(30, 'x') + "12");
}

TEST(NamesTest, AnAtAndTheWholeNameCallSomebody) {
  for (const char* text : {"@Neo", "@neo!", "wake up, @NEO", "(@Neo)", "@Neon and @Neo"})
    EXPECT_TRUE(mentions(text, "Neo")) << text;
  for (const char* text : {"", "Neo", "@Neon", "@Ne", "mail@Neo", "@ Neo", "@Neö"})
    EXPECT_FALSE(mentions(text, "Neo")) << text;
  EXPECT_TRUE(mentions("привет, @НЕО.", "Нео"));
  EXPECT_TRUE(mentions("@Mr Anderson?", "Mr Anderson"));
  EXPECT_FALSE(mentions("@", ""));
}

}  // namespace
}  // namespace parley::users
