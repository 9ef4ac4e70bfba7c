// SPDX-License-Identifier: Apache-2.0
#include "ballot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace poll {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Ballot tea() {
  return {.number = 1,
          .author = "u_neo",
          .channel = "global",
          .question = "What?",
          .options = {"Tea", "Coffee", "Water"},
          .closes = 5};
}

TEST(Question, IsSplitAtTheBars) {
  const auto split = split_question(" Tea or coffee? |Tea|  Coffee || ");
  EXPECT_EQ(split.question, "Tea or coffee?");
  EXPECT_THAT(split.options, ElementsAre("Tea", "Coffee"));
  EXPECT_THAT(split_question("no bars").options, IsEmpty());
  EXPECT_THAT(split_question("").question, IsEmpty());
}

TEST(Ballot, ShowsTheBestFirst) {
  Ballot ballot = tea();
  ballot.votes = {{"a", 1}, {"b", 1}, {"c", 2}};
  EXPECT_THAT(ballot.counts(), ElementsAre(0, 2, 1));
  EXPECT_EQ(ballot.result(), "Coffee — 2 (67 %)\nWater — 1 (33 %)\nTea — 0 (0 %)");
}

TEST(Ballot, HasAResultWithoutVotes) {
  EXPECT_EQ(tea().result(), "Tea — 0 (0 %)\nCoffee — 0 (0 %)\nWater — 0 (0 %)");
}

TEST(Ballot, GoesThroughItsRecord) {
  Ballot ballot = tea();
  ballot.votes = {{"u_a", 2}};
  const auto state = to_state(ballot);
  const auto read = read_ballot(parley::JsonView(state.text()));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_state(*read).text(), state.text());
  const auto record = to_record(ballot);
  EXPECT_THAT(read_ballot(parley::JsonView(record.text()))->votes, IsEmpty());
}

TEST(Ballot, IsNotReadFromWhatIsNone) {
  for (const char* text : {"", "{}", "[]", R"({"number":1,"options":["a"],"closes":5})",
                           R"({"number":-1,"options":["a","b"],"closes":5})"})
    EXPECT_FALSE(read_ballot(parley::JsonView(text))) << text;
}

TEST(Ballot, LeavesOutVotesForWhatIsNotThere) {
  EXPECT_THAT(
      read_ballot(parley::JsonView(
                      R"({"number":1,"options":["a","b"],"closes":5,"votes":{"u":2,"v":"x"}})"))
          ->votes,
      IsEmpty());
}

}  // namespace
}  // namespace poll
