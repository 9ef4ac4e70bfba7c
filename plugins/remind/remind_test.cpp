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

namespace {

const Caller kNeo{.id = "u_neo", .name = "Neo"};
const Caller kAnn{.id = "u_ann", .name = "Ann", .session = "s_ann", .locale = "ru"};

Json in(const char* when, const char* text) {
  return {{"in", when}, {"text", text}};
}

std::string told(const FakeHost& host, std::size_t index = 0) {
  return host.pushes().at(index).frame.data()["text"].or_else("");
}

TEST(Remind, TellsTheOneWhoAskedWhenTheTimeHasCome) {
  FakeHost host;
  const auto reply = host.call("remind", in("10m", "tea"));
  EXPECT_EQ(reply.type(), "botMessage");
  EXPECT_EQ(reply.data()["reminder"]["number"].or_else(0), 1);
  EXPECT_EQ(reply.data()["buttons"].items()[0]["command"]["action"].or_else(""), "unremind");
  EXPECT_EQ(reply.data()["text"].or_else(""), "Reminder 1, in 10 min: tea");
  host.advance(10min - 1ms);
  EXPECT_TRUE(host.pushes().empty());
  host.advance(1ms);
  ASSERT_EQ(host.pushes().size(), 1u);
  EXPECT_EQ(host.pushes()[0].targets, std::vector<std::string>{"u_neo"});
  EXPECT_TRUE(host.pushes()[0].store) << "it waits for them when they are away";
  EXPECT_EQ(told(host), "Reminder: tea");
  EXPECT_TRUE(host.storage().empty());
}

TEST(Remind, SpeaksTheLanguageItWasAskedIn) {
  FakeHost host;
  host.call("remind", in("1ч", "чай"), kAnn);
  host.advance(1h);
  EXPECT_EQ(told(host), "Напоминание: чай");
}

TEST(Remind, SurvivesARestart) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  host.restart();
  EXPECT_EQ(host.call("remind", in("1h", "cake")).data()["reminder"]["number"].or_else(0), 2);
  host.advance(10min);
  EXPECT_EQ(told(host), "Reminder: tea");
}

TEST(Remind, SaysThatItComesLateAfterTheServerWasAway) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  host.set_clock(host.now() + 3'600'000);
  host.restart();
  host.advance(0ms);
  EXPECT_EQ(told(host), "Reminder, due 50 min ago: tea");
}

TEST(Remind, WaitsLongerThanOneTimerMay) {
  FakeHost host;
  host.call("remind", in("40d", "rent"));
  host.advance(std::chrono::hours(24) * 40 - 1ms);
  EXPECT_TRUE(host.pushes().empty());
  host.advance(1ms);
  EXPECT_EQ(told(host), "Reminder: rent");
}

TEST(Remind, TellsTheSoonestFirst) {
  FakeHost host;
  host.call("remind", in("2h", "second"));
  host.call("remind", in("1h", "first"));
  host.advance(3h);
  ASSERT_EQ(host.pushes().size(), 2u);
  EXPECT_EQ(told(host, 0), "Reminder: first");
  EXPECT_EQ(told(host, 1), "Reminder: second");
}

TEST(Remind, ShowsEveryoneTheirOwnOnly) {
  FakeHost host;
  host.call("remind", in("2h", "cake"));
  host.call("remind", in("1h", "tea"));
  host.call("remind", in("1h", "чай"), kAnn);
  const auto mine = host.call("reminders");
  EXPECT_EQ(mine.data()["reminders"].items().size(), 2u);
  EXPECT_EQ(mine.data()["text"].or_else(""), "2. in 1 h: tea\n1. in 2 h: cake");
  EXPECT_THAT(host.call("reminders", {}, kAnn).data()["text"].or_else(""), HasSubstr("чай"));
}

TEST(Remind, HelpsWhoHasNone) {
  FakeHost host;
  EXPECT_THAT(host.call("reminders").data()["text"].or_else(""), HasSubstr("/remind 10m tea"));
}

TEST(Unremind, DropsOnesOwn) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  EXPECT_EQ(host.call("unremind", {{"number", 1}}, kAnn).code(), "not_found");
  EXPECT_EQ(host.call("unremind", {{"number", 1}}).type(), "botMessage");
  EXPECT_EQ(host.call("unremind", {{"number", 1}}).code(), "not_found");
  host.advance(1h);
  EXPECT_TRUE(host.pushes().empty());
  EXPECT_EQ(host.timers(), 0u);
}

TEST(Remind, PromisesNothingThatIsNotOnDisk) {
  FakeHost host;
  host.fail_next_write(Outcome::kBusy);
  EXPECT_TRUE(host.call("remind", in("10m", "tea")).failed());
  EXPECT_EQ(host.call("reminders").data()["reminders"].items().size(), 0u);
  host.advance(1h);
  EXPECT_TRUE(host.pushes().empty());
}

TEST(Remind, KeepsTheReminderThatCouldNotBeDropped) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  host.fail_next_write(Outcome::kBusy);
  EXPECT_TRUE(host.call("unremind", {{"number", 1}}).failed());
  host.advance(10min);
  EXPECT_EQ(told(host), "Reminder: tea");
}

TEST(Remind, CountsWhatIsStillBeingWritten) {
  FakeHost host({.config = R"({"per_user": 1})"});
  host.hold();
  const auto first = host.call("remind", in("10m", "one"));
  const auto second = host.call("remind", in("10m", "two"));
  EXPECT_EQ(second.code(), "limit");
  EXPECT_THAT(second.message(), HasSubstr("/unremind"));
  host.settle();
  EXPECT_EQ(first.type(), "botMessage");
}

TEST(Remind, HasRoomForSoManyAltogether) {
  FakeHost host({.config = R"({"all": 1})"});
  host.call("remind", in("10m", "one"));
  EXPECT_EQ(host.call("remind", in("10m", "two"), kAnn).code(), "limit");
}

struct Bad {
  const char* when;
  const char* text;
  const char* advice;
};

class RemindRefuses : public ::testing::TestWithParam<Bad> {};

TEST_P(RemindRefuses, WithASentenceThatHelps) {
  FakeHost host({.config = R"({"days": 2, "text_length": 5})"});
  const auto reply = host.call("remind", in(GetParam().when, GetParam().text));
  EXPECT_EQ(reply.code(), "invalid_args");
  EXPECT_THAT(reply.message(), HasSubstr(GetParam().advice));
  EXPECT_TRUE(host.storage().empty());
}

INSTANTIATE_TEST_SUITE_P(BadInput, RemindRefuses,
                         ::testing::Values(Bad{"soon", "tea", "10m, 1h30m or 2d"},
                                           Bad{"3d", "tea", "at most 2 d away"},
                                           Bad{"1h", "  ", "say what of"},
                                           Bad{"1h", "six...", "at most 5 characters"}));

TEST(Remind, GoesAlongWhenAGuestRegisters) {
  FakeHost host;
  host.call("remind", in("10m", "tea"), Caller{.id = "g_1", .name = "Visitor"});
  host.happen(EventKind::kUserRegistered, kNeo, "", "", "g_1");
  host.restart();
  host.advance(10min);
  ASSERT_EQ(host.pushes().size(), 1u);
  EXPECT_EQ(host.pushes()[0].targets, std::vector<std::string>{"u_neo"});
}

TEST(Remind, ForgetsWhoIsDeleted) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  host.call("remind", in("20m", "cake"));
  host.happen(EventKind::kUserDeleted, kNeo);
  EXPECT_TRUE(host.storage().empty());
  host.advance(1h);
  EXPECT_TRUE(host.pushes().empty());
}

TEST(Remind, LeavesOutARecordThatCannotBeRead) {
  FakeHost host;
  host.call("remind", in("10m", "tea"));
  host.storage()["reminder:2"] = "{}";
  host.restart();
  EXPECT_TRUE(host.logged("1 stored reminders cannot be read"));
  EXPECT_EQ(host.call("reminders").data()["reminders"].items().size(), 1u);
}

}  // namespace
