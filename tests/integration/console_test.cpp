// SPDX-License-Identifier: Apache-2.0
// The operator port's credentials: who may log in to the console, what a login and a key open, and
// how parleyctl comes from elsewhere. The page itself is tested in a browser (tests/e2e).
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "integration/support/ctl.h"
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kPassword = "one-two-three-44";

class ConsoleDialogue : public SharedServer {
 protected:
  // Entries are written beside the answers they tell of: asked until `awaited` is among them.
  static std::string audit_with(std::vector<std::string> words, const std::string& awaited) {
    words.insert(words.begin(), "audit");
    std::string found;
    for (const auto end = within(kPatience); Clock::now() < end;) {
      found = Ctl(server()).must(words).out;
      if (found.find(awaited) != found.npos) break;
    }
    return found;
  }
};

class Console : public ConsoleDialogue {
 protected:
  struct Login {
    std::string cookie, csrf;
    Headers reading() const { return {{"Cookie", "other=1; parley_console=" + cookie}}; }
    Headers changing() const {
      auto headers = reading();
      headers.emplace_back("X-Parley-Csrf", csrf);
      return headers;
    }
  };

  static Http http() { return Http::tcp(server().operator_port()); }
  static void register_as(const std::string& name) {
    Client person(server().port());
    ASSERT_EQ(
        person.ask({{"action", "register"}, {"name", name}, {"password", kPassword}}, 1).at("type"),
        "welcome");
  }
  static void make_admin(const std::string& name) {
    register_as(name);
    Ctl(server()).must({"user", "role", "add", name, "admin"});
  }
  static Response try_login(const std::string& name, const std::string& password) {
    return http().post("/admin/v1/session", {{"name", name}, {"password", password}});
  }
  static Login login(const std::string& name) {
    const auto answer = try_login(name, kPassword);
    if (answer.status != 200) throw TestFailure(answer.text());
    auto cookie = answer.header("set-cookie");
    cookie = cookie.substr(cookie.find('=') + 1);
    return {cookie.substr(0, cookie.find(';')), answer.json().at("csrf").get<std::string>()};
  }
  static Response plugins(const Headers& headers) {
    return http().get("/admin/v1/plugins", headers);
  }
  static Response release(const Headers& headers) {
    return http().post("/admin/v1/plugins/dice/release", Json::object(), headers);
  }
  static std::string code(const Response& response) {
    return response.json().at("error").at("code").get<std::string>();
  }
};

TEST_F(Console, IsForAdminsWithTheirPassword) {
  make_admin("Opener");
  register_as("Nobody");
  EXPECT_EQ(code(try_login("Opener", "not this one")), "unauthorized");
  EXPECT_EQ(code(try_login("Nonesuch", kPassword)), "unauthorized");
  const auto refused = try_login("Nobody", kPassword);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("role admin"));
  EXPECT_EQ(refused.header("set-cookie"), "");
  const auto let_in = try_login("Opener", kPassword);
  EXPECT_EQ(let_in.status, 200);
  const auto cookie = let_in.header("set-cookie");
  for (const auto* part : {"parley_console=", "; Path=/admin", "; HttpOnly", "; SameSite=Strict"})
    EXPECT_THAT(cookie, HasSubstr(part));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure"))) << "this port speaks no TLS";
  EXPECT_EQ(let_in.json().at("user").at("name"), "Opener");
}

TEST_F(Console, ALoginReadsAndChangesWithItsToken) {
  make_admin("Changer");
  const auto in = login("Changer");
  EXPECT_EQ(plugins(in.reading()).status, 200);
  EXPECT_EQ(plugins({{"Cookie", "parley_console=c_wrong"}}).status, 401);
  auto behind_another = in.reading();
  behind_another[0].second = "parley_console=c_of_another_program; " + behind_another[0].second;
  EXPECT_EQ(plugins(behind_another).status, 200) << "cookies know no ports";
  EXPECT_EQ(code(release(in.reading())), "forbidden") << "without the token of the session";
  auto foreign_token = in.reading();
  foreign_token.emplace_back("X-Parley-Csrf", login("Changer").csrf);
  EXPECT_EQ(release(foreign_token).status, 403) << "with another login's";
  EXPECT_EQ(release(in.changing()).status, 409) << "let in; it is in no quarantine";
  Ctl(server()).must({"plugin", "quarantine", "dice"});
  EXPECT_EQ(release(in.changing()).status, 200);
  const auto audited = audit_with({"--user", "Changer"}, "plugin.release");
  EXPECT_THAT(audited, HasSubstr("plugin.release"));
  EXPECT_THAT(audited, HasSubstr("console.login"));
}

TEST_F(Console, PagesOfOthersAreRefused) {
  make_admin("Visited");
  const auto in = login("Visited");
  for (const Headers& more :
       {Headers{{"Origin", "https://evil.example"}}, Headers{{"Origin", "null"}},
        Headers{{"Origin", "http://127.0.0.1:1"}}, Headers{{"Sec-Fetch-Site", "same-site"}},
        Headers{{"Sec-Fetch-Site", "cross-site"}}}) {
    auto headers = in.changing();
    headers.insert(headers.end(), more.begin(), more.end());
    EXPECT_EQ(plugins(headers).status, 403) << more.front().second;
  }
  auto own = in.reading();
  own.emplace_back("Sec-Fetch-Site", "same-origin");
  EXPECT_EQ(plugins(own).status, 200);
}

TEST_F(Console, OneCredentialIsTakenAndAWrongOneFallsThroughToNoOther) {
  make_admin("Twofold");
  auto both = login("Twofold").changing();
  both.emplace_back("Authorization", "Bearer wrong");
  EXPECT_EQ(plugins(both).status, 401);
}

TEST_F(Console, ALoginEndsWithALogoutAndWithTheRole) {
  make_admin("Leaver");
  make_admin("Stayer");
  const auto in = login("Leaver"), second = login("Leaver");
  EXPECT_EQ(http().post("/admin/v1/session/end", Json::object(), in.reading()).status, 403);
  const auto out = http().post("/admin/v1/session/end", Json::object(), in.changing());
  EXPECT_EQ(out.status, 200);
  EXPECT_THAT(out.header("set-cookie"), HasSubstr("Max-Age=0"));
  EXPECT_EQ(plugins(in.reading()).status, 401);
  EXPECT_EQ(plugins(second.reading()).status, 200);
  Ctl(server()).must({"user", "role", "remove", "Leaver", "admin"});
  EXPECT_EQ(plugins(second.reading()).status, 401);
  EXPECT_EQ(try_login("Leaver", kPassword).status, 403);
}

TEST_F(Console, GuessingEnds) {
  make_admin("Guessed");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(try_login("Guessed", "wrong").status, 401) << i;
  EXPECT_EQ(code(try_login("Guessed", kPassword)), "rate_limited");
}

TEST_F(Console, AsksForThePasswordAgainBeforeItMakesAnotherDoor) {
  make_admin("Careful");
  const auto in = login("Careful");
  const Json wanted{{"name", "robot"}, {"scopes", {"read"}}, {"for", "1h"}};
  EXPECT_EQ(code(http().post("/admin/v1/admin-keys", wanted, in.changing())), "confirm_password");
  const auto confirm = [&](const std::string& password) {
    return http().post("/admin/v1/session/confirm", {{"password", password}}, in.changing());
  };
  EXPECT_EQ(confirm("wrong").status, 401);
  EXPECT_EQ(plugins(in.reading()).status, 200) << "a slip ends no login";
  EXPECT_EQ(confirm(kPassword).status, 200);
  const auto made = http().post("/admin/v1/admin-keys", wanted, in.changing());
  ASSERT_EQ(made.status, 200) << made.text();
  EXPECT_EQ(
      plugins({{"Authorization", "Bearer " + made.json().at("key").get<std::string>()}}).status,
      200);
}

TEST_F(Console, ShowsFiguresAndTheLog) {
  make_admin("Watcher");
  const auto in = login("Watcher");
  const auto live = http().get("/admin/v1/live", in.reading()).json();
  EXPECT_GE(live.at("connections").get<int>(), 1);
  EXPECT_GT(live.at("memoryBytes").get<std::int64_t>(), 0);
  EXPECT_EQ(live.at("latency").at("counts").size(), live.at("latency").at("boundsUs").size() + 1);
  const auto log = [&](const std::string& query) {
    return http().get("/admin/v1/logs?" + query, in.reading());
  };
  EXPECT_EQ(log("lines=0").status, 422);
  EXPECT_EQ(log("level=loud").status, 422);
  EXPECT_EQ(log("lines=3").json().at("lines").size(), 3u);
  const auto end = within(kPatience);  // lines are written beside what they tell of
  Json lines = Json::array();
  while (lines.empty() && Clock::now() < end)
    lines = log("component=server&text=PARLEYD").json().at("lines");
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.at(0).at("message"), HasSubstr("parleyd"));
}

TEST_F(Console, TellsTheStepsOfAReloadAsTheyHappen) {
  make_admin("Reloader");
  auto headers = login("Reloader").changing();
  headers.emplace_back("Accept", "application/x-ndjson");
  const auto answer = http().post("/admin/v1/plugins/dice/reload", Json::object(), headers);
  ASSERT_EQ(answer.status, 200) << answer.text();
  std::istringstream lines(answer.body);
  std::vector<Json> told;
  for (std::string line; std::getline(lines, line);) told.push_back(Json::parse(line));
  ASSERT_GT(told.size(), 3u) << answer.body;
  const auto& whole = told.back();
  EXPECT_EQ(whole.at("ok"), true);
  EXPECT_EQ(whole.at("status"), 200);
  ASSERT_EQ(whole.at("steps").size(), told.size() - 1);
  for (std::size_t i = 0; i + 1 < told.size(); ++i)
    EXPECT_EQ(told[i].at("step").at("name"), whole.at("steps")[i].at("name"));
  const auto refused = http().post("/admin/v1/plugins/nonesuch/load", Json::object(), headers);
  const auto last = refused.body.substr(refused.body.rfind('\n', refused.body.size() - 2) + 1);
  EXPECT_EQ(Json::parse(last).at("ok"), false) << refused.body;
  EXPECT_GE(Json::parse(last).at("status").get<int>(), 400);
}

TEST_F(Console, AConfigurationComesWithItsSchema) {
  make_admin("Former");
  const auto shown = http().get("/admin/v1/plugins/game/config", login("Former").reading()).json();
  EXPECT_TRUE(shown.at("schema").at("properties").contains("hp")) << shown;
}

TEST(ConsoleOff, IsNotThere) {
  ServerProcess server({.set = {"console.enabled=false"}});
  const auto http = Http::tcp(server.operator_port());
  EXPECT_EQ(http.get("/admin/").status, 404);
  EXPECT_EQ(http.post("/admin/v1/session", {{"name", "a"}, {"password", "b"}}).status, 404);
  EXPECT_EQ(http.get("/healthz").status, 200);
}

// --- Keys, and parleyctl from elsewhere ---------------------------------------------------------

class AdminKey : public ConsoleDialogue {
 protected:
  static std::string make(const std::string& scopes) {
    auto key = Ctl(server()).must({"admin-key", "make", "robot", "--scope", scopes}).out;
    key.erase(key.find_last_not_of('\n') + 1);
    return key;
  }
  std::string file_with(const std::string& key, std::filesystem::perms perms) const {
    const auto file = (folder_.path() / "key").string();
    std::ofstream(file) << key << '\n';
    std::filesystem::permissions(file, perms);
    return file;
  }
  std::string private_file(const std::string& key) const {
    return file_with(key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  static CtlResult from_elsewhere(const std::string& url, const std::string& key_file,
                                  std::vector<std::string> words) {
    words.insert(words.begin(), {"--url", url, "--key-file", key_file});
    return Ctl(server()).run(words);
  }
  static std::string url() {
    return "http://127.0.0.1:" + std::to_string(server().operator_port());
  }
  TempFolder folder_;
};

TEST_F(AdminKey, DoesWhatItsScopesSayAndNothingElse) {
  const auto key_file = private_file(make("read,plugins"));
  EXPECT_THAT(from_elsewhere(url(), key_file, {"plugin", "list"}).out, HasSubstr("dice"));
  EXPECT_EQ(from_elsewhere(url(), key_file, {"plugin", "reload", "dice"}).exit_code, 0);
  const std::vector<std::vector<std::string>> others{{"say", "global", "hi"},
                                                     {"try", "/roll"},
                                                     {"channel", "topic", "global", "x"},
                                                     {"user", "disable", "nobody"}};
  for (const auto& words : others) {
    const auto refused = from_elsewhere(url(), key_file, words);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("lacks the scope")) << words.front();
  }
  EXPECT_THAT(from_elsewhere(url(), key_file, {"admin-key", "make", "x", "--scope", "read"}).err,
              HasSubstr("No key may do this"));
  EXPECT_THAT(audit_with({"--action", "plugin.reload"}, "key robot"), HasSubstr("key robot"));
}

TEST_F(AdminKey, IsGoneWhenItIsRevoked) {
  const auto key_file = private_file(make("read"));
  ASSERT_EQ(from_elsewhere(url(), key_file, {"status"}).exit_code, 0);
  const auto keys = Ctl(server()).must({"admin-key", "list", "-o", "json"}).json().at("keys");
  Ctl(server()).must({"admin-key", "revoke", keys.back().at("id").get<std::string>()});
  EXPECT_THAT(from_elsewhere(url(), key_file, {"status"}).err, HasSubstr("admin key"));
}

TEST_F(AdminKey, ReadsTheLogFromElsewhere) {
  const auto key_file = private_file(make("read"));
  EXPECT_EQ(from_elsewhere(url(), key_file, {"logs", "-n", "5"}).exit_code, 0);
  EXPECT_THAT(from_elsewhere(url(), key_file, {"logs", "--follow"}).err, HasSubstr("--follow"));
}

TEST_F(AdminKey, StaysWithItsOwnerAndOffTheOpenNetwork) {
  const auto key = make("read");
  EXPECT_THAT(from_elsewhere(url(), file_with(key, std::filesystem::perms(0644)), {"status"}).err,
              HasSubstr("chmod 600"));
  const auto key_file = private_file(key);
  EXPECT_THAT(from_elsewhere("http://192.0.2.1:8081", key_file, {"status"}).err,
              HasSubstr("use https"));
  EXPECT_THAT(from_elsewhere("https://a@127.0.0.1/x", key_file, {"status"}).err,
              HasSubstr("https://HOST:PORT"));
  EXPECT_THAT(from_elsewhere("ftp://127.0.0.1", key_file, {"status"}).err,
              HasSubstr("https://HOST:PORT"));
  EXPECT_THAT(Ctl(server()).run({"--url", url(), "status"}).err, HasSubstr("--key-file"));
}

class OperatorTls : public ::testing::Test {
 protected:
  void SetUp() override {
    Child openssl({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                   "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=console",
                   "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key_, "-out", certificate_},
                  folder_.path() / "openssl.out", folder_.path() / "openssl.err");
    ASSERT_EQ(openssl.wait(kPatience), 0) << contents(folder_.path() / "openssl.err");
    std::filesystem::permissions(
        key_, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  TempFolder folder_;
  const std::string key_ = (folder_.path() / "key.pem").string();
  const std::string certificate_ = (folder_.path() / "cert.pem").string();
};

TEST_F(OperatorTls, TheCertificateIsChecked) {
  ServerProcess server({.set = {"listen.operator_tls.certificate=" + certificate_,
                                "listen.operator_tls.key=" + key_}});
  const auto url = "https://127.0.0.1:" + std::to_string(server.operator_port());
  const auto key_file = (server.state() / "operator.token").string();
  const auto ask = [&](std::vector<std::string> more) {
    std::vector<std::string> words{"--url", url, "--key-file", key_file};
    words.insert(words.end(), more.begin(), more.end());
    return Ctl(server).run(words);
  };
  EXPECT_THAT(ask({"--ca-file", certificate_, "status"}).out, HasSubstr("serving"));
  const auto refused = ask({"status"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("cannot be trusted"));
  EXPECT_EQ(Ctl(server).run({"status"}).exit_code, 0) << "the socket speaks no TLS";
  EXPECT_EQ(Ctl(server).run({"config", "reload"}).exit_code, 0);
}

}  // namespace
}  // namespace parley::test
