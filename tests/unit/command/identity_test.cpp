// SPDX-License-Identifier: Apache-2.0
// Who a connection speaks for: before authentication, guests, tokens, changes of identity.
#include "command/identity.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

std::shared_ptr<const users::User> account(const char* id, const char* name) {
  return std::make_shared<const users::User>(users::User{id, name, "user", {"user"}});
}

TEST(IdentityTest, BeforeAuthenticationOnlyAFewCommandsPass) {
  World world;
  auto& stranger = world.connect();
  EXPECT_THAT(world.say(stranger, R"({"action":"echo","id":1})"),
              AllOf(error("unauthorized"), HasSubstr("\"id\":1")));
  EXPECT_THAT(world.say(stranger, R"({"action":"nonsense","id":1})"), error("unauthorized"));
  EXPECT_THAT(world.say(stranger, R"({"action":"history","id":1})"), error("unauthorized"));
  EXPECT_THAT(world.say(stranger, R"({"action":"ping","id":2})"), HasSubstr("pong"));
  EXPECT_THAT(world.say(stranger, R"({"action":"commands","id":3})"),
              AllOf(HasSubstr("echoAnonymous"), Not(HasSubstr("\"echo\""))));
  EXPECT_THAT(world.say(stranger, R"({"action":"resume","id":4,"session":"s_1","resume":"r"})"),
              error("unauthorized"));
  EXPECT_EQ(world.say(stranger, R"({"action":"echoAnonymous","id":5,"name":"x"})"),
            R"({"id":5,"type":"echoed","data":{"name":"x"}})");
}

TEST(IdentityTest, AGuestIsWelcomed) {
  World world;
  auto& neo = world.connect();
  const auto welcome = world.say(
      neo, R"({"action":"auth","id":1,"guest":"Neo","client":{"name":"web","locale":"ru-RU"}})");
  EXPECT_THAT(welcome, AllOf(StartsWith(R"({"id":1,"type":"welcome","data":{"v":1,"session":"s_)"),
                             HasSubstr(R"("name":"Neo","kind":"guest")"),
                             HasSubstr(R"("channels":{"global":)"), HasSubstr(R"("commandsRev":2)"),
                             HasSubstr(R"("resume":"r_)")));
  EXPECT_EQ(world.session_of(neo)->locale(), "ru");
  EXPECT_EQ(world.session_of(neo)->client().name, "web");
  EXPECT_EQ(world.dispatcher.stats().unauthenticated, 0u);
}

TEST(IdentityTest, ANameThatIsTakenComesWithAProposal) {
  World world;
  world.enter("Neo");
  auto& other = world.connect();
  EXPECT_THAT(world.say(other, R"({"action":"auth","id":1,"guest":"neo"})"),
              AllOf(error("conflict"), HasSubstr("\"suggestion\":\"")));
  EXPECT_EQ(other.peer->session(), nullptr);
}

TEST(IdentityTest, ExactlyOneCredential) {
  World world;
  auto& neo = world.connect();
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":1})"), error("invalid_args"));
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":1,"guest":"Neo","token":"x"})"),
              error("invalid_args"));
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":1,"token":"x"})"), error("unauthorized"));
  EXPECT_EQ(neo.peer->session(), nullptr);
  EXPECT_EQ(neo.link.close_code, 0);
}

TEST(IdentityTest, ATokenOfSomeoneWhoIsGoneIsUnauthorized) {
  World world;
  auto ring = World::key_ring();
  const auto token = ring.make("u_gone", world.clock.wall_ms(), Millis(900'000)).value();
  auto& neo = world.connect();
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":1,"token":")" + token + "\"}"),
              error("unauthorized"));
}

TEST(IdentityTest, ASecondIdentityNeedsALogoutFirst) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":2,"guest":"Other"})"), error("conflict"));
}

// A plugin's command knows nothing of it.
TEST(IdentityTest, WhoeverLogsInMaySayWithWhatProgram) {
  World world;
  auto& neo = world.connect();
  world.say(neo, R"({"action":"login","id":1,"data":{"password":"trinity",)"
                 R"("client":{"name":"phone","version":"2.1","locale":"ru"}}})");
  auto login = std::move(world.target->held.at(0));
  EXPECT_EQ(login->raw_json.find("phone"), std::string::npos);
  world.dispatcher.identity().sign_in(login->call, {.user = account("u_1", "Neo")});
  world.dispatcher.returned(login->call);
  world.run();
  ASSERT_NE(world.session_of(neo), nullptr);
  EXPECT_EQ(world.session_of(neo)->client().name, "phone");
  EXPECT_EQ(world.session_of(neo)->client().version, "2.1");
  EXPECT_EQ(world.session_of(neo)->locale(), "ru");
}

TEST(IdentityTest, WhatAProgramSaysOfItselfIsCutBetweenCharacters) {
  World world;
  std::string name;
  for (int i = 0; i < 40; ++i) name += "ы";
  auto& neo = world.connect();
  world.say(neo, R"({"action":"auth","id":1,"guest":"Neo","client":{"name":"x)" + name + "\"}}");
  EXPECT_EQ(world.session_of(neo)->client().name, "x" + name.substr(0, 62));
  auto& other = world.connect();
  EXPECT_THAT(world.say(other, R"({"action":"auth","id":1,"guest":"Smith","client":7})"),
              HasSubstr("welcome"));
}

TEST(IdentityTest, AGuestsNameIsFreeOnceItHasLoggedOut) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  world.dispatcher.identity().sign_out(world.target->last);
  world.dispatcher.returned(world.target->last);
  world.run();
  auto& other = world.connect(1);
  EXPECT_THAT(world.say(other, R"({"action":"auth","id":1,"guest":"Neo"})"), HasSubstr("welcome"));
}

TEST(IdentityTest, AGuestsNameIsFreeOnceItIsSomebodyElse) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"login","id":4,"password":"trinity"})");
  auto login = std::move(world.target->held.at(0));
  world.dispatcher.identity().sign_in(login->call, {.user = account("u_1", "Trinity")});
  world.dispatcher.returned(login->call);
  world.run();
  auto& other = world.connect();
  EXPECT_THAT(world.say(other, R"({"action":"auth","id":1,"guest":"Neo"})"), HasSubstr("welcome"));
}

TEST(IdentityTest, LoggingInReplacesTheGuestsSession) {
  World world;
  auto& neo = world.enter("Neo");
  const auto guest_id = world.session_of(neo)->user()->id;
  const auto old_key = world.session_of(neo)->key();
  world.say(neo, R"({"action":"hold","id":3})");
  world.say(neo, R"({"action":"login","id":4,"password":"trinity"})");
  auto held = std::move(world.target->held.at(0));
  world.dispatcher.returned(held->call);
  world.run();
  auto login = std::move(world.target->held.at(1));
  neo.frames().clear();
  world.dispatcher.identity().sign_in(
      login->call, {.user = account("u_1", "Neo"), .extra_json = R"({"token":"t"})"});
  world.dispatcher.returned(login->call);
  world.run();
  EXPECT_THAT(neo.frames(),
              ElementsAre(AllOf(StartsWith(R"({"id":4,"type":"welcome")"),
                                HasSubstr(R"("id":"u_1")"), HasSubstr(R"("token":"t")"))));
  EXPECT_NE(world.session_of(neo)->key(), old_key);
  EXPECT_EQ(world.sessions.count(), 1u);
  EXPECT_EQ(world.sessions.count_of(guest_id), 0u);
  EXPECT_EQ(world.dispatcher.replies().ok(held->call), ReplyResult::kSent);
  world.run();
  EXPECT_EQ(neo.frames().size(), 1u);
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":3})"),
              HasSubstr(R"({"id":3,"seq":1,"type":"echoed")"));
}

TEST(IdentityTest, LoggingInBeforeThereIsASession) {
  World world;
  auto& neo = world.connect();
  world.say(neo, R"({"action":"login","id":1,"password":"x"})");
  auto login = std::move(world.target->held.at(0));
  EXPECT_EQ(login->user, nullptr);
  world.dispatcher.identity().sign_in(login->call, {.user = account("u_1", "Neo")});
  world.dispatcher.returned(login->call);
  world.run();
  EXPECT_THAT(neo.last(), StartsWith(R"({"id":1,"type":"welcome")"));
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":1})"), HasSubstr("echoed"));
}

TEST(IdentityTest, SigningOutLeavesTheConnectionOpen) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":1})");
  auto logout = std::move(world.target->held.at(0));
  world.dispatcher.identity().sign_out(logout->call);
  world.dispatcher.returned(logout->call);
  world.run();
  EXPECT_THAT(neo.last(), HasSubstr(R"("id":1)"));
  EXPECT_EQ(world.session_of(neo), nullptr);
  EXPECT_EQ(world.sessions.count(), 0u);
  EXPECT_THAT(world.say(neo, R"({"action":"echo","id":2})"), error("unauthorized"));
  EXPECT_THAT(world.say(neo, R"({"action":"auth","id":3,"guest":"Morpheus"})"),
              HasSubstr("welcome"));
}

class SigningOutTest : public testing::Test {
 protected:
  // Two commands that are answered later; the second one is the logout.
  SigningOutTest() {
    for (const char* id : {"1", "2"}) {
      world_.say(neo_, R"({"action":"hold","id":)" + std::string(id) + "}");
      world_.dispatcher.replies().defer(world_.target->last);
      world_.dispatcher.returned(world_.target->last);
      world_.run();
    }
    world_.dispatcher.identity().sign_out(call(1));
    world_.run();
  }
  CallId call(std::size_t index) { return world_.target->held.at(index)->call; }

  World world_;
  World::Client& neo_ = world_.enter("Neo");
};

TEST_F(SigningOutTest, ComesAfterTheAnswersOfWhatWasSentBefore) {
  EXPECT_THAT(neo_.frames(), testing::IsEmpty());
  EXPECT_THAT(world_.say(neo_, R"({"action":"echo","id":3})"), "") << "nothing new begins";
  world_.dispatcher.replies().ok(call(0));
  world_.run();
  EXPECT_THAT(neo_.frames(), ElementsAre(HasSubstr(R"("id":1,)"), HasSubstr(R"("id":2,)")));
  EXPECT_EQ(world_.session_of(neo_), nullptr);
  EXPECT_EQ(world_.target->order.back(), "hold");
}

TEST_F(SigningOutTest, DoesNotWaitForever) {
  world_.clock.advance(world_.config.plugins.limits.hard_budget);
  world_.tick(neo_);
  EXPECT_THAT(neo_.frames(), ElementsAre(HasSubstr(R"("id":2,)")));
  EXPECT_EQ(world_.session_of(neo_), nullptr);
}

TEST_F(SigningOutTest, IsDoneWhenTheSessionEndsMeanwhile) {
  EXPECT_TRUE(world_.sessions.kick_id(world_.session_of(neo_)->id(), 4504, "out"));
  world_.run();
  world_.tick(neo_);
  EXPECT_TRUE(world_.dispatcher.replies().ok(call(1)) == ReplyResult::kStale);
  EXPECT_EQ(world_.sessions.count(), 0u);
}

TEST(IdentityTest, ACredentialInTheUpgradeIsWelcomedWithoutId) {
  World world;
  auto& neo = world.connect();
  world.on(neo, [&] {
    EXPECT_TRUE(world.dispatcher.identity().sign_in(
        *neo.peer, {.user = account("u_1", "Neo"),
                    .credential = {.expires_at = world.clock.wall_ms() + 900'000}}));
  });
  world.run();
  EXPECT_THAT(neo.last(),
              AllOf(StartsWith(R"({"type":"welcome")"), HasSubstr(R"("expiresIn":900)")));
}

TEST(IdentityTest, TooManyConnectionsOfOneUserAreClosed) {
  config::Config config;
  config.limits.connections_per_user = 1;
  World world(config);
  auto& first = world.connect();
  auto& second = world.connect(1);
  world.on(first, [&] {
    EXPECT_TRUE(world.dispatcher.identity().sign_in(*first.peer, {.user = account("u_1", "Neo")}));
  });
  world.on(second, [&] {
    EXPECT_FALSE(
        world.dispatcher.identity().sign_in(*second.peer, {.user = account("u_1", "Neo")}));
  });
  EXPECT_EQ(second.link.close_code, 4505);
  EXPECT_EQ(first.link.close_code, 0);
}

TEST(IdentityTest, AKickedSessionLeavesNoTrace) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_TRUE(world.sessions.kick_id(world.session_of(neo)->id(), 4504, "out"));
  world.run();
  EXPECT_EQ(neo.link.close_code, 4504);
  EXPECT_EQ(neo.peer->session(), nullptr);
  world.close(neo);
  world.run();
}

TEST(IdentityTest, AGuestsNameIsFreeAgainAfterTheConnectionWentDuringSignIn) {
  World world;
  auto& neo = world.connect();
  int left = 0;
  world.dispatcher.identity().on_left([&](const users::User& user) {
    EXPECT_EQ(user.name, "Neo");
    ++left;
  });
  world.feed(neo, R"({"action":"auth","id":1,"guest":"Neo"})");
  world.close(neo);
  world.run();
  EXPECT_EQ(left, 1);
  EXPECT_EQ(world.sessions.count(), 0u);
}

TEST(IdentityTest, WhoeverDoesNotAuthenticateIsClosedInTime) {
  World world;
  auto& silent = world.connect();
  auto& person = world.connect();
  auto& neo = world.enter("Neo");
  world.say(person, R"({"action":"commands"})");
  world.clock.advance(Millis(9'999));
  world.tick(silent);
  EXPECT_EQ(silent.link.close_code, 0);
  world.clock.advance(Millis(1));
  world.tick(silent);
  EXPECT_EQ(silent.link.close_code, 4408);
  EXPECT_EQ(person.link.close_code, 0);
  world.clock.advance(Millis(110'000));
  world.tick(silent);
  EXPECT_EQ(person.link.close_code, 4408);
  EXPECT_EQ(neo.link.close_code, 0);
}

}  // namespace
}  // namespace parley::command
