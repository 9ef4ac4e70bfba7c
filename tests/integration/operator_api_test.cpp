// SPDX-License-Identifier: Apache-2.0
// The operator port, route by route: what docs/operate.md lists is there, needs the token, takes
// its own methods only and refuses bodies that are none.
#include <regex>
#include <sstream>

#include <gmock/gmock.h>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using ::testing::HasSubstr;

struct Route {
  std::string method, path;  // with {id}, {name} and the query as they stand
};

// "`a`, `b`" -> a, b
std::vector<std::string> quoted(const std::string& cell) {
  static const std::regex kQuoted("`([^`]*)`");
  std::vector<std::string> found;
  for (std::sregex_iterator at(cell.begin(), cell.end(), kQuoted), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

// "/admin/v1/plugins/{id}/load" then "/unload": the last step changes. "/admin/v1/status" then
// "/users/{name}": all behind /admin/v1 does.
std::string in_full(const std::string& first, const std::string& path) {
  const std::string top = "/admin/v1";
  if (path.starts_with(top)) return path;
  const bool variable = first.find('{') != first.npos;
  return (variable ? first.substr(0, first.rfind('/')) : top) + path;
}

std::vector<Route> documented() {
  static const std::regex kRow("\\| (GET|POST|PATCH|DELETE) \\| (.*?) \\|.*");
  std::istringstream lines(contents(PARLEY_SOURCE_DIR "/docs/operate.md"));
  std::vector<Route> routes;
  std::smatch row;
  for (std::string line; std::getline(lines, line);) {
    if (!std::regex_match(line, row, kRow)) continue;
    const auto paths = quoted(row[2]);
    for (const auto& path : paths) routes.push_back({row[1], in_full(paths.front(), path)});
  }
  return routes;
}

class OperatorApi : public SharedServer {
 protected:
  static Http http() { return Http::tcp(server().operator_port()); }
  static Headers token() {
    auto text = contents(server().state() / "operator.token");
    text.erase(text.find_last_not_of("\r\n ") + 1);
    return {{"Authorization", "Bearer " + text}};
  }
  static Headers with_json() {
    auto headers = token();
    headers.emplace_back("Content-Type", "application/json");
    return headers;
  }
  static std::string made_real(std::string path) {
    const auto put = [&path](const std::string& variable, const std::string& value) {
      if (const auto at = path.find(variable); at != path.npos)
        path.replace(at, variable.size(), value);
    };
    put("{id}", "dice");
    put("{channel}", "global");
    put("{offset}", "1");
    put("before=OFFSET", "before=5");
    put("{name}", "Operated");
    put("{place}", "1");
    put("user=NAME", "user=Operated");
    put("command=WORD", "command=roll");
    put("action=WORD", "action=account.register");
    put("limit=N", "limit=5");
    put("lines=N", "lines=5");
    put("level=LEVEL", "level=info");
    put("since=MS", "since=0");
    return path;
  }
  static bool needs_token(const Route& route) { return route.path != "/admin/v1/admin/redeem"; }
  static std::string text(const Route& route) { return route.method + ' ' + route.path; }
};

TEST_F(OperatorApi, EveryDocumentedReadAnswersWithJson) {
  Client neo(server().port());
  ASSERT_EQ(
      neo.ask({{"action", "register"}, {"name", "Operated"}, {"password", "one-two-three-44"}}, 1)
          .at("type"),
      "welcome");
  int reads = 0;
  for (const auto& route : documented()) {
    if (route.method != "GET") continue;
    ++reads;
    const auto answer = http().get(made_real(route.path), token());
    EXPECT_EQ(answer.status, 200) << text(route) << answer.text();
    EXPECT_TRUE(answer.json().is_object()) << text(route);
  }
  EXPECT_GT(reads, 8);
}

TEST_F(OperatorApi, EveryRouteNeedsTheToken) {
  for (const auto& route : documented()) {
    if (!needs_token(route)) continue;
    for (const Headers& headers :
         {Headers{}, Headers{{"Authorization", "Bearer wrong"}}, Headers{{"Authorization", ""}}}) {
      auto sent = headers;
      sent.emplace_back("Content-Type", "application/json");
      const auto refused = http().request(route.method, made_real(route.path), sent, "{}");
      EXPECT_EQ(refused.status, 401) << text(route) << refused.text();
      EXPECT_EQ(refused.json().at("error").at("code"), "unauthorized");
    }
  }
}

TEST_F(OperatorApi, OtherMethodsAreRefusedWithThoseThatAreNot) {
  for (const auto& route : documented()) {
    const auto refused = http().request("DELETE", made_real(route.path), token(), "");
    EXPECT_EQ(refused.status, 405) << text(route) << refused.text();
    EXPECT_THAT(refused.header("allow"), HasSubstr(route.method)) << text(route);
  }
  for (const std::string path : {"/healthz", "/readyz", "/metrics"}) {
    const auto refused = http().request("POST", path, {}, "");
    EXPECT_EQ(refused.status, 405) << path;
    EXPECT_EQ(refused.header("allow"), "GET, HEAD") << path;
  }
}

TEST_F(OperatorApi, UnknownRoutesAreNotFoundWithTheTokenOnly) {
  for (const std::string path : {"/admin/v1/nonesuch", "/admin/v1/", "/admin/v1/plugins/dice/eject",
                                 "/admin/v1/plugins//config", "/admin/v1/plugins/%zz"}) {
    EXPECT_EQ(http().get(path, token()).status, 404) << path;
    EXPECT_EQ(http().get(path).status, 401) << path;
  }
  for (const std::string path : {"/admin/v2/status", "/metrics/", "/healthz/x"})
    EXPECT_EQ(http().get(path).status, 404) << path;
}

TEST_F(OperatorApi, ChangesNeedAJsonObject) {
  int changes = 0;
  for (const auto& route : documented()) {
    if (route.method == "GET") continue;
    ++changes;
    auto form = token();
    form.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    const auto path = made_real(route.path);
    EXPECT_EQ(http().request(route.method, path, form, "{}").status, 400) << text(route);
    for (const std::string body : {"", "{", "[]", "7", "\"x\"", "{} {}"}) {
      const auto refused = http().request(route.method, path, with_json(), body);
      EXPECT_EQ(refused.status, 400) << text(route) << ' ' << body << refused.text();
      EXPECT_EQ(refused.json().at("error").at("code"), "bad_json") << text(route);
    }
  }
  EXPECT_GT(changes, 10);
  EXPECT_EQ(http().get("/admin/v1/plugins/dice", token()).json().at("state"), "active")
      << "nothing of it was done";
}

TEST_F(OperatorApi, AMemberOfTheWrongTypeIsRefusedByItsName) {
  struct Wrong {
    std::string path, body, name;
  };
  const std::string rule = R"({"allow":false,"subject":"guests","command":"roll",)";
  const std::vector<Wrong> all{
      {"/say", R"({"channel":5,"text":"x"})", "channel"},
      {"/say", R"({"channel":"global","text":["x"]})", "text"},
      {"/say", R"({"channel":"global","text":"a\u0000b"})", "text"},
      {"/channels/global/topic", R"({"topic":5})", "topic"},
      {"/try", R"({"line":5})", "line"},
      {"/try", R"({"line":"/roll","user":[]})", "user"},
      {"/try", R"({"line":"/roll","channel":true})", "channel"},
      {"/try", R"({"line":"/roll","locale":{}})", "locale"},
      {"/backup", R"({"file":true})", "file"},
      {"/backup", R"({"file":"/tmp/a\u0000b"})", "file"},
      {"/sessions/s_1/kick", R"({"reason":{}})", "reason"},
      {"/admin-keys", R"({"name":"k","scopes":["read"],"for":5})", "for"},
      {"/admin-keys", R"({"name":"k","scopes":["read"],"for":true})", "for"},
      {"/admin-keys", R"({"name":"k","scopes":["read"],"for":""})", "for"},
      {"/admin-keys", R"({"name":"k","scopes":["read"],"for":"-1d"})", "for"},
      {"/admin-keys", R"({"name":7,"scopes":["read"]})", "name"},
      {"/admin-keys", R"({"name":"k","scopes":"read"})", "scopes"},
      {"/admin-keys", R"({"name":"k","scopes":[1]})", "scopes"},
      {"/invitations", R"({"for":5})", "for"},
      {"/invitations", R"({"note":5})", "note"},
      {"/tokens", R"({"name":"x","for":5})", "for"},
      {"/tokens", R"({"name":5})", "name"},
      {"/tokens/check", R"({"token":5})", "token"},
      {"/tokens/revoke", R"({"id":5,"name":"x"})", "id"},
      {"/access/rules", rule + R"("at":-5})", "at"},
      {"/access/rules", rule + R"("at":"1"})", "at"},
      {"/access/rules", rule + R"("note":null})", "note"},
      {"/access/rules", R"({"allow":false,"subject":"guests","command":5})", "command"},
      {"/access/rules/1/move", R"({"to":1.5})", "to"},
      {"/access/aliases/dice", R"({"command":5})", "command"},
      {"/users/Operated/roles", R"({"roles":"admin"})", "roles"},
      {"/users/Operated/roles", R"({"add":["admin"],"remove":{}})", "remove"},
      {"/users/Operated/password", R"({"password":12345678901})", "password"},
      {"/admin/redeem", R"({"code":1,"name":"x","password":"one-two-three-44"})", "code"},
      {"/log/level", R"({"component":1,"level":"info"})", "component"},
      {"/plugins/dice/reload", R"({"from":1})", "from"},
      {"/plugins/dice/pin", R"({"version":1})", "version"},
      {"/plugins/dice/pin", R"({"version":null,"allowDowngrade":"yes"})", "allowDowngrade"},
      {"/plugin-revocations", R"({"kind":"sha256","value":1})", "value"},
  };
  for (const auto& [path, body, name] : all) {
    const auto refused = http().request("POST", "/admin/v1" + path, with_json(), body);
    EXPECT_EQ(refused.status, 422) << path << ' ' << body << refused.text();
    EXPECT_THAT(refused.text(), HasSubstr("`" + name + "` must be")) << path << ' ' << body;
  }
  const auto read = [](const std::string& path) {
    return http().get("/admin/v1" + path, token()).json();
  };
  EXPECT_TRUE(read("/admin-keys").at("keys").empty());
  EXPECT_TRUE(read("/invitations").at("invitations").empty());
  EXPECT_TRUE(read("/access").at("rules").empty());
}

TEST_F(OperatorApi, ANameThatStandsTwiceInABodyIsRefused) {
  for (const std::string body : {R"({"channel":"global","text":"x","text":"y"})",
                                 R"({"channel":"global","text":"x","more":{"a":1,"a":1}})"}) {
    const auto refused = http().request("POST", "/admin/v1/say", with_json(), body);
    EXPECT_EQ(refused.status, 400) << body << refused.text();
    EXPECT_EQ(refused.json().at("error").at("code"), "bad_json") << body;
  }
}

TEST_F(OperatorApi, WhatTheServerSaysHeedsTheLimitsOfAMessage) {
  const auto say = [](const std::string& text) {
    const Json body{{"channel", "global"}, {"text", text}};
    return http().request("POST", "/admin/v1/say", with_json(), body.dump());
  };
  for (const std::string blank : {"", "   ", "\n\t", "\u00A0\u200B"}) {
    const auto refused = say(blank);
    EXPECT_EQ(refused.status, 422) << refused.text();
    EXPECT_THAT(refused.text(), HasSubstr("nothing to say"));
  }
  std::string longest;  // limits.message counts characters
  for (int i = 0; i < 4000; ++i) longest += "ю";
  const auto refused = say(longest + "!");
  EXPECT_EQ(refused.status, 413) << refused.text();
  EXPECT_THAT(refused.text(), HasSubstr("longer than 4000 characters"));
  EXPECT_EQ(say(longest).status, 200);
}

TEST_F(OperatorApi, ABodyBeyondTheLimitIsRefusedBeforeItIsRead) {
  const std::string much(2 << 20, ' ');
  const auto refused = http().request("POST", "/admin/v1/say", with_json(), much);
  EXPECT_EQ(refused.status, 413) << refused.text();
  EXPECT_EQ(http().get("/healthz").status, 200);
}

TEST_F(OperatorApi, ATokenOfAClientIsNoneHere) {
  Client neo(server().port());
  const auto made =
      neo.ask({{"action", "register"}, {"name", "Tokened"}, {"password", "one-two-three-44"}}, 1);
  const auto bearer = "Bearer " + made.at("data").at("token").get<std::string>();
  EXPECT_EQ(http().get("/admin/v1/status", {{"Authorization", bearer}}).status, 401);
}

TEST_F(OperatorApi, TheAuditTakesItsFiltersAndRefusesWhatIsNone) {
  Client neo(server().port());
  const Json login{{"action", "login"}, {"name", "Audited"}, {"password", "not this one"}};
  ASSERT_EQ(
      neo.ask({{"action", "register"}, {"name", "Audited"}, {"password", "one-two-three-44"}}, 1)
          .at("type"),
      "welcome");
  Client thief(server().port());
  ASSERT_EQ(error_code(thief.ask(login, 1)), "unauthorized");
  const auto entries = [] {
    const auto path = "/admin/v1/audit?user=audited&action=account.login&limit=5";
    return http().get(path, token()).json().at("entries");
  };
  auto found = entries();  // it is written beside the answer, not before it
  for (const auto end = within(kPatience); found.empty() && Clock::now() < end;) found = entries();
  ASSERT_EQ(found.size(), 1u) << found;
  const auto& entry = found.at(0);
  EXPECT_EQ(entry.at("result"), "unauthorized");
  EXPECT_EQ(entry.at("targetName"), "Audited");
  EXPECT_EQ(entry.at("actor"), "") << "nobody has shown to be Audited";
  EXPECT_EQ(entry.at("address"), "127.0.0.1");
  for (const std::string query : {"limit=x", "since=-1", "limit=1.5", "since=", "since=1e3"}) {
    const auto refused = http().get("/admin/v1/audit?" + query, token());
    EXPECT_EQ(refused.status, 422) << query << refused.text();
  }
}

}  // namespace
}  // namespace parley::test
