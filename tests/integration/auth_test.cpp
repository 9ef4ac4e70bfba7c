// SPDX-License-Identifier: Apache-2.0
// Coming in: guests, accounts, and what an unknown socket may not do.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class Auth : public SharedServer {};

TEST_F(Auth, GuestIsWelcomedWithEverythingAClientNeeds) {
  Client neo(server().port());
  const auto welcome = neo.enter("Neo");

  const auto& data = welcome.at("data");
  EXPECT_EQ(data.at("v"), 1);
  EXPECT_EQ(data.at("session").get<std::string>().substr(0, 2), "s_");
  EXPECT_EQ(data.at("user").at("id").get<std::string>().substr(0, 2), "g_");
  EXPECT_EQ(data.at("user").at("name"), "Neo");
  EXPECT_EQ(data.at("user").at("kind"), "guest");
  EXPECT_EQ(data.at("seq"), 0);
  EXPECT_EQ(data.at("resumed"), false);
  EXPECT_EQ(data.at("pingMs"), 25000);
  EXPECT_EQ(data.at("limits").at("frame"), 65536);
  EXPECT_EQ(data.at("limits").at("rate"), 30);
  EXPECT_EQ(data.at("limits").at("burst"), 60);
  EXPECT_EQ(data.at("limits").at("inflight"), 64);
  EXPECT_TRUE(data.at("channels").contains("global")) << "channels.default is joined by itself";
  EXPECT_TRUE(data.at("commandsRev").is_number_integer());
  EXPECT_FALSE(data.at("node").get<std::string>().empty());
  EXPECT_FALSE(welcome.contains("seq")) << "welcome is never recoverable";
}

TEST_F(Auth, SubprotocolIsEchoedWhenAsked) {
  Client plain(server().port());
  EXPECT_EQ(plain.upgrade_response().header("sec-websocket-protocol"), "");
  Client asking(server().port(), {.headers = {{"Sec-WebSocket-Protocol", "parley.v1.json"}}});
  EXPECT_EQ(asking.upgrade_response().header("sec-websocket-protocol"), "parley.v1.json");
}

TEST_F(Auth, StrangerMayOnlyPingAndListCommands) {
  Client stranger(server().port());
  EXPECT_EQ(stranger.ask({{"action", "ping"}, {"t", 5}}, 1).at("data").at("t"), 5);
  EXPECT_EQ(stranger.ask({{"action", "commands"}}, 2)["type"], "commands");
  EXPECT_EQ(error_code(stranger.ask(
                {{"action", "sendChat"}, {"channel", "global"}, {"message", "let me in"}}, 3)),
            "unauthorized");
  EXPECT_EQ(error_code(stranger.ask({{"action", "subscribe"}, {"channel", "global"}}, 4)),
            "unauthorized");
}

TEST_F(Auth, InvalidTokenNeverFallsThroughToAGuest) {
  Client liar(server().port());
  auto answer = liar.ask({{"action", "auth"}, {"token", "not.a.token"}, {"guest", "Liar"}}, 1);
  EXPECT_EQ(answer["type"], "error") << answer;
  EXPECT_EQ(error_code(liar.ask({{"action", "presence"}, {"channel", "global"}}, 2)),
            "unauthorized");
}

TEST_F(Auth, InvalidBearerHeaderIs401) {
  const auto response =
      Http::tcp(server().port())
          .raw(upgrade_request(server().port(), "/ws", {{"Authorization", "Bearer not.a.token"}}));
  EXPECT_EQ(response.status, 401) << response.text();
}

TEST_F(Auth, TakenGuestNameIsAConflictWithASuggestion) {
  Client first(server().port());
  first.enter("Trinity");
  Client second(server().port());
  auto answer = second.ask({{"action", "auth"}, {"guest", "TRINITY"}}, 1);
  EXPECT_EQ(error_code(answer), "conflict");
  EXPECT_FALSE(answer["data"].value("suggestion", "").empty()) << answer;
}

TEST_F(Auth, AccountIsMadeLeftAndEnteredAgain) {
  Client morpheus(server().port());
  auto made = morpheus.ask(
      {{"action", "register"}, {"name", "morpheus"}, {"password", "there-is-no-spoon-77"}}, 1);
  ASSERT_EQ(made["type"], "welcome") << made;
  const auto user = made.at("data").at("user").at("id");
  EXPECT_EQ(made.at("data").at("user").at("kind"), "user");
  morpheus.hang_up();

  Client back(server().port());
  EXPECT_EQ(error_code(back.ask(
                {{"action", "login"}, {"name", "morpheus"}, {"password", "a wrong guess"}}, 1)),
            "unauthorized");
  auto again = back.ask(
      {{"action", "login"}, {"name", "Morpheus"}, {"password", "there-is-no-spoon-77"}}, 2);
  ASSERT_EQ(again["type"], "welcome") << again;
  EXPECT_EQ(again.at("data").at("user").at("id"), user);
  EXPECT_FALSE(again.at("data").at("token").get<std::string>().empty());

  Client by_token(server().port());
  auto third = by_token.ask({{"action", "auth"}, {"token", again.at("data").at("token")}}, 1);
  ASSERT_EQ(third["type"], "welcome") << third;
  EXPECT_EQ(third.at("data").at("user").at("id"), user);
}

TEST_F(Auth, PasswordsAndTokensAreInNoLog) {
  const std::string password = "seen-in-a-log-4711";
  Client cypher(server().port());
  auto made = cypher.ask({{"action", "register"}, {"name", "cypher"}, {"password", password}}, 1);
  ASSERT_EQ(made["type"], "welcome") << made;
  cypher.ask({{"action", "login"}, {"name", "cypher"}, {"password", password}}, 2);
  const auto token = made.at("data").value("token", "no token came");

  const auto logs = server().log() + contents(server().state() / "logs/parley.jsonl");
  EXPECT_EQ(logs.find(password), std::string::npos);
  EXPECT_EQ(logs.find(token), std::string::npos);
}

TEST(AuthTimeout, SilentSocketIsClosedWithItsOwnCode) {
  ServerProcess server({.set = {"limits.auth_timeout=1s"}});
  Client silent(server.port());
  silent.expect_close(4408);
}

TEST(AuthGuests, RefusedWhereTheConfigurationSaysSo) {
  ServerProcess server({.set = {"auth.guests=false"}});
  Client neo(server.port());
  auto answer = neo.ask({{"action", "auth"}, {"guest", "Neo"}}, 1);
  EXPECT_EQ(answer["type"], "error") << answer;
  EXPECT_EQ(error_code(neo.ask({{"action", "presence"}, {"channel", "global"}}, 2)),
            "unauthorized");
}

}  // namespace
}  // namespace parley::test
