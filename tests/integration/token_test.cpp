// SPDX-License-Identifier: Apache-2.0
// Tokens as the operator handles them, and tokens of an issuer the operator trusts.
#include <fstream>

#include <sys/stat.h>

#include "base/ids.h"
#include "integration/support/dialogue.h"
#include "support/temp_folder.h"
#include "users/tokens.h"

namespace parley::test {
namespace {

constexpr const char* kIssuer = "https://id.example.org";

// An issuer that shares a secret with the server: its file, and the tokens it signs.
class Issuer {
 public:
  explicit Issuer(std::string secret, std::string kid = "shared")
      : secret_(std::move(secret)), kid_(std::move(kid)) {}

  std::string file(const std::filesystem::path& folder, const Json& others = Json::array()) const {
    const auto path = folder / "issuers.json";
    const Json key{
        {"kty", "oct"}, {"alg", "HS256"}, {"kid", kid_}, {"k", base64url_encode(secret_)}};
    Json issuers = others;
    issuers.push_back({{"issuer", kIssuer}, {"audience", "parley"}, {"keys", {key}}});
    std::ofstream(path) << Json{{"issuers", issuers}}.dump();
    ::chmod(path.c_str(), 0600);
    return path.string();
  }

  std::string token_for(const std::string& subject, Millis life = Millis{60'000}) const {
    users::TokenKey key{kid_, users::TokenAlgorithm::kHs256, secret_, kIssuer, "parley"};
    users::KeyRing ring;
    EXPECT_TRUE(ring.add(key).is_ok());
    return *ring.make(subject, SystemClock().wall_ms(), life);
  }

 private:
  std::string secret_, kid_;
};

Json enter_with(Client& client, const std::string& token) {
  return client.ask({{"action", "auth"}, {"token", token}}, 1);
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

CtlResult check(const ServerProcess& server, const std::string& token) {
  const auto file = server.state() / "asked.token";
  std::ofstream(file) << token << '\n';
  return Ctl(server).run({"-o", "json", "token", "check", file.string()});
}

class Tokens : public SharedServer {};

TEST_F(Tokens, OneIsMadeForAUserAndOpensTheDoor) {
  Client keymaker(server().port());
  const auto made = keymaker.ask(
      {{"action", "register"}, {"name", "keymaker"}, {"password", "there-is-no-spoon-77"}}, 1);
  const auto token =
      first_line(Ctl(server()).must({"token", "make", "keymaker", "--for", "10m"}).out);
  Client program(server().port());
  const auto welcome = enter_with(program, token);
  ASSERT_EQ(welcome["type"], "welcome") << welcome;
  EXPECT_EQ(welcome["data"]["user"]["id"], made["data"]["user"]["id"]);
  EXPECT_LE(welcome["data"]["expiresIn"], 600);

  EXPECT_NE(Ctl(server()).run({"token", "make", "nobody-here"}).exit_code, 0);
  EXPECT_NE(Ctl(server()).run({"token", "make", "keymaker", "--for", "soon"}).exit_code, 0);
  EXPECT_NE(Ctl(server()).run({"token", "make", "keymaker", "--for", "400d"}).exit_code, 0)
      << "auth.token_max";
}

TEST_F(Tokens, CheckSaysWhyATokenIsRefused) {
  Client client(server().port());
  client.ask({{"action", "register"}, {"name", "checked"}, {"password", "there-is-no-spoon-77"}},
             1);
  const auto good = first_line(Ctl(server()).must({"token", "make", "checked"}).out);
  const auto fine = check(server(), good);
  EXPECT_EQ(fine.exit_code, 0) << fine.text();
  const auto id = fine.json().at("claims").at("jti").get<std::string>();

  const auto forged = good.substr(0, good.rfind('.')) + "." + std::string(86, 'A');
  EXPECT_EQ(check(server(), forged).exit_code, 1);
  EXPECT_EQ(check(server(), forged).json().at("why"),
            "The token is not valid: its signature is wrong.");
  EXPECT_EQ(check(server(), "rubbish").json().at("why"),
            "The token is not valid: it is no JSON Web Token.");
  const auto foreign = check(server(), Issuer(std::string(32, 'f')).token_for("42"));
  EXPECT_EQ(foreign.json().at("why"), "The token is not valid: no key of this server signed it.");

  Client live(server().port());
  ASSERT_EQ(enter_with(live, good)["type"], "welcome");
  Ctl(server()).must({"token", "revoke", "--id", id});
  live.expect_close(4500);
  EXPECT_EQ(check(server(), good).json().at("why"), "This token was revoked. Log in again.");
  EXPECT_EQ(error_code(enter_with(client, good)), "token_revoked");
}

TEST_F(Tokens, EverythingOfAUserIsRevokedAtOnce) {
  Client seraph(server().port());
  const auto made = seraph.ask(
      {{"action", "register"}, {"name", "seraph"}, {"password", "there-is-no-spoon-77"}}, 1);
  Ctl(server()).must({"token", "revoke", "--user", "seraph"});
  seraph.expect_close(4500);
  Client again(server().port());
  EXPECT_EQ(error_code(enter_with(again, made["data"]["token"])), "token_revoked");
  EXPECT_EQ(error_code(again.ask({{"action", "auth"}, {"refresh", made["data"]["refresh"]}}, 2)),
            "unauthorized");
}

TEST_F(Tokens, ANewKeyLogsNobodyOut) {
  Client client(server().port());
  const auto made = client.ask(
      {{"action", "register"}, {"name", "turnkey"}, {"password", "there-is-no-spoon-77"}}, 1);
  Ctl(server()).must({"token", "rotate"});
  Client again(server().port());
  EXPECT_EQ(enter_with(again, made["data"]["token"])["type"], "welcome");
}

TEST(OutsideTokens, PeopleOfATrustedIssuerComeInAsThemselves) {
  TempFolder folder;
  const Issuer issuer(std::string(32, 'i'));
  ServerProcess server({.set = {"auth.issuers=" + issuer.file(folder.path())}});

  Client first(server.port());
  const auto welcome = enter_with(first, issuer.token_for("42"));
  ASSERT_EQ(welcome["type"], "welcome") << welcome;
  const auto id = welcome["data"]["user"]["id"].get<std::string>();
  EXPECT_EQ(id.substr(0, 2), "u_");
  EXPECT_NE(id, "42");

  // The same person by header, and at another time.
  Client header(server.port(),
                {.headers = {{"Authorization", "Bearer " + issuer.token_for("42")}}});
  EXPECT_EQ(header.read()["data"]["user"]["id"], id);
  Client other(server.port());
  EXPECT_NE(enter_with(other, issuer.token_for("43"))["data"]["user"]["id"], id);

  // An admin of the database is none by this issuer.
  Ctl(server).must({"user", "role", "add", welcome["data"]["user"]["name"], "admin"});
  Client promoted(server.port());
  EXPECT_EQ(enter_with(promoted, issuer.token_for("42"))["data"]["user"]["roles"],
            Json::array({"user"}));

  Client stranger(server.port());
  EXPECT_EQ(error_code(enter_with(stranger, Issuer(std::string(32, 'x')).token_for("42"))),
            "unauthorized");
  EXPECT_EQ(error_code(enter_with(stranger, issuer.token_for("42", Millis{40LL * 86'400'000}))),
            "unauthorized")
      << "auth.token_max";
}

TEST(OutsideTokens, AKeySetIsTakenOverOnReload) {
  TempFolder folder;
  const Issuer before(std::string(32, 'b'), "before"), after(std::string(32, 'a'), "after");
  ServerProcess server({.set = {"auth.issuers=" + before.file(folder.path())}});
  Client client(server.port());
  EXPECT_EQ(error_code(enter_with(client, after.token_for("42"))), "unauthorized");
  after.file(folder.path());
  Ctl(server).must({"config", "reload"});
  EXPECT_EQ(enter_with(client, after.token_for("42"))["type"], "welcome");
  Client late(server.port());
  EXPECT_EQ(error_code(enter_with(late, before.token_for("42"))), "unauthorized");
}

TEST(OutsideTokens, AWithdrawnKeyEndsTheSessionsItOpened) {
  TempFolder folder;
  const Issuer before(std::string(32, 'b'), "before"), after(std::string(32, 'a'), "after");
  ServerProcess server(
      {.set = {"auth.issuers=" + before.file(folder.path()), "auth.expiry_grace=1h"}});
  Client stays(server.port()), own(server.port());
  const auto entered = enter_with(stays, before.token_for("42", Millis{3'600'000}));
  ASSERT_EQ(entered["type"], "welcome") << entered;
  ASSERT_EQ(
      own.ask({{"action", "register"}, {"name", "own"}, {"password", "there-is-no-spoon-77"}}, 1)
          .at("type"),
      "welcome");

  after.file(folder.path());
  Ctl(server).must({"config", "reload"});
  EXPECT_EQ(stays.read_until("expiring")["data"]["inMs"], 0);
  EXPECT_EQ(error_code(stays.ask({{"action", "whoami"}}, 2)), "token_expired");
  const auto renewed =
      stays.ask({{"action", "auth"}, {"token", after.token_for("42", Millis{3'600'000})}}, 3);
  EXPECT_EQ(renewed["data"]["session"], entered["data"]["session"]) << renewed;
  EXPECT_EQ(stays.ask({{"action", "whoami"}}, 4)["type"], "whoami");
  EXPECT_EQ(own.ask({{"action", "whoami"}}, 2)["type"], "whoami") << "nobody else is asked";
}

TEST(OutsideTokens, WhoeverHasNoOtherTokenIsClosedAfterTheGrace) {
  TempFolder folder;
  const Issuer before(std::string(32, 'b'), "before"), after(std::string(32, 'a'), "after");
  ServerProcess server(
      {.set = {"auth.issuers=" + before.file(folder.path()), "auth.expiry_grace=0s"}});
  Client client(server.port());
  const auto welcome = enter_with(client, before.token_for("42", Millis{3'600'000}));
  ASSERT_EQ(welcome["type"], "welcome") << welcome;
  after.file(folder.path());
  Ctl(server).must({"config", "reload"});
  client.expect_close(4502);
  Client back(server.port());
  EXPECT_EQ(error_code(back.ask({{"action", "resume"},
                                 {"session", welcome["data"]["session"]},
                                 {"resume", welcome["data"]["resume"]}},
                                1)),
            "unauthorized");
}

TEST(OutsideTokens, OneIssuersMistakeIsNamedAndHoldsUpNoOther) {
  TempFolder folder;
  const Issuer good(std::string(32, 'g'));
  const Json bad{
      {"issuer", "https://bad.example.org"}, {"audience", "parley"}, {"jwks", "missing.json"}};
  ServerProcess server({.set = {"auth.issuers=" + good.file(folder.path(), Json::array({bad}))}});
  Client client(server.port());
  EXPECT_EQ(enter_with(client, good.token_for("42"))["type"], "welcome");
  EXPECT_NE(server.log().find("missing.json"), std::string::npos);
  users::TokenKey key{"x", users::TokenAlgorithm::kHs256, std::string(32, 'x'),
                      "https://bad.example.org", "parley"};
  users::KeyRing ring;
  ASSERT_TRUE(ring.add(key).is_ok());
  const auto refused =
      check(server, *ring.make("42", SystemClock().wall_ms(), Millis{60'000})).json();
  EXPECT_EQ(refused.at("accepted"), false);
  EXPECT_NE(refused.at("problems").dump().find("missing.json"), std::string::npos) << refused;
}

TEST(OutsideTokens, WhoeverIsForgottenDoesNotComeBackByAnOldToken) {
  TempFolder folder;
  const Issuer issuer(std::string(32, 'i'));
  ServerProcess server({.set = {"auth.issuers=" + issuer.file(folder.path())}});
  const auto token = issuer.token_for("42");
  Client mouse(server.port());
  const auto name = enter_with(mouse, token)["data"]["user"]["name"];
  ASSERT_EQ(
      mouse.ask({{"action", "mydata"}, {"what", "forget"}, {"confirm", name}}, "forget")["type"],
      "ok");
  mouse.expect_close(4500);
  Client again(server.port());
  EXPECT_EQ(error_code(enter_with(again, token)), "token_revoked");
  const auto why = check(server, token).json();
  EXPECT_EQ(why.at("accepted"), false);
  EXPECT_NE(why.at("why").get<std::string>().find("was deleted"), std::string::npos) << why;
  EXPECT_EQ(enter_with(again, issuer.token_for("43"))["type"], "welcome");
}

TEST(OutsideTokens, ABrokenFileIsSaidAtTheStart) {
  TempFolder folder;
  std::ofstream(folder.path() / "issuers.json") << "{";
  EXPECT_THROW(
      ServerProcess({.set = {"auth.issuers=" + (folder.path() / "issuers.json").string()}}),
      TestFailure);
}

TEST(ConfiguredKey, AKeyFileOfTheOperatorSigns) {
  TempFolder folder;
  const auto file = folder.path() / "token.key";
  std::ofstream(file) << std::string(64, 'a') << '\n';
  ::chmod(file.c_str(), 0600);
  ServerProcess server({.set = {"auth.token_key=file:" + file.string()}});
  Client client(server.port());
  const auto made = client.ask(
      {{"action", "register"}, {"name", "signed"}, {"password", "there-is-no-spoon-77"}}, 1);
  ASSERT_EQ(made["type"], "welcome") << made;
  const auto said = check(server, made["data"]["token"]).json();
  EXPECT_EQ(said.at("header").at("alg"), "HS256");
  EXPECT_EQ(said.at("accepted"), true);
}

}  // namespace
}  // namespace parley::test
