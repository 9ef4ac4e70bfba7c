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
using parley::testing::FakeAccount;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

namespace {

const Caller kNeo{.id = "u_neo", .name = "Neo"};
const Caller kAnn{.id = "u_ann", .name = "Ann", .session = "s_ann", .locale = "ru"};
const Caller kMod{.id = "u_mod", .name = "Mod", .roles = {"user", "moderator"}, .session = "s_mod"};

HostOptions with_people(std::string config = "{}") {
  return {.config = std::move(config),
          .accounts = {{.user = kNeo}, {.user = kAnn}, {.user = kMod}}};
}

std::string text_of(const parley::testing::Reply& reply) {
  return reply.data()["text"].or_else("");
}

// ---- mutes

TEST(Mute, SilencesSomebodyForAWhileAndTellsThem) {
  FakeHost host(with_people());
  const auto reply =
      host.call("mute", {{"user", "@Neo"}, {"for", "5"}, {"reason", "shouting"}}, kMod);
  EXPECT_EQ(text_of(reply), "Neo is muted for 5 min");
  ASSERT_THAT(host.pushes(), SizeIs(1));
  EXPECT_EQ(host.pushes()[0].frame.data()["text"].or_else(""),
            "A moderator has muted you for 5 min: shouting");
  const auto said = host.say("hello", kNeo);
  EXPECT_TRUE(said.denied);
  EXPECT_EQ(said.code, "muted");
  EXPECT_EQ(said.reason, "you may not write here for 5 min: shouting. A moderator can lift it");
  EXPECT_FALSE(host.say("hello", kAnn).denied);
  host.advance(5min);
  EXPECT_FALSE(host.say("hello", kNeo).denied);
}

// What the last notice said to the person it is about.
std::string told(const FakeHost& host) {
  return host.pushes().empty() ? "" : host.pushes().back().frame.data()["text"].or_else("");
}

TEST(Notices, AreInTheLanguageOfWhomTheyAreAbout) {
  FakeHost host(with_people());
  host.channels()["global"];
  host.happen(EventKind::kSessionOpened, kAnn);
  EXPECT_EQ(text_of(host.call("mute", {{"user", "Ann"}, {"for", "5"}}, kMod)),
            "Ann is muted for 5 min");
  EXPECT_EQ(told(host), "Модератор запретил вам писать (5 мин): причина не указана");
  host.call("ban", {{"user", "Ann"}, {"channel", "global"}, {"reason", "spam"}}, kMod);
  EXPECT_EQ(told(host), "Модератор закрыл вам вход в #global: spam");
}

TEST(Notices, FollowWhatPeopleChoseLast) {
  FakeHost host(with_people());
  host.happen(EventKind::kSessionOpened, kAnn);
  Caller english = kAnn;
  english.locale = "en";
  host.say("hello", english);
  host.call("mute", {{"user", "Ann"}, {"for", "0"}}, kMod);
  EXPECT_THAT(told(host),
              AllOf(HasSubstr("A moderator has muted you"), Not(HasSubstr("Модератор"))));
}

TEST(Notices, ForPeopleNeverSeenAreInTheModeratorsLanguage) {
  FakeHost host(with_people(R"({"languages": 1})"));
  Caller russian = kMod;
  russian.locale = "ru";
  host.call("mute", {{"user", "Neo"}, {"for", "0"}}, russian);
  EXPECT_EQ(told(host), "Модератор запретил вам писать (бессрочно): причина не указана");
  host.happen(EventKind::kSessionOpened, kNeo);
  host.happen(EventKind::kSessionOpened, kAnn);
  host.call("mute", {{"user", "Neo"}, {"for", "0"}}, russian);
  EXPECT_THAT(told(host), HasSubstr("Модератор")) << "Ann has taken the only place";
}

TEST(Notices, OfTheBrakeForFloodsAreInTheReadersLanguage) {
  FakeHost host(with_people(R"({"flood_messages": 1, "flood_mute": 2})"));
  host.say("раз", kAnn);
  EXPECT_THAT(host.say("два", kAnn).reason, HasSubstr("подождите 120 с"));
  EXPECT_THAT(host.say("три", kAnn).reason, HasSubstr("(2 мин): слишком много сообщений"));
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)),
            "Ann is muted for 2 min (by automatic: too many messages)");
}

TEST(Mute, HoldsOverARestart) {
  FakeHost host(with_people());
  host.call("mute", {{"user", "Neo"}, {"for", "0"}}, kMod);
  host.restart();
  host.advance(1000h);
  EXPECT_THAT(host.say("hello", kNeo).reason, HasSubstr("until it is lifted: no reason given"));
}

TEST(Mute, LeavesNothingBehindWhenItHasRunOut) {
  FakeHost host(with_people());
  host.call("mute", {{"user", "Neo"}, {"for", "5"}}, kMod);
  EXPECT_THAT(host.storage(), SizeIs(1));
  host.advance(7min);
  EXPECT_THAT(host.storage(), IsEmpty());
}

TEST(Mute, CanBeLifted) {
  FakeHost host(with_people());
  EXPECT_THAT(host.call("unmute", {{"user", "Neo"}}, kMod).message(), HasSubstr("nothing"));
  host.call("mute", {{"user", "Neo"}}, kMod);
  EXPECT_EQ(text_of(host.call("unmute", {{"user", "Neo"}}, kMod)), "Neo may speak again");
  EXPECT_FALSE(host.say("hello", kNeo).denied);
  EXPECT_THAT(host.storage(), IsEmpty());
}

TEST(Mute, IsNotPromisedWhenItCannotBeStored) {
  FakeHost host(with_people());
  host.fail_next_write(Outcome::kBusy);
  EXPECT_TRUE(host.call("mute", {{"user", "Neo"}}, kMod).failed());
  EXPECT_FALSE(host.say("hello", kNeo).denied);
  EXPECT_THAT(host.pushes(), IsEmpty());
}

TEST(Mute, KeepsTheFormerOneWhenAnotherCannotBeStored) {
  FakeHost host(with_people());
  host.call("mute", {{"user", "Neo"}, {"for", "60"}}, kMod);
  host.fail_next_write(Outcome::kBusy);
  host.call("mute", {{"user", "Neo"}, {"for", "1"}}, kMod);
  host.advance(30min);
  EXPECT_TRUE(host.say("hello", kNeo).denied);
}

TEST(Mute, IsForModeratorsAndNotAgainstThem) {
  FakeHost host(with_people());
  EXPECT_EQ(host.call("mute", {{"user", "Ann"}}, kNeo).code(), "forbidden");
  EXPECT_EQ(host.call("mute", {{"user", "Mod"}}, kMod).code(), "forbidden");
  EXPECT_EQ(host.call("mute", {{"user", "Nobody"}}, kMod).code(), "not_found");
  EXPECT_EQ(host.call("mute", {{"user", "Neo"}, {"for", "-1"}}, kMod).code(), "invalid_args");
}

TEST(Mute, HasALimit) {
  FakeHost host(with_people(R"({"sanctions": 1})"));
  host.call("mute", {{"user", "Neo"}}, kMod);
  EXPECT_EQ(host.call("mute", {{"user", "Ann"}}, kMod).code(), "limit");
  EXPECT_FALSE(host.call("mute", {{"user", "Neo"}, {"for", "1"}}, kMod).failed()) << "a change";
}

// ---- bans

TEST(Ban, SendsSomebodyOutAndKeepsThemOut) {
  FakeHost host(with_people());
  host.channels()["global"].members = {"u_neo", "u_ann"};
  EXPECT_EQ(text_of(host.call("ban", {{"user", "Neo"}, {"channel", "#global"}}, kMod)),
            "Neo is banned from #global");
  EXPECT_THAT(host.channels()["global"].members, Not(Contains("u_neo")));
  EXPECT_EQ(host.say("hello", kNeo).code, "forbidden");
  EXPECT_FALSE(host.say("hello", kNeo, "elsewhere").denied);
  EXPECT_EQ(host.bans().at({"global", "u_neo"}).by, "Mod");
  EXPECT_THAT(host.storage(), IsEmpty()) << "it is the server's";
}

TEST(Ban, IsNotPromisedWhenItCannotBeStored) {
  FakeHost host(with_people());
  host.channels()["global"];
  host.fail_next_write(Outcome::kBusy);
  EXPECT_TRUE(host.call("ban", {{"user", "Neo"}, {"channel", "global"}}, kMod).failed());
  EXPECT_FALSE(host.say("hello", kNeo).denied);
  EXPECT_THAT(host.pushes(), IsEmpty());
}

TEST(Ban, BeyondWhatTheServerKeepsIsRefused) {
  FakeHost host(with_people());
  host.channels()["global"];
  host.fail_next_write(Outcome::kLimit);
  const auto reply = host.call("ban", {{"user", "Neo"}, {"channel", "global"}}, kMod);
  EXPECT_EQ(reply.code(), "limit");
  EXPECT_THAT(reply.message(), HasSubstr("/unban"));
}

TEST(Ban, IsNotAgainstModerators) {
  FakeHost host(with_people());
  host.channels()["global"];
  EXPECT_EQ(host.call("ban", {{"user", "Mod"}, {"channel", "global"}}, kMod).code(), "forbidden");
  EXPECT_EQ(host.call("ban", {{"user", "Mod"}, {"channel", "global"}}, kNeo).code(), "forbidden");
  EXPECT_THAT(host.bans(), IsEmpty());
}

TEST(Ban, CanBeLifted) {
  FakeHost host(with_people());
  host.channels()["global"];
  host.call("ban", {{"user", "Neo"}, {"channel", "global"}}, kMod);
  EXPECT_EQ(host.call("unban", {{"user", "Neo"}, {"channel", "other"}}, kMod).code(), "not_found");
  EXPECT_FALSE(host.call("unban", {{"user", "Neo"}, {"channel", "global"}}, kMod).failed());
  EXPECT_FALSE(host.say("hello", kNeo).denied);
}

// Said in a channel, as a slash line is.
const Caller& in_lab() {
  static const Caller mod = [] {
    Caller here = kMod;
    here.channel = "lab";
    return here;
  }();
  return mod;
}

TEST(Ban, IsFromWhereItIsSaidUnlessAChannelIsNamed) {
  FakeHost host(with_people());
  host.channels()["lab"].members = {"u_neo"};
  host.channels()["global"];
  EXPECT_EQ(text_of(host.call("ban", {{"user", "Neo"}}, in_lab())), "Neo is banned from #lab");
  EXPECT_EQ(text_of(host.call("ban", {{"user", "Neo"}, {"channel", "#global"}}, in_lab())),
            "Neo is banned from #global");
  EXPECT_EQ(text_of(host.call("unban", {{"user", "Neo"}}, in_lab())), "Neo may come to #lab again");
  EXPECT_EQ(host.call("ban", {{"user", "Neo"}}, kMod).message(),
            "say which channel: /ban Neo #channel");
}

TEST(Ban, FromAChannelThatIsNotThereIsRefused) {
  FakeHost host(with_people());
  const auto reply = host.call("ban", {{"user", "Neo"}, {"channel", "rude"}}, in_lab());
  EXPECT_EQ(reply.code(), "not_found");
  EXPECT_THAT(reply.message(), HasSubstr("there is no channel rude"));
  EXPECT_THAT(host.storage(), IsEmpty());
  host.channels()["dm:u_ann:u_mod"];
  EXPECT_EQ(host.call("ban", {{"user", "Ann"}, {"channel", "dm:u_ann:u_mod"}}, kMod).code(),
            "invalid_args");
}

TEST(Ban, EndsWhenItsTimeIsOver) {
  FakeHost host(with_people());
  host.channels()["lab"].members = {"u_neo"};
  const auto reply =
      host.call("ban", {{"user", "Neo"}, {"for", "2h"}, {"reason", "very rude"}}, in_lab());
  EXPECT_EQ(text_of(reply), "Neo is banned from #lab for 2 h");
  EXPECT_EQ(told(host), "A moderator has sent you out of #lab for 2 h: very rude");
  host.advance(30min);
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)),
            "Neo is banned from #lab for 1 h 30 min (by Mod: very rude)");
  host.restart();
  EXPECT_TRUE(host.say("hello", kNeo, "lab").denied);
  host.advance(92min);
  EXPECT_FALSE(host.say("hello", kNeo, "lab").denied);
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)), "Nobody is muted or banned");
}

TEST(Ban, OfAnEarlierVersionIsHandedToTheServer) {
  FakeHost host(with_people());
  host.storage()["ban:u_neo:global"] = R"({"name":"Neo","by":"Mod","reason":"rude"})";
  host.storage()["ban:u_ann:shop:market"] = R"({"name":"Ann","by":"Mod","reason":"","until":1})";
  host.storage()["ban:u_gone:global"] = R"({"name":"Gone","by":"Mod","reason":""})";
  host.restart();
  EXPECT_THAT(host.storage(), IsEmpty());
  EXPECT_THAT(host.bans(), SizeIs(1));
  host.advance(1000h);
  EXPECT_TRUE(host.say("hello", kNeo).denied);
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)), "Neo is banned from #global (by Mod: rude)");
}

TEST(Ban, OfAnEarlierVersionStaysUntilItIsHandedOver) {
  FakeHost host(with_people());
  host.storage()["ban:u_neo:global"] = R"({"name":"Neo","by":"Mod","reason":"rude"})";
  host.fail_next_write(Outcome::kBusy);
  host.restart();
  EXPECT_THAT(host.storage(), SizeIs(1));
  host.restart();
  EXPECT_THAT(host.storage(), IsEmpty());
  EXPECT_THAT(host.bans(), SizeIs(1));
}

TEST(Terms, AreWrittenAsForReminders) {
  FakeHost host(with_people());
  const auto muted = [&](const char* span) {
    return text_of(host.call("mute", {{"user", "Neo"}, {"for", span}}, in_lab()));
  };
  EXPECT_EQ(muted("10"), "Neo is muted for 10 min");
  EXPECT_EQ(muted("10m"), "Neo is muted for 10 min");
  EXPECT_EQ(muted("2h"), "Neo is muted for 2 h");
  EXPECT_EQ(muted("1д"), "Neo is muted for 1 d");
  EXPECT_EQ(muted("0"), "Neo is muted until it is lifted");
  EXPECT_EQ(text_of(host.call("mute", {{"user", "Neo"}}, in_lab())), "Neo is muted for 10 min");
  host.channels()["lab"];
  for (const char* wrong : {"10x", "400d", "1.5h", "shouting", "lab"}) {
    EXPECT_THAT(host.call("mute", {{"user", "Neo"}, {"for", wrong}}, in_lab()).message(),
                HasSubstr("the time as 10m"))
        << wrong;
    EXPECT_THAT(host.call("ban", {{"user", "Neo"}, {"for", wrong}}, in_lab()).message(),
                HasSubstr("another channel with its #"))
        << wrong;
  }
}

TEST(Sanctions, AreListedWithWhoAndWhy) {
  FakeHost host(with_people());
  host.channels()["global"];
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)), "Nobody is muted or banned");
  host.call("mute", {{"user", "Neo"}, {"for", "5"}, {"reason", "shouting"}}, kMod);
  host.call("ban", {{"user", "Ann"}, {"channel", "global"}}, kMod);
  EXPECT_EQ(text_of(host.call("sanctions", {}, kMod)),
            "Ann is banned from #global (by Mod: no reason given)\n"
            "Neo is muted for 5 min (by Mod: shouting)");
  EXPECT_EQ(host.call("sanctions", {}, kNeo).code(), "forbidden");
}

TEST(Sanctions, EndWithTheAccount) {
  FakeHost host(with_people());
  host.channels()["global"];
  host.call("mute", {{"user", "Neo"}}, kMod);
  host.call("mute", {{"user", "Ann"}}, kMod);
  host.happen(EventKind::kUserDeleted, kNeo);
  EXPECT_THAT(host.storage(), SizeIs(1));
}

// ---- words and floods

TEST(Words, AreStarred) {
  FakeHost host(with_people(R"({"words": ["darn"]})"));
  EXPECT_EQ(host.say("Darn it", kNeo).text, "**** it");
  EXPECT_EQ(host.say("Darn it", kMod).text, "Darn it") << "moderators may quote them";
}

TEST(Words, AreRefusedWhereTheOperatorSaysSo) {
  FakeHost host(with_people(R"({"words": ["чёрт*"], "on_word": "deny"})"));
  const auto said = host.say("ну чёрт возьми", kAnn);
  EXPECT_EQ(said.code, "words");
  EXPECT_THAT(said.reason, HasSubstr("скажите иначе"));
}

TEST(Words, ChangeWhileItRuns) {
  FakeHost host(with_people());
  EXPECT_EQ(host.say("darn", kNeo).text, "darn");
  ASSERT_EQ(host.change_config(R"({"words": ["darn"]})"), std::nullopt);
  EXPECT_EQ(host.say("darn", kNeo).text, "****");
}

TEST(Flood, IsBraked) {
  FakeHost host(with_people(R"({"flood_messages": 3, "flood_seconds": 10})"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(host.say("spam", kNeo).denied);
  const auto said = host.say("spam", kNeo);
  EXPECT_EQ(said.code, "flood");
  EXPECT_THAT(said.reason, HasSubstr("wait 10 s"));
  EXPECT_FALSE(host.say("hello", kAnn).denied);
  host.advance(10s);
  EXPECT_FALSE(host.say("sorry", kNeo).denied);
}

TEST(Flood, MutesWhereTheOperatorSaysSo) {
  FakeHost host(with_people(R"({"flood_messages": 1, "flood_mute": 2})"));
  host.say("one", kNeo);
  EXPECT_EQ(host.say("two", kNeo).code, "flood");
  host.advance(11s);
  EXPECT_THAT(host.say("three", kNeo).reason, HasSubstr("for 2 min: too many messages"));
  EXPECT_THAT(text_of(host.call("sanctions", {}, kMod)), HasSubstr("by automatic"));
}

}  // namespace
