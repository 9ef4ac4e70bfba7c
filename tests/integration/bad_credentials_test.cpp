// SPDX-License-Identifier: Apache-2.0
// Every field with which somebody says who they are: wrong, stale, somebody else's, shown twice.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

constexpr const char* kPassword = "there-is-no-spoon-77";

class BadCredentials : public SharedServer {
 protected:
  static Json account(const std::string& name) {
    Client client(server().port());
    const auto made =
        client.ask({{"action", "register"}, {"name", name}, {"password", kPassword}}, 1);
    EXPECT_EQ(made["type"], "welcome") << made;
    return made.at("data");
  }
  // Whatever was refused, the connection is nobody's.
  static void expect_nobody(Client& client) {
    EXPECT_EQ(error_code(client.ask({{"action", "presence"}, {"channel", "global"}}, "nobody")),
              "unauthorized");
  }
};

TEST_F(BadCredentials, AFieldOfTheWrongShapeIsRefusedByName) {
  const Json wrong[] = {
      Json::object(),
      {{"token", 7}},
      {{"token", nullptr}},
      {{"token", Json::array({"x"})}},
      {{"token", ""}},
      {{"token", std::string(8193, 'x')}},
      {{"refresh", 7}},
      {{"refresh", std::string(129, 'x')}},
      {{"guest", 7}},
      {{"guest", std::string(65, 'x')}},
      {{"guest", "Neo"}, {"token", "x.y.z"}},
      {{"guest", "Neo"}, {"refresh", "f_x"}},
      {{"token", "x.y.z"}, {"refresh", "f_x"}},
      {{"guest", "Neo"}, {"locale", 7}},
      {{"guest", "Neo"}, {"locale", std::string(36, 'r')}},
  };
  for (const auto& fields : wrong) {
    Client client(server().port());
    Json request = fields;
    request["action"] = "auth";
    const auto answer = client.ask(request, 1);
    const auto code = error_code(answer);
    EXPECT_TRUE(code == "invalid_args" || code == "unauthorized") << fields << answer;
    expect_nobody(client);
  }
  expect_goes_on(server());
}

TEST_F(BadCredentials, NamesThatAreNoneAreRefused) {
  for (const char* name :
       {"", " ", "x", "a\u0000b", "a\nb", "\u202eadmin", "ad\u043cin", "\u200bNeo", "a  b", ".neo",
        "neo.", "admin", "ADMIN", "\uff21\uff24\uff2d\uff29\uff2e",
        "Neo\u0301\u0301\u0301\u0301\u0301\u0301"}) {
    Client client(server().port());
    const auto answer = client.ask({{"action", "auth"}, {"guest", name}}, 1);
    EXPECT_EQ(error_code(answer), "invalid_args") << Json(name) << answer;
    expect_nobody(client);
  }
}

TEST_F(BadCredentials, ATokenThatWasTouchedIsRefused) {
  const std::string good = account("mangled").at("token");
  const auto dot = good.find('.'), last = good.rfind('.');
  const std::string wrong[] = {
      good.substr(0, last),
      good.substr(0, last + 1),
      good.substr(0, last + 1) + std::string(86, 'A'),
      good + "A",
      good + "=",
      " " + good,
      good.substr(dot),
      "eyJhbGciOiJub25lIn0" + good.substr(dot, last - dot) + ".",
      good.substr(last + 1) + good.substr(dot),
      good + "." + good,
  };
  Client client(server().port());
  int id = 0;
  for (const auto& token : wrong)
    EXPECT_EQ(error_code(client.ask_patiently({{"action", "auth"}, {"token", token}}, ++id)),
              "unauthorized")
        << token;
  expect_nobody(client);
  EXPECT_EQ(client.ask({{"action", "auth"}, {"token", good}}, "good")["type"], "welcome")
      << "and none of it spoilt the good one";
}

TEST_F(BadCredentials, ATokenOfAnotherServerIsRefused) {
  ServerProcess other;
  Client there(other.port());
  const auto made =
      there.ask({{"action", "register"}, {"name", "foreigner"}, {"password", kPassword}}, 1);
  Client here(server().port());
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"token", made["data"]["token"]}}, 1)),
            "unauthorized");
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"refresh", made["data"]["refresh"]}}, 2)),
            "unauthorized");
  expect_nobody(here);
}

TEST_F(BadCredentials, OneKindDoesNotPassForAnother) {
  const auto data = account("mixedup");
  Client client(server().port());
  int id = 0;
  const auto refused = [&](const char* field, const Json& value) {
    return error_code(client.ask_patiently({{"action", "auth"}, {field, value}}, ++id));
  };
  EXPECT_EQ(refused("token", data["refresh"]), "unauthorized");
  EXPECT_EQ(refused("token", data["resume"]), "unauthorized");
  EXPECT_EQ(refused("token", data["session"]), "unauthorized");
  EXPECT_EQ(refused("refresh", data["resume"]), "unauthorized");
  expect_nobody(client);
}

TEST_F(BadCredentials, StaleOnesStayStale) {
  const auto data = account("outdated");
  Client client(server().port());
  ASSERT_EQ(client.ask({{"action", "auth"}, {"token", data["token"]}}, 1)["type"], "welcome");
  ASSERT_EQ(client.ask({{"action", "changePassword"},
                        {"oldPassword", kPassword},
                        {"newPassword", "there-is-a-spoon-78"}},
                       2)["type"],
            "ok");
  Client again(server().port());
  EXPECT_EQ(error_code(again.ask({{"action", "auth"}, {"token", data["token"]}}, 1)),
            "token_revoked");
  EXPECT_EQ(error_code(again.ask({{"action", "auth"}, {"refresh", data["refresh"]}}, 2)),
            "unauthorized");
  EXPECT_EQ(error_code(
                again.ask({{"action", "login"}, {"name", "outdated"}, {"password", kPassword}}, 3)),
            "unauthorized");
  expect_nobody(again);
}

TEST_F(BadCredentials, ALiveSessionIsNotHandedOver) {
  const auto mine = account("mineonly"), theirs = account("theirsonly");
  Client client(server().port());
  ASSERT_EQ(client.ask({{"action", "auth"}, {"token", mine["token"]}}, 1)["type"], "welcome");
  EXPECT_EQ(error_code(client.ask({{"action", "auth"}, {"token", theirs["token"]}}, 2)),
            "conflict");
  EXPECT_EQ(error_code(client.ask({{"action", "auth"}, {"refresh", theirs["refresh"]}}, 3)),
            "conflict");
  EXPECT_EQ(client.ask({{"action", "whoami"}}, 4)["data"]["name"], "mineonly");
  Client owner(server().port());
  EXPECT_EQ(owner.ask({{"action", "auth"}, {"refresh", theirs["refresh"]}}, 1)["type"], "welcome")
      << "trying it on another's session used nothing up";
}

TEST_F(BadCredentials, NobodyIsLockedOutByAnothersGuesses) {
  const auto popular = account("popular");
  Client guesser(server().port());
  Json last;
  for (int i = 0; i < 8; ++i)
    last = guesser.ask(
        {{"action", "login"}, {"name", "popular"}, {"password", "guess" + std::to_string(i)}}, i);
  EXPECT_EQ(error_code(last), "rate_limited") << "after five from one address";
  // The owner, who shares the address here, has a token and comes in.
  Client owner(server().port());
  EXPECT_EQ(owner.ask({{"action", "auth"}, {"token", popular["token"]}}, 1)["type"], "welcome");
  Client other(server().port());
  EXPECT_EQ(error_code(other.ask(
                {{"action", "login"}, {"name", "unpopular"}, {"password", "whatever-1"}}, 1)),
            "unauthorized");
}

}  // namespace
}  // namespace parley::test
