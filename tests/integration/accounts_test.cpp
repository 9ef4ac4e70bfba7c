// SPDX-License-Identifier: Apache-2.0
// Accounts as an operator sees and changes them: parleyctl user ... against a real server.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class OperatorAccounts : public ::testing::Test {
 protected:
  // Registers an account over the WebSocket; a new connection for each.
  void enrol(const std::string& name) {
    Client person(server_.port());
    const auto welcome =
        person.ask({{"action", "register"}, {"name", name}, {"password", "correct horse"}}, "r");
    ASSERT_EQ(welcome.at("type"), "welcome") << welcome.dump();
  }
  // "welcome", or the error's code.
  std::string log_in(const std::string& name, const std::string& password) {
    Client person(server_.port());
    const auto answer =
        person.ask({{"action", "login"}, {"name", name}, {"password", password}}, "l");
    return answer.at("type") == "welcome" ? "welcome" : error_code(answer);
  }
  std::string secret(const std::string& text) {
    const auto file = folder_.path() / "secret";
    std::ofstream(file) << text << '\n';
    std::filesystem::permissions(
        file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return file.string();
  }
  int pipe_into(const std::string& text, const std::string& words) {
    const auto ctl = PARLEY_BINARY_DIR "/bin/parleyctl --state " + server_.state().string();
    Child child({"/bin/sh", "-c", "printf '" + text + "' | " + ctl + " " + words},
                folder_.path() / "out", folder_.path() / "err");
    return child.wait(kPatience).value_or(-1);
  }
  void make_admin(const std::string& name) {
    auto code = contents(server_.state() / "first-admin-code");
    code.erase(code.find_last_not_of('\n') + 1);
    Ctl(server_).must({"admin", "redeem", code, name, "--password-file", secret("correct horse")});
  }
  Json audit() { return Ctl(server_).must({"audit", "-o", "json"}).json().at("entries"); }

  TempFolder folder_;
  ServerProcess server_;
};

TEST(ClosedRegistration, AnAdminMakesTheAccounts) {
  ServerProcess server({.set = {"auth.registration=closed"}});
  const auto entry = Http::tcp(server.port()).get("/api/v1/entry").json();
  EXPECT_EQ(entry, (Json{{"guests", true}, {"registration", "closed"}}));
  const Ctl ctl(server);
  const auto made = ctl.must({"user", "create", "neo", "--role", "moderator", "-o", "json"}).json();
  const auto password = made.at("password").get<std::string>();
  EXPECT_EQ(made.at("roles"), Json::array({"user", "moderator"}));
  Client neo(server.port());
  const auto welcome = neo.ask({{"action", "login"}, {"name", "neo"}, {"password", password}}, "l");
  EXPECT_EQ(welcome.at("type"), "welcome") << welcome;

  const auto taken = ctl.run({"user", "create", "Neo"});
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_NE(taken.err.find("taken"), std::string::npos) << taken.text();
  EXPECT_EQ(ctl.run({"user", "create", "u_looksLikeAnId1"}).exit_code, 1);
  const auto audit = ctl.must({"audit", "--action", "account.create"}).text();
  EXPECT_NE(audit.find("neo: user, moderator"), std::string::npos) << audit;
  EXPECT_NE(audit.find("conflict"), std::string::npos) << audit;
  EXPECT_EQ(audit.find(password), std::string::npos) << audit;
  EXPECT_EQ((server.log() + contents(server.state() / "logs/parley.jsonl")).find(password),
            std::string::npos);
}

TEST_F(OperatorAccounts, TheirFirstPasswordMayComeOnStandardInput) {
  EXPECT_EQ(pipe_into("correct horse\\n", "user create neo --password-stdin"), 0);
  EXPECT_EQ(log_in("neo", "correct horse"), "welcome");
  EXPECT_EQ(pipe_into("short", "user create ann --password-stdin"), 1);
  EXPECT_EQ(pipe_into("", "user create ann --password-stdin"), 1);
}

TEST_F(OperatorAccounts, AreListedShownAndChanged) {
  enrol("Morpheus");
  const Ctl ctl(server_);
  const auto users = ctl.must({"user", "list", "-o", "json"}).json().at("users");
  ASSERT_EQ(users.size(), 1u) << users.dump();
  const auto id = users.at(0).at("id").get<std::string>();
  EXPECT_EQ(ctl.must({"user", "info", id, "-o", "json"}).json().at("name"), "Morpheus");

  ctl.must({"user", "role", "add", "morpheus", "moderator"});
  EXPECT_EQ(ctl.must({"user", "info", "Morpheus", "-o", "json"}).json().at("roles"),
            Json({"user", "moderator"}));
  ctl.must({"user", "role", "remove", "Morpheus", "moderator"});
  EXPECT_EQ(ctl.must({"user", "info", "Morpheus", "-o", "json"}).json().at("roles"),
            Json({"user"}));

  EXPECT_EQ(ctl.run({"user", "info", "Nobody"}).exit_code, 1);
  EXPECT_EQ(ctl.run({"user", "role", "add", "Morpheus", "king"}).exit_code, 2);
  EXPECT_EQ(ctl.run({"user", "role", "remove", "Morpheus", "user"}).exit_code, 1);
}

TEST_F(OperatorAccounts, ADisabledOneIsLoggedOutAndStaysOut) {
  enrol("Cypher");
  Client cypher(server_.port());
  ASSERT_EQ(cypher.ask({{"action", "login"}, {"name", "Cypher"}, {"password", "correct horse"}},
                       "l")["type"],
            "welcome");
  Ctl(server_).must({"user", "disable", "Cypher"});
  cypher.expect_close(4503);
  EXPECT_EQ(log_in("Cypher", "correct horse"), "blocked");
  Ctl(server_).must({"user", "enable", "Cypher"});
  EXPECT_EQ(log_in("Cypher", "correct horse"), "welcome");
}

TEST_F(OperatorAccounts, ANewPasswordReplacesTheOldOne) {
  enrol("Switch");
  const Ctl ctl(server_);
  const auto weak = ctl.run({"user", "reset-password", "Switch", "--password-file", secret("x")});
  EXPECT_EQ(weak.exit_code, 1) << weak.text();
  Client inside(server_.port());
  ASSERT_EQ(inside.ask({{"action", "login"}, {"name", "Switch"}, {"password", "correct horse"}}, 1)
                .at("type"),
            "welcome");
  ctl.must({"user", "reset-password", "Switch", "--password-file", secret("battery staple")});
  inside.expect_close(4500);
  EXPECT_EQ(log_in("Switch", "correct horse"), "unauthorized");
  EXPECT_EQ(log_in("Switch", "battery staple"), "welcome");
}

TEST_F(OperatorAccounts, TheLastAdminStaysAndThatIsAudited) {
  make_admin("Trinity");
  const Ctl ctl(server_);
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"user", "disable", "Trinity"},
                                             {"user", "role", "remove", "Trinity", "admin"},
                                             {"user", "role", "set", "Trinity", "user"}}) {
    const auto refused = ctl.run(words);
    EXPECT_EQ(refused.exit_code, 1) << refused.text();
    EXPECT_NE(refused.err.find("last administrator"), std::string::npos) << refused.text();
  }
  enrol("Tank");
  ctl.must({"user", "role", "add", "Tank", "admin"});
  ctl.must({"user", "role", "remove", "Trinity", "admin"});
  const auto entries = audit();
  const auto count = [&entries](const std::string& action, const std::string& result) {
    return std::ranges::count_if(entries, [&](const Json& entry) {
      return entry.at("action") == action && entry.at("result") == result;
    });
  };
  EXPECT_EQ(count("account.disable", "forbidden"), 1) << entries.dump(2);
  EXPECT_EQ(count("account.roles", "forbidden"), 2) << entries.dump(2);
  EXPECT_EQ(count("account.roles", "ok"), 2) << entries.dump(2);
}

TEST_F(OperatorAccounts, ABadNameIsSaidBeforeTheCodeIsTried) {
  const auto refused = Ctl(server_).run(
      {"admin", "redeem", "WRONG", "bad name!!", "--password-file", secret("correct horse")});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("A name consists of letters"), std::string::npos) << refused.text();
  const auto code = Ctl(server_).run(
      {"admin", "redeem", "WRONG", "Trinity", "--password-file", secret("correct horse")});
  EXPECT_NE(code.err.find("This code is wrong"), std::string::npos) << code.text();
}

}  // namespace
}  // namespace parley::test
