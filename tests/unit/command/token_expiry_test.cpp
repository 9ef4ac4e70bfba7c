// SPDX-License-Identifier: Apache-2.0
// A token's end on a live connection: told, asked again, closed; and its renewal.
#include "command/token_expiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr Millis kLife{900'000};

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

class TokenExpiryTest : public testing::Test {
 protected:
  std::string add_user(const char* id, const char* name) {
    storage::UserRecord user;
    user.id = id;
    user.name = user.skeleton = name;
    user.roles = {"user"};
    EXPECT_TRUE(world_.disk.store->write_blocking(
        [&](storage::Writer& writer) { return writer.insert_user(user); }));
    return id;
  }
  std::string token(const std::string& user, Millis life = kLife) {
    return World::key_ring().make(user, world_.clock.wall_ms(), life).value();
  }
  std::string auth(const std::string& token) {
    return R"({"action":"auth","id":9,"token":")" + token + "\"}";
  }
  World::Client& enter(const std::string& user, Millis life = kLife) {
    auto& client = world_.connect();
    EXPECT_THAT(world_.say(client, auth(token(user, life))), HasSubstr("welcome"));
    world_.tick(client);
    client.frames().clear();
    return client;
  }
  void pass(World::Client& client, Millis time) {
    world_.clock.advance(time);
    client.frames().clear();
    world_.tick(client);
  }

  World world_;
  const std::string neo_id_ = add_user("u_neo", "neo");
};

TEST_F(TokenExpiryTest, AClientIsToldAMinuteBeforeAndOnce) {
  auto& neo = enter(neo_id_);
  pass(neo, kLife - Millis(60'001));
  EXPECT_THAT(neo.frames(), IsEmpty());
  pass(neo, Millis(1));
  EXPECT_THAT(neo.frames(), ElementsAre(R"({"type":"expiring","data":{"inMs":60000}})"));
  pass(neo, Millis(30'000));
  EXPECT_THAT(neo.frames(), IsEmpty());
}

TEST_F(TokenExpiryTest, AShortTokenIsToldAtOnce) {
  auto& neo = world_.connect();
  world_.say(neo, auth(token(neo_id_, Millis(20'000))));
  pass(neo, Millis(1'000));
  EXPECT_THAT(neo.frames(), ElementsAre(R"({"type":"expiring","data":{"inMs":19000}})"));
}

TEST_F(TokenExpiryTest, AfterTheEndOnlyAuthPasses) {
  auto& neo = enter(neo_id_);
  pass(neo, kLife);
  EXPECT_THAT(world_.say(neo, R"({"action":"echo","id":1})"), error("token_expired"));
  EXPECT_THAT(world_.say(neo, R"({"action":"ping","id":2})"), error("token_expired"));
  EXPECT_EQ(neo.link.close_code, 0);
  pass(neo, Millis(24'999));
  EXPECT_EQ(neo.link.close_code, 0);
  pass(neo, Millis(1));
  EXPECT_EQ(neo.link.close_code, 4502);
  EXPECT_EQ(world_.dispatcher.stats().expired, 1u);
}

TEST_F(TokenExpiryTest, ANewTokenTakesThePlaceOfTheOld) {
  auto& neo = enter(neo_id_);
  const auto session = world_.session_of(neo)->id();
  pass(neo, kLife + Millis(10'000));
  const auto welcome = world_.say(neo, auth(token(neo_id_)));
  EXPECT_THAT(welcome, AllOf(StartsWith(R"({"id":9,"type":"welcome")"), HasSubstr(session),
                             HasSubstr(R"("resumed":true)"), HasSubstr(R"("expiresIn":900)"),
                             HasSubstr(R"("global":)")));
  EXPECT_THAT(world_.say(neo, R"({"action":"echo","id":1})"), HasSubstr("echoed"));
  pass(neo, Millis(25'000));
  EXPECT_EQ(neo.link.close_code, 0) << "the old token's end is forgotten";
  pass(neo, kLife - Millis(25'000));
  EXPECT_THAT(neo.frames(), ElementsAre(HasSubstr("expiring"))) << "and the new one's is told";
}

TEST_F(TokenExpiryTest, AnotherUsersTokenIsAConflict) {
  auto& neo = enter(neo_id_);
  const auto other = add_user("u_smith", "smith");
  EXPECT_THAT(world_.say(neo, auth(token(other))), error("conflict"));
  EXPECT_EQ(world_.session_of(neo)->user()->id, neo_id_);
  pass(neo, kLife + Millis(25'000));
  EXPECT_EQ(neo.link.close_code, 4502) << "and nothing was renewed";
}

TEST_F(TokenExpiryTest, ABadTokenLeavesTheSessionAsItIs) {
  auto& neo = enter(neo_id_);
  EXPECT_THAT(world_.say(neo, auth("x.y.z")), error("unauthorized"));
  EXPECT_THAT(world_.say(neo, R"({"action":"echo","id":1})"), HasSubstr("echoed"));
}

TEST_F(TokenExpiryTest, AWithdrawnKeyEndsWhatItOpened) {
  auto& neo = enter(neo_id_);
  const auto withdraw = [&] {
    world_.on(neo, [&] { world_.dispatcher.identity().withdraw(*world_.session_of(neo)); });
  };
  withdraw();
  pass(neo, Millis(1));
  EXPECT_THAT(neo.frames(), ElementsAre(R"({"type":"expiring","data":{"inMs":0}})"));
  EXPECT_THAT(world_.say(neo, R"({"action":"echo","id":1})"), error("token_expired"));
  pass(neo, Millis(24'000));
  EXPECT_EQ(neo.link.close_code, 0);
  EXPECT_THAT(world_.say(neo, auth(token(neo_id_))), HasSubstr("welcome"))
      << "a token of a key that is there";
  pass(neo, Millis(25'000));
  EXPECT_EQ(neo.link.close_code, 0);
  withdraw();
  pass(neo, Millis(25'000));
  EXPECT_EQ(neo.link.close_code, 4502);
}

TEST_F(TokenExpiryTest, AWithdrawnKeyEndsForGoodWhoWaitsForTheirClient) {
  auto& neo = enter(neo_id_);
  auto* session = world_.session_of(neo);
  const auto id = session->id();
  world_.close(neo);
  world_.run();
  world_.on(neo, [&] { world_.dispatcher.identity().withdraw(*session); });
  world_.run();
  EXPECT_EQ(world_.sessions.count(), 0u);
  EXPECT_FALSE(world_.disk.store->read_blocking([&](storage::Reader& r) { return r.session(id); }));
}

TEST_F(TokenExpiryTest, AWithdrawnKeyResumesNothing) {
  auto& neo = world_.connect();
  const auto welcome = world_.say(neo, auth(token(neo_id_)));
  const auto from = welcome.find("r_");
  const auto secret = welcome.substr(from, welcome.find('"', from) - from);
  const auto resume = R"({"action":"resume","id":1,"session":")" + world_.session_of(neo)->id() +
                      R"(","resume":")" + secret + "\"}";
  world_.close(neo);
  world_.run();
  users::KeyRing other;
  ASSERT_TRUE(other.add({.kid = "test", .secret = std::string(32, 'n')}).is_ok());
  world_.tokens.replace_keys(std::move(other));
  auto& again = world_.connect();
  EXPECT_THAT(world_.say(again, resume), error("unauthorized"));
  world_.tokens.replace_keys(World::key_ring());
  EXPECT_THAT(world_.say(again, resume), HasSubstr(R"("resumed":true)")) << "it was the key alone";
}

TEST_F(TokenExpiryTest, AGuestHasNoTokenToRunOut) {
  auto& guest = world_.enter("Visitor");
  pass(guest, Millis(30LL * 24 * 3600 * 1000));
  EXPECT_THAT(guest.frames(), IsEmpty());
  EXPECT_EQ(guest.link.close_code, 0);
}

TEST_F(TokenExpiryTest, ARefreshTokenRenewsALiveSession) {
  std::string refresh, foreign;
  const auto issue = [&](const std::string& user, std::string& into) {
    world_.tokens.issue(
        user, [&](const Result<users::IssuedTokens>& issued) { into = issued.value().refresh; });
    world_.run();
  };
  issue(neo_id_, refresh);
  issue(add_user("u_smith", "smith"), foreign);
  const auto with = [](const std::string& token) {
    return R"({"action":"auth","id":9,"refresh":")" + token + "\"}";
  };
  auto& neo = enter(neo_id_);
  EXPECT_THAT(world_.say(neo, with(foreign)), error("conflict"));
  EXPECT_THAT(world_.say(neo, with(refresh)),
              AllOf(HasSubstr(R"("resumed":true)"), HasSubstr(R"("token":")"),
                    HasSubstr(R"("refresh":"f_)")));
  auto& smith = world_.connect();
  EXPECT_THAT(world_.say(smith, with(foreign)), HasSubstr("welcome")) << "it was not used up";
}

TEST_F(TokenExpiryTest, LoggingOutEndsTheWholeLogin) {
  users::IssuedTokens issued;
  world_.tokens.issue(neo_id_,
                      [&](const Result<users::IssuedTokens>& done) { issued = done.value(); });
  world_.run();
  auto& neo = world_.connect();
  world_.say(neo, auth(issued.access));
  world_.say(neo, R"({"action":"hold","id":1})");
  world_.dispatcher.identity().sign_out(world_.target->last);
  world_.dispatcher.returned(world_.target->last);
  world_.run();
  EXPECT_EQ(neo.link.close_code, 0);
  EXPECT_THAT(world_.say(neo, auth(issued.access)), error("token_revoked"));
  EXPECT_THAT(world_.say(neo, R"({"action":"auth","id":9,"refresh":")" + issued.refresh + "\"}"),
              error("unauthorized"));
}

}  // namespace
}  // namespace parley::command
