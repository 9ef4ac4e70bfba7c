// SPDX-License-Identifier: Apache-2.0
#include "loader/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

bool accepts(std::string_view requirement, std::string_view version) {
  const auto parsed = Requirement::parse(requirement);
  EXPECT_TRUE(parsed) << parsed.status().message();
  return parsed && parsed->accepts(version);
}

TEST(RequirementTest, EveryComparisonMustHold) {
  EXPECT_TRUE(accepts("game >=1.2 <2", "1.2.0"));
  EXPECT_TRUE(accepts("game >=1.2 <2", "1.10.3"));
  EXPECT_FALSE(accepts("game >=1.2 <2", "1.1.9"));
  EXPECT_FALSE(accepts("game >=1.2 <2", "2.0.0"));
  EXPECT_TRUE(accepts("game >1.2 <=1.3", "1.3.0"));
  EXPECT_FALSE(accepts("game >1.2", "1.2.0"));
  EXPECT_TRUE(accepts("game =1.2.3", "1.2.3+build7"));
  EXPECT_FALSE(accepts("game =1.2.3", "1.2.4"));
}

TEST(RequirementTest, WithoutARangeAnyVersionWillDo) {
  EXPECT_TRUE(accepts("game", "0.0.1"));
  EXPECT_EQ(Requirement::parse("game")->id(), "game");
}

TEST(RequirementTest, ACandidateComesBeforeItsRelease) {
  EXPECT_FALSE(accepts("game >=2", "2.0.0-rc1"));
  EXPECT_TRUE(accepts("game >=1.9", "2.0.0-rc1"));
}

TEST(RequirementTest, WhatIsWrongIsQuoted) {
  const auto refusal = [](std::string_view text) {
    return Requirement::parse(text).status().message();
  };
  EXPECT_THAT(refusal(""), HasSubstr("does not begin with a plugin's id"));
  EXPECT_THAT(refusal(">=1.2"), HasSubstr("'>=1.2' does not begin with a plugin's id"));
  EXPECT_THAT(refusal("game 1.2"), HasSubstr("'1.2' is no comparison"));
  EXPECT_THAT(refusal("game >=x"), HasSubstr("'x' is no version"));
  EXPECT_THAT(refusal("game >=1.2.3.4"), HasSubstr("'1.2.3.4' is no version"));
  EXPECT_THAT(refusal("game >=1..2"), HasSubstr("'1..2' is no version"));
  EXPECT_THAT(refusal("game >=-1"), HasSubstr("'-1' is no version"));
  EXPECT_THAT(refusal("game >= 1.2"), HasSubstr("'' is no version"));
}

}  // namespace
}  // namespace parley::loader
