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

// What a person's own page holds after logging in.
Json make_account(std::uint16_t port, const std::string& name) {
  Client client(port);
  auto made =
      client.ask({{"action", "register"}, {"name", name}, {"password", "there-is-no-spoon-77"}}, 1);
  EXPECT_EQ(made["type"], "welcome") << made;
  return made.at("data");
}

std::string buy_ticket(std::uint16_t port, const Json& account, const Headers& headers = {}) {
  Headers all{{"Authorization", "Bearer " + account.at("token").get<std::string>()}};
  all.insert(all.end(), headers.begin(), headers.end());
  const auto bought = Http::tcp(port).post("/api/v1/tickets", Json::object(), all);
  EXPECT_EQ(bought.status, 201) << bought.text();
  EXPECT_EQ(bought.header("cache-control"), "no-store");
  EXPECT_EQ(bought.json().at("expiresIn"), 30);
  return bought.json().at("ticket");
}

TEST_F(Auth, ATicketOpensOneConnection) {
  const auto account = make_account(server().port(), "ticketholder");
  const auto ticket = buy_ticket(server().port(), account);
  Client first(server().port(), {.path = "/ws?ticket=" + ticket});
  const auto welcome = first.read();
  EXPECT_EQ(welcome["type"], "welcome") << welcome;
  EXPECT_FALSE(welcome.contains("id"));
  EXPECT_EQ(welcome.at("data").at("user").at("id"), account.at("user").at("id"));
  Client second(server().port(), {.path = "/ws?ticket=" + ticket});
  second.expect_close(4500);
  Client third(server().port(), {.path = "/ws?ticket=t_invented"});
  third.expect_close(4500);
}

TEST_F(Auth, ATicketBelongsToTheOriginItWasBoughtFrom) {
  const auto port = server().port();
  const auto account = make_account(port, "originbound");
  const Headers own{{"Origin", "http://127.0.0.1:" + std::to_string(port)}};
  const auto for_program = buy_ticket(port, account);
  Client page(port, {.path = "/ws?ticket=" + for_program, .headers = own});
  page.expect_close(4500);
  const auto for_page = buy_ticket(port, account, own);
  Client again(port, {.path = "/ws?ticket=" + for_page, .headers = own});
  EXPECT_EQ(again.read()["type"], "welcome");
  const auto foreign =
      Http::tcp(port).post("/api/v1/tickets", Json::object(),
                           {{"Authorization", "Bearer " + account.at("token").get<std::string>()},
                            {"Origin", "https://elsewhere.example"}});
  EXPECT_EQ(foreign.status, 403) << foreign.text();
}

TEST_F(Auth, TicketsAreSoldForGoodTokensOnly) {
  const auto at = Http::tcp(server().port());
  EXPECT_EQ(at.post("/api/v1/tickets", Json::object()).status, 401);
  EXPECT_EQ(at.post("/api/v1/tickets", Json::object(), {{"Authorization", "Bearer x.y.z"}}).status,
            401);
  EXPECT_EQ(at.get("/api/v1/tickets").status, 405);
}

TEST_F(Auth, TwoCredentialsAtOnceAreRefused) {
  const auto port = server().port();
  const auto account = make_account(port, "twofaced");
  const std::string token = account.at("token");
  const auto ticket = buy_ticket(port, account);
  const auto both = Http::tcp(port).raw(
      upgrade_request(port, "/ws?ticket=" + ticket, {{"Authorization", "Bearer " + token}}));
  EXPECT_EQ(both.status, 401) << both.text();
  for (const auto& request :
       {upgrade_request(port, "/ws?ticket=" + ticket + "&ticket=" + buy_ticket(port, account), {}),
        upgrade_request(
            port, "/ws",
            {{"Authorization", "Bearer " + token}, {"Authorization", "Bearer " + token}})})
    EXPECT_EQ(Http::tcp(port).raw(request).status, 401) << request;
  Client query(port, {.path = "/ws?token=" + token});
  query.expect_close(4500);  // off by default
}

TEST_F(Auth, LoggingOutEndsTokenRefreshTokenTicketsAndOtherConnections) {
  const auto port = server().port();
  const auto account = make_account(port, "leaver");
  const std::string token = account.at("token"), refresh = account.at("refresh");
  const auto ticket = buy_ticket(port, account);
  Client here(port), there(port);
  ASSERT_EQ(here.ask({{"action", "auth"}, {"token", token}}, 1)["type"], "welcome");
  ASSERT_EQ(there.ask({{"action", "auth"}, {"token", token}}, 1)["type"], "welcome");

  EXPECT_EQ(here.ask({{"action", "logout"}}, 2)["type"], "ok");
  there.expect_close(4500);
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"token", token}}, 3)), "token_revoked");
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"refresh", refresh}}, 4)), "unauthorized");
  Client with_ticket(port, {.path = "/ws?ticket=" + ticket});
  with_ticket.expect_close(4500);
  const auto header =
      Http::tcp(port).raw(upgrade_request(port, "/ws", {{"Authorization", "Bearer " + token}}));
  EXPECT_EQ(header.status, 401) << header.text();
}

TEST_F(Auth, WhatWasSentBeforeTheLogoutIsAnsweredFirst) {
  const auto port = server().port();
  const auto account = make_account(port, "lastword");
  Client here(port);
  ASSERT_EQ(here.ask({{"action", "auth"}, {"token", account.at("token")}}, 1)["type"], "welcome");
  here.send_json({{"action", "sendChat"}, {"id", 2}, {"channel", "global"}, {"message", "bye"}});
  here.send_json({{"action", "sendChat"},
                  {"id", 3},
                  {"key", "last"},
                  {"channel", "global"},
                  {"message", "now"}});
  here.send_json({{"action", "logout"}, {"id", 4}});
  std::string order;
  const auto last = here.read_where(
      [&](const Json& frame) {
        if (frame.contains("id") && frame["type"] == "ok") order += frame["id"].dump();
        return frame.value("id", Json()) == 4;
      },
      "the answer to the logout");
  EXPECT_EQ(last["type"], "ok") << last;
  EXPECT_EQ(order, "234");
}

TEST_F(Auth, ARefreshTokenUsedTwiceEndsTheLogin) {
  const auto port = server().port();
  const auto account = make_account(port, "robbed");
  const std::string stolen = account.at("refresh");
  Client owner(port), thief(port);
  const auto renewed = owner.ask({{"action", "auth"}, {"refresh", stolen}}, 1);
  ASSERT_EQ(renewed["type"], "welcome") << renewed;
  EXPECT_EQ(error_code(thief.ask({{"action", "auth"}, {"refresh", stolen}}, 1)), "token_revoked");
  owner.expect_close(4500);
  const std::string fresh = renewed.at("data").at("token");
  EXPECT_EQ(error_code(thief.ask({{"action", "auth"}, {"token", fresh}}, 2)), "token_revoked");
}

TEST_F(Auth, ALiveSessionGoesOnWithANewToken) {
  const auto port = server().port();
  const auto account = make_account(port, "renewer");
  Client client(port);
  const auto welcome =
      client.ask({{"action", "auth"}, {"token", account.at("token")}}, 1).at("data");
  const auto renewed =
      client.ask({{"action", "auth"}, {"refresh", account.at("refresh")}}, 2).at("data");
  EXPECT_EQ(renewed.at("session"), welcome.at("session"));
  EXPECT_EQ(renewed.at("resumed"), true);
  EXPECT_NE(renewed.at("token"), account.at("token"));
  EXPECT_EQ(error_code(client.ask({{"action", "auth"}, {"guest", "Other"}}, 3)), "conflict");
}

TEST(TokenExpiry, AConnectionIsWarnedAndThenClosed) {
  ServerProcess server(
      {.set = {"auth.access_token=10s", "auth.expiring_notice=5s", "auth.expiry_grace=0s"}});
  Client client(server.port());
  const auto made = client.ask(
      {{"action", "register"}, {"name", "shortlived"}, {"password", "there-is-no-spoon-77"}}, 1);
  ASSERT_EQ(made["type"], "welcome") << made;
  EXPECT_LE(made.at("data").at("expiresIn"), 10);
  EXPECT_LE(client.read_until("expiring").at("data").at("inMs"), 5'000);
  client.expect_close(4502);
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
