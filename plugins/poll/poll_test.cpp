// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::EventKind;
using parley::Json;
using parley::Outcome;
using parley::testing::Caller;
using parley::testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

const Caller kNeo{.id = "u_neo", .name = "Neo"};
const Caller kAnn{.id = "u_ann", .name = "Ann", .session = "s_ann"};
const Caller kModerator{.id = "u_mod", .name = "Mod", .roles = {"user", "moderator"}};

class PollTest : public ::testing::Test {
 protected:
  PollTest() { host.channels()["global"].members = {"u_neo", "u_ann", "u_mod"}; }

  parley::testing::Reply ask(const char* text = "Tea or coffee? | Tea | Coffee",
                             const Caller& who = kNeo) {
    return host.call("poll", {{"text", text}}, who);
  }
  parley::testing::Reply vote(int poll, int option, const Caller& who = kNeo) {
    return host.call("vote", {{"poll", poll}, {"option", option}}, who);
  }
  std::string results(int poll) {
    return host.call("pollResults", {{"poll", poll}}).data()["text"].or_else("");
  }

  FakeHost host;
};

TEST_F(PollTest, IsSaidByTheOneWhoAsksWithAButtonForEachChoice) {
  EXPECT_FALSE(ask().failed());
  ASSERT_THAT(host.published(), SizeIs(1));
  const auto& said = host.published()[0];
  EXPECT_EQ(said.user, "u_neo");
  EXPECT_EQ(said.text, "Poll 1: Tea or coffee?");
  const auto buttons = parley::JsonView(said.buttons).items();
  ASSERT_THAT(buttons, SizeIs(3));
  EXPECT_EQ(buttons[1]["label"].or_else(""), "Coffee");
  EXPECT_EQ(buttons[1]["command"].text(), R"({"action":"vote","poll":1,"option":2})");
}

TEST_F(PollTest, CountsEveryoneOnceAndLetsThemChangeTheirMind) {
  ask();
  EXPECT_EQ(vote(1, 1).data()["text"].or_else(""), "Poll 1: you chose Tea");
  vote(1, 2);
  vote(1, 2, kAnn);
  EXPECT_EQ(results(1), "Poll 1: Tea or coffee?\nCoffee — 2 (100 %)\nTea — 0 (0 %)");
}

TEST_F(PollTest, TellsTheChannelWhenItsTimeIsOver) {
  ask();
  vote(1, 1);
  host.forget();
  host.advance(24h - 1ms);
  EXPECT_THAT(host.published(), IsEmpty());
  host.advance(1ms);
  ASSERT_THAT(host.published(), SizeIs(1));
  EXPECT_THAT(host.published()[0].text, HasSubstr("Poll 1 is over: Tea or coffee?\nTea — 1"));
  EXPECT_EQ(vote(1, 1).code(), "not_found");
  EXPECT_THAT(host.storage(), SizeIs(1)) << "the last number";
}

TEST_F(PollTest, CanBeEndedByItsAuthorAndByModerators) {
  ask();
  ask();
  EXPECT_EQ(host.call("closePoll", {{"poll", 1}}, kAnn).code(), "forbidden");
  EXPECT_EQ(host.call("closePoll", {{"poll", 1}}).type(), "ok");
  EXPECT_EQ(host.call("closePoll", {{"poll", 2}}, kModerator).type(), "ok");
  EXPECT_THAT(host.storage(), SizeIs(1)) << "the last number";
  EXPECT_EQ(host.timers(), 0u);
}

TEST_F(PollTest, NeedsNoNumberToEndWhereOnlyOneOfYoursRuns) {
  EXPECT_THAT(host.call("closePoll").message(), HasSubstr("no poll running: /poll Tea"));
  ask();
  ask("Q? | a | b", kAnn);
  EXPECT_EQ(host.call("closePoll").type(), "ok");
  EXPECT_EQ(vote(1, 1).code(), "not_found");
  EXPECT_FALSE(vote(2, 1).failed()) << "another's";
}

TEST_F(PollTest, SaysWhichOfYoursCanBeEnded) {
  ask();
  ask("Where? | Here | There");
  const auto reply = host.call("closePoll");
  EXPECT_EQ(reply.code(), "invalid_args");
  EXPECT_EQ(reply.message(), "say which one: /closePoll 1 (Tea or coffee?), /closePoll 2 (Where?)");
  EXPECT_FALSE(vote(1, 1).failed());
}

TEST_F(PollTest, AButtonOfAPollThatIsOverSaysWhereItsResultIs) {
  ask();
  host.call("closePoll");
  const Caller reader{.id = "u_neo", .name = "Neo", .locale = "ru"};
  EXPECT_THAT(vote(1, 1).message(),
              HasSubstr("the result of one that is over stands in its channel"));
  EXPECT_THAT(vote(1, 1, reader).message(), HasSubstr("итог завершённого опубликован"));
  EXPECT_THAT(host.call("pollResults", {{"poll", 1}}).message(), HasSubstr("/poll"));
  EXPECT_THAT(vote(2, 1).message(), HasSubstr("there has been no poll 2 yet"));
}

TEST_F(PollTest, SurvivesARestartWithItsVotes) {
  ask();
  vote(1, 2, kAnn);
  host.restart();
  EXPECT_THAT(results(1), HasSubstr("Coffee — 1 (100 %)"));
  ask();
  EXPECT_THAT(host.published().back().text, HasSubstr("Poll 2"));
  host.advance(24h);
  EXPECT_THAT(host.storage(), SizeIs(1)) << "the last number";
}

TEST_F(PollTest, NumbersAreNotUsedAgainAfterARestart) {
  ask();
  EXPECT_EQ(host.call("closePoll", {{"poll", 1}}).type(), "ok");
  host.restart();
  ask();
  EXPECT_THAT(host.published().back().text, HasSubstr("Poll 2"));
}

TEST_F(PollTest, GoesFromVersionToVersionWithoutStorage) {
  ask();
  vote(1, 2, kAnn);
  host.call("closePoll", {{"poll", 1}});
  ask();
  vote(2, 1, kAnn);
  host.storage().clear();  // what is read now came by hand
  host.reload();
  EXPECT_THAT(results(2), HasSubstr("Tea — 1 (100 %)"));
  ask();
  EXPECT_THAT(host.published().back().text, HasSubstr("Poll 3")) << "numbers go on";
  host.advance(24h);
  EXPECT_THAT(host.published(),
              ::testing::Contains(::testing::Field(&parley::testing::Published::text,
                                                   HasSubstr("Poll 2 is over"))));
}

TEST_F(PollTest, IsNotThereForThoseOutsideItsChannel) {
  ask();
  const Caller stranger{.id = "u_other", .name = "Other"};
  EXPECT_EQ(vote(1, 1, stranger).code(), "not_found");
  EXPECT_EQ(host.call("pollResults", {{"poll", 1}}, stranger).code(), "not_found");
}

TEST_F(PollTest, CountsNoVoteThatIsNotOnDisk) {
  ask();
  host.fail_next_write(Outcome::kBusy);
  EXPECT_TRUE(vote(1, 1).failed());
  EXPECT_THAT(results(1), HasSubstr("Tea — 0"));
}

TEST_F(PollTest, IsGoneWhenItCouldNotBeSaid) {
  host.hold();
  const auto reply = ask();
  host.step();  // stored
  host.fail_next_write(Outcome::kDenied);
  host.settle();
  EXPECT_EQ(vote(1, 1).code(), "not_found");
  EXPECT_THAT(host.storage(), SizeIs(1)) << "the last number";
}

TEST_F(PollTest, RefusesChoicesThatAreNotThere) {
  ask();
  EXPECT_THAT(vote(1, 3).message(), HasSubstr("choices 1 to 2"));
  EXPECT_EQ(vote(1, 0).code(), "invalid_args");
  EXPECT_EQ(vote(1, -1).code(), "invalid_args");
  EXPECT_EQ(vote(7, 1).code(), "not_found");
}

TEST_F(PollTest, KeepsToItsLimits) {
  ASSERT_EQ(host.change_config(R"({"per_user": 1, "all": 2, "voters": 2})"), std::nullopt);
  ask();
  EXPECT_THAT(ask().message(), HasSubstr("/closePoll"));
  ask("Q? | a | b", kAnn);
  EXPECT_EQ(ask("Q? | a | b", kModerator).code(), "limit");
  vote(1, 1);
  vote(1, 1, kAnn);
  EXPECT_EQ(vote(1, 1, kModerator).code(), "limit");
  EXPECT_FALSE(vote(1, 2, kAnn).failed()) << "who has voted may change their mind";
}

TEST_F(PollTest, ForgetsTheVotesOfWhoIsDeleted) {
  ask();
  vote(1, 1);
  vote(1, 1, kAnn);
  host.happen(EventKind::kUserDeleted, kAnn);
  EXPECT_THAT(results(1), HasSubstr("Tea — 1"));
  host.happen(EventKind::kUserDeleted, kNeo);
  EXPECT_THAT(host.storage(), SizeIs(1)) << "and ends the polls they began";
  EXPECT_THAT(host.published(), SizeIs(1)) << "without saying again what they asked";
}

TEST_F(PollTest, WhatIsSaidOfAPollGoesWithItsAuthor) {
  ask();
  host.forget();
  host.advance(24h);
  ASSERT_THAT(host.published(), SizeIs(1));
  EXPECT_EQ(host.published()[0].about, kNeo.id);
}

TEST_F(PollTest, TakesAGuestsVoteAlongIntoTheAccount) {
  host.channels()["global"].members.push_back("g_1");
  ask("Q? | a | b", Caller{.id = "g_1"});
  vote(1, 2, Caller{.id = "g_1"});
  host.happen(EventKind::kUserRegistered, kAnn, "", "", "g_1");
  host.restart();
  vote(1, 1, kAnn);
  EXPECT_THAT(results(1), HasSubstr("a — 1 (100 %)"));
  EXPECT_EQ(host.call("closePoll", {{"poll", 1}}, kAnn).type(), "ok");
}

class PollRefuses : public PollTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(PollRefuses, WithASentenceThatHelps) {
  ASSERT_EQ(host.change_config(R"({"options": 3, "length": 10})"), std::nullopt);
  const auto reply = ask(GetParam());
  EXPECT_EQ(reply.code(), "invalid_args");
  EXPECT_THAT(reply.message(),
              ::testing::AnyOf(HasSubstr("Tea | Coffee"), HasSubstr("at most 10 characters"),
                               HasSubstr("is there twice")));
  EXPECT_THAT(host.published(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(BadInput, PollRefuses,
                         ::testing::Values("Tea?", "Tea? | Tea", "| Tea | Coffee", "|||",
                                           "Q? | a | b | c | d", "Q? | a | a",
                                           "A question too long | a | b", "Q? | a | elevenchars"));

}  // namespace
