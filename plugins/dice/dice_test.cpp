// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::Json;
using parley::testing::Caller;
using parley::testing::FakeHost;
using ::testing::HasSubstr;

namespace {

TEST(Dice, AnswersWithEveryThrowAndTheirSum) {
  FakeHost host;
  for (int round = 0; round < 50; ++round) {
    const auto reply = host.call("roll", {{"dice", "2d6"}});
    ASSERT_EQ(reply.type(), "diceRolled");
    int sum = 0;
    for (const auto& face : reply.data()["rolls"].items()) {
      const int shown = face.or_else(0);
      EXPECT_TRUE(shown >= 1 && shown <= 6) << shown;
      sum += shown;
    }
    EXPECT_EQ(reply.data()["rolls"].items().size(), 2u);
    EXPECT_EQ(reply.data()["total"].or_else(0), sum);
    host.advance(1s);
  }
}

TEST(Dice, RollsOneSixWhenNothingIsSaid) {
  FakeHost host;
  EXPECT_EQ(host.call("roll").data()["dice"].or_else(""), "1d6");
}

TEST(Dice, TakesTheCountOfOneAsRead) {
  FakeHost host;
  const auto reply = host.call("roll", {{"dice", "d20"}});
  EXPECT_EQ(reply.type(), "diceRolled");
  EXPECT_EQ(reply.data()["rolls"].items().size(), 1u);
}

TEST(Dice, SpeaksTheLanguageOfTheOneWhoAsks) {
  FakeHost host;
  EXPECT_THAT(host.call("roll", {{"dice", "1d2"}}, Caller{.name = "Ann", .locale = "ru"})
                  .data()["text"]
                  .or_else(""),
              HasSubstr("Ann бросает 1d2: "));
  host.advance(1s);
  EXPECT_THAT(host.call("roll", {{"dice", "six"}}, Caller{.locale = "ru"}).message(),
              HasSubstr("напишите в виде NdM"));
  host.advance(1s);
  EXPECT_EQ(host.call("roll", {{"dice", "six"}}).message(), "write it as NdM, for example 2d6");
}

class DiceRefuses : public ::testing::TestWithParam<const char*> {};

TEST_P(DiceRefuses, WithASentenceThatHelps) {
  FakeHost host;
  const auto reply = host.call("roll", {{"dice", GetParam()}});
  EXPECT_EQ(reply.code(), "invalid_args");
  EXPECT_THAT(reply.message(), ::testing::AnyOf(HasSubstr("NdM"), HasSubstr("at most 100 dice")));
}

INSTANTIATE_TEST_SUITE_P(BadThrows, DiceRefuses,
                         ::testing::Values("", "d", "2d", "6", "2x6", "2d6d", " 2d6", "+1d6", "0d6",
                                           "-1d6", "1d0", "1d1", "101d6", "1d1001",
                                           "99999999999999999999d6", "1d99999999999999999999",
                                           "\xF0\x9F\x8E\xB2"));

TEST(Dice, AllowsTheCapsThemselves) {
  FakeHost host;
  EXPECT_EQ(host.call("roll", {{"dice", "100d1000"}}).data()["rolls"].items().size(), 100u);
}

TEST(Dice, MakesOnePersonWaitASecondAndNobodyElse) {
  FakeHost host;
  host.call("roll");
  EXPECT_EQ(host.call("roll").code(), "rate_limited");
  EXPECT_EQ(host.call("roll", {}, Caller{.id = "u_ann"}).type(), "diceRolled");
  host.advance(1s);
  EXPECT_EQ(host.call("roll").type(), "diceRolled");
}

}  // namespace
