// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::EventKind;
using parley::Outcome;
using parley::UserKind;
using parley::testing::Caller;
using parley::testing::FakeHost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace {

const Caller kNeo{.id = "u_neo", .name = "Neo"};
const Caller kAnn{.id = "u_ann", .name = "Ann", .locale = "ru"};
const Caller kGuest{.id = "g_1", .name = "Visitor", .kind = UserKind::kGuest, .roles = {}};
const Caller kModerator{.id = "u_mod", .name = "Mod", .roles = {"user", "moderator"}};

std::string text_of(const FakeHost& host) {
  return host.pushes().at(0).frame.data()["text"].or_else("");
}

TEST(Welcome, GreetsSomebodyNewAloneAndOnce) {
  FakeHost host;
  host.happen(EventKind::kSessionOpened, kNeo);
  ASSERT_THAT(host.pushes(), SizeIs(1));
  EXPECT_EQ(host.pushes()[0].targets, std::vector<std::string>{"u_neo"});
  EXPECT_THAT(text_of(host), HasSubstr("Welcome, Neo!"));
  EXPECT_EQ(host.pushes()[0].frame.data()["buttons"].items()[0]["command"]["action"].or_else(""),
            "help");
  host.happen(EventKind::kSessionOpened, kNeo);
  host.restart();
  host.happen(EventKind::kSessionOpened, kNeo);
  EXPECT_THAT(host.pushes(), SizeIs(1));
}

TEST(Welcome, GreetsOnceWhoOpensTwoSessionsAtATime) {
  FakeHost host;
  host.hold();
  host.happen(EventKind::kSessionOpened, kNeo);
  host.happen(EventKind::kSessionOpened, kNeo);
  host.settle();
  EXPECT_THAT(host.pushes(), SizeIs(1));
}

TEST(Welcome, SpeaksTheNewcomersLanguage) {
  FakeHost host;
  host.happen(EventKind::kSessionOpened, kAnn);
  EXPECT_THAT(text_of(host), HasSubstr("Добро пожаловать, Ann!"));
}

TEST(Welcome, SaysWhatTheOperatorWrote) {
  FakeHost host({.config = R"({"text": {"en": "Hi {name}, be kind."}})"});
  host.happen(EventKind::kSessionOpened, kNeo);
  EXPECT_EQ(text_of(host), "Hi Neo, be kind.");
  host.forget();
  host.happen(EventKind::kSessionOpened, kAnn);
  EXPECT_THAT(text_of(host), HasSubstr("Добро пожаловать")) << "there is no text in her language";
}

TEST(Welcome, LeavesGuestsAloneWhereTheOperatorSaysSo) {
  FakeHost host;
  host.happen(EventKind::kSessionOpened, kGuest);
  EXPECT_THAT(host.pushes(), SizeIs(1));
  ASSERT_EQ(host.change_config(R"({"guests": false})"), std::nullopt);
  host.happen(EventKind::kSessionOpened, Caller{.id = "g_2", .kind = UserKind::kGuest});
  EXPECT_THAT(host.pushes(), SizeIs(1));
}

TEST(Welcome, LeavesBotsAlone) {
  FakeHost host;
  host.happen(EventKind::kSessionOpened, Caller{.id = "b_1", .kind = UserKind::kBot});
  EXPECT_THAT(host.pushes(), IsEmpty());
}

TEST(Welcome, DoesNotGreetAGuestWhoRegistersAgain) {
  FakeHost host;
  host.happen(EventKind::kSessionOpened, kGuest);
  host.happen(EventKind::kUserRegistered, kNeo, "", "", "g_1");
  host.happen(EventKind::kSessionOpened, kNeo);
  EXPECT_THAT(host.pushes(), SizeIs(1));
}

TEST(Welcome, MakesNewcomersKnownInAChannelOnce) {
  FakeHost host({.config = R"({"channels": {"global": "{name} is new in #{channel}"}})"});
  host.happen(EventKind::kJoined, kNeo, "global");
  host.happen(EventKind::kJoined, kNeo, "global");
  host.happen(EventKind::kJoined, kNeo, "elsewhere");
  ASSERT_THAT(host.published(), SizeIs(1));
  EXPECT_EQ(host.published()[0].text, "Neo is new in #global");
  EXPECT_EQ(host.published()[0].channel, "global");
}

TEST(Welcome, TakesANameAsItIs) {
  FakeHost host({.config = R"({"channels": {"global": "{name}!"}})"});
  host.happen(EventKind::kJoined, Caller{.id = "u_x", .name = "{channel}{name}"}, "global");
  EXPECT_EQ(host.published().at(0).text, "{channel}{name}!");
}

TEST(Welcome, CanBeReadAgain) {
  FakeHost host;
  EXPECT_THAT(host.call("welcome").data()["text"].or_else(""), HasSubstr("Welcome, Neo!"));
}

TEST(Welcome, ShowsModeratorsWhoIsNew) {
  FakeHost host;
  EXPECT_EQ(host.call("newcomers").code(), "forbidden");
  EXPECT_THAT(host.call("newcomers", {}, kModerator).data()["text"].or_else(""),
              HasSubstr("Nobody new"));
  host.happen(EventKind::kSessionOpened, kNeo);
  host.advance(2h);
  host.happen(EventKind::kSessionOpened, kAnn);
  EXPECT_EQ(host.call("newcomers", {}, kModerator).data()["text"].or_else(""),
            "Ann, 0 min ago\nNeo, 2 h ago");
}

TEST(Welcome, ForgetsWhoIsDeleted) {
  FakeHost host({.config = R"({"channels": {"global": "{name}"}})"});
  host.happen(EventKind::kSessionOpened, kNeo);
  host.happen(EventKind::kJoined, kNeo, "global");
  host.happen(EventKind::kSessionOpened, kAnn);
  host.happen(EventKind::kUserDeleted, kNeo);
  EXPECT_THAT(host.storage(), SizeIs(1));
  EXPECT_EQ(host.storage().begin()->first, "met:u_ann");
}

TEST(Welcome, GreetsNobodyWhenItCannotBeRemembered) {
  FakeHost host;
  host.fail_next_write(Outcome::kBusy);
  host.happen(EventKind::kSessionOpened, kNeo);
  EXPECT_THAT(host.pushes(), IsEmpty());
  EXPECT_TRUE(host.logged("nobody is greeted"));
}

}  // namespace
