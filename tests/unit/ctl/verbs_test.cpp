// SPDX-License-Identifier: Apache-2.0

#include "ctl/examples.h"
#include "verbs_fixture.h"

namespace parley::ctl {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST_F(VerbsTest, StatusShowsOneKeyPerLine) {
  server_.answer(
      "GET /admin/v1/status", 200,
      R"({"version":"0.1.0","uptimeMs":90000,"connections":{"now":2},"databaseBytes":65536})");
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_EQ(out(),
            "connections.now  2\ndatabaseBytes    64 KiB\nuptimeMs         90s\nversion          "
            "0.1.0\n");
  EXPECT_THAT(last_asked().headers, HasSubstr("Host: localhost"));
}

TEST_F(VerbsTest, OutputIsJsonWhenAskedBeforeOrAfterTheVerb) {
  server_.answer("GET /admin/v1/status", 200, R"({"name":"жук"})");
  EXPECT_EQ(run({"-o", "json", "status"}), 0);
  EXPECT_EQ(json::parse(out()), json::parse(R"({"name":"жук"})"));
  EXPECT_EQ(run({"status", "-o", "json"}), 0);
  EXPECT_EQ(json::parse(out()), json::parse(R"({"name":"жук"})"));
}

TEST_F(VerbsTest, ListsAreAlignedAndEscaped) {
  server_.answer(
      "GET /admin/v1/sessions", 200,
      R"({"sessions":[{"id":"1","user":"龙","channels":["a","b"],"connectedAt":1760000000123},
                     {"id":"22","user":"\u001b[31mevil\u202e","channels":[]}]})");
  EXPECT_EQ(run({"sessions"}), 0);
  EXPECT_EQ(out(),
            "id  user                channels  connectedAt\n"
            "1   龙                  a, b      2025-10-09T08:53:20.123Z\n"
            "22  \\x1b[31mevil\\u202e\n");
  server_.answer("GET /admin/v1/sessions", 200, R"({"sessions":[]})");
  EXPECT_EQ(run({"sessions"}), 0);
  EXPECT_EQ(out(), "no sessions\n");
}

TEST_F(VerbsTest, VerbsThatActSendTheirWords) {
  server_.answer("POST /admin/v1/sessions/s%2F1/kick", 200, "{}");
  EXPECT_EQ(run({"kick", "s/1", "--reason", "spam"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"reason":"spam"})"));
  EXPECT_THAT(last_asked().headers, HasSubstr("Content-Type: application/json"));
  server_.answer("POST /admin/v1/say", 200, R"({"message":"said to 3 people"})");
  EXPECT_EQ(run({"say", "global", "back at five"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"channel":"global","text":"back at five"})"));
  EXPECT_EQ(out(), "said to 3 people\n");
  server_.answer("POST /admin/v1/users/Ann/roles", 200, "{}");
  EXPECT_EQ(run({"user", "role", "set", "Ann", "user", "moderator"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"roles":["user","moderator"]})"));
  server_.answer("POST /admin/v1/log/level", 200, "{}");
  EXPECT_EQ(run({"log", "level", "net", "debug"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"component":"net","level":"debug"})"));
  server_.answer(
      "GET /admin/v1/audit?limit=5", 200,
      R"({"entries":[{"at":1760000000123,"actor":"root","action":"plugin.load","target":"dice","result":"conflict"}]})");
  EXPECT_EQ(run({"audit", "--limit", "5"}), 0);
  EXPECT_THAT(out(), HasSubstr("2025-10-09T08:53:20.123Z  root   plugin.load  dice    conflict"));
  EXPECT_EQ(run({"audit", "--limit", "5", "-o", "json"}), 0);
  EXPECT_EQ(json::parse(out()).at("entries").at(0).at("at"), 1760000000123);
}

TEST_F(VerbsTest, TheAuditIsAskedByTimePersonAndAction) {
  const std::string entry =
      R"({"at":1760000000123,"actor":"u_7","actorName":"neo","action":"account.login","target":"u_7",)"
      R"("targetName":"neo","result":"ok","address":"192.0.2.7","detail":""})";
  server_.answer("GET /admin/v1/audit?limit=50&since=1769817600000&user=n%C3%A9o&action=account",
                 200, R"({"entries":[)" + entry + "]}");
  EXPECT_EQ(run({"audit", "--since", "2026-01-31", "--user", "néo", "--action", "account"}), 0)
      << err();
  EXPECT_THAT(out(), HasSubstr("neo    192.0.2.7  account.login  neo"));
  EXPECT_EQ(run({"audit", "--since", "yesterday"}), 2);
  EXPECT_THAT(err(), HasSubstr("--since yesterday: write 15m"));
}

TEST_F(VerbsTest, BackupNamesAnAbsolutePath) {
  server_.answer("POST /admin/v1/backup", 200, "{}");
  EXPECT_EQ(run({"backup", "here.db"}), 0);
  EXPECT_EQ(last_asked().body.at("file"), (std::filesystem::current_path() / "here.db").string());
}

TEST_F(VerbsTest, ARefusalIsASentenceAndExitCodeOne) {
  server_.answer("POST /admin/v1/say", 403,
                 R"({"error":{"code":"forbidden","message":"not \u001b[2Jyou"}})");
  EXPECT_EQ(run({"say", "global", "x"}), 1);
  EXPECT_EQ(err(), "refused: not \\x1b[2Jyou (forbidden)\n");
  EXPECT_EQ(out(), "");
  EXPECT_EQ(run({"status"}), 1) << "404 without an error object";
  EXPECT_EQ(err(), "refused: the server answered 404\n");
}

TEST_F(VerbsTest, WithoutAServerTheSentenceSaysWhatToDo) {
  state_ = folder_.path("nowhere");
  EXPECT_EQ(run({"status"}), 1);
  EXPECT_EQ(err(), "parleyctl: no server answers on " + state_ +
                       "/admin.sock: start it with scripts/run or give --state\n");
  state_ = std::string(200, 'x');
  EXPECT_EQ(run({"status"}), 1);
  EXPECT_THAT(err(), HasSubstr("too long for a socket's path"));
}

TEST_F(VerbsTest, AnswersThatAreNoJsonAreSaid) {
  server_.answer("GET /admin/v1/status", 200, "<html>");
  EXPECT_EQ(run({"status"}), 1);
  EXPECT_THAT(err(), HasSubstr("no JSON"));
  server_.answer("GET /admin/v1/status", 200, "[1]");
  EXPECT_EQ(run({"status"}), 0) << "odd, but JSON";
  server_.answer("POST /admin/v1/config/reload", 200, "[1]");
  EXPECT_EQ(run({"config", "reload"}), 1);
  EXPECT_THAT(err(), HasSubstr("of the same version"));
}

TEST_F(VerbsTest, UsageErrorsAreTwo) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{},
                                             {"dance"},
                                             {"kick"},
                                             {"plugin"},
                                             {"plugin", "load"},
                                             {"user", "role", "Ann", "admin"},
                                             {"user", "role", "add", "Ann"},
                                             {"user", "role", "add", "Ann", "king"},
                                             {"user", "disable"},
                                             {"status", "-o", "xml"},
                                             {"log", "level", "net", "loud"},
                                             {"logs", "--level", "loud"},
                                             {"logs", "--since", "yesterday"},
                                             {"plugin", "config", "dice", "--set", "sides"},
                                             {"status", "--timeout", "0"}}) {
    EXPECT_EQ(run(words), 2) << (words.empty() ? "nothing" : words.front());
    EXPECT_THAT(err(), HasSubstr("--help"));
  }
  EXPECT_THAT(server_.asked(), SizeIs(0));
}

TEST_F(VerbsTest, AnUnknownVerbIsToldWhatWasMeant) {
  EXPECT_EQ(run({"statsu"}), 2);
  EXPECT_EQ(err(),
            "there is no verb statsu. Did you mean `status`?\nparleyctl --help shows the verbs.\n");
  EXPECT_EQ(run({"plugin", "laod", "dice"}), 2);
  EXPECT_THAT(err(), HasSubstr("there is no verb laod of plugin. Did you mean `load`?\n"));
  EXPECT_THAT(err(), HasSubstr("parleyctl plugin --help"));
  EXPECT_EQ(run({"unload", "dice"}), 2);
  EXPECT_THAT(err(), HasSubstr("Did you mean `plugin unload`?"));
  EXPECT_EQ(run({"acl", "\x1b[2J"}), 2);
  EXPECT_THAT(err(),
              AllOf(HasSubstr("\\x1b[2J of acl: there are list, allow"), Not(HasSubstr("\x1b"))));
}

TEST_F(VerbsTest, AGroupWithoutAVerbNamesThem) {
  EXPECT_EQ(run({"key"}), 2);
  EXPECT_THAT(err(), HasSubstr("parleyctl key needs a verb: make"));
  EXPECT_EQ(run({}), 2);
  EXPECT_THAT(err(), HasSubstr("parleyctl needs a verb: status, sessions"));
}

TEST_F(VerbsTest, WhatIsMissingIsShownInTheVerbsOwnUsage) {
  EXPECT_EQ(run({"plugin", "load"}), 2);
  EXPECT_EQ(err(),
            "NAME is required\nUsage: parleyctl plugin load [OPTIONS] NAME\n"
            "parleyctl plugin load --help shows it with examples.\n");
  EXPECT_EQ(run({"say", "global"}), 2);
  EXPECT_THAT(err(), HasSubstr("Usage: parleyctl say [OPTIONS] CHANNEL TEXT\n"));
  EXPECT_EQ(run({"status", "now"}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("now"), HasSubstr("Usage: parleyctl status [OPTIONS]\n")));
  EXPECT_EQ(run({"plugin", "reload"}), 2);
  EXPECT_THAT(err(), HasSubstr("parleyctl plugin reload --help"));
}

TEST_F(VerbsTest, WordsOfTheLogThatDoNotExistAreRefusedWithThoseThatDo) {
  EXPECT_EQ(run({"logs", "--level", "loud"}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("loud"), HasSubstr("trace,debug,info,warn,error,critical")));
  EXPECT_EQ(run({"logs", "--component", "kitchen"}), 2);
  EXPECT_THAT(err(), AllOf(HasSubstr("kitchen"), HasSubstr("command"), HasSubstr("workers")));
}

TEST_F(VerbsTest, AccountsAreChangedByNameOrId) {
  server_.answer("POST /admin/v1/users/Ann/roles", 200, R"({"message":"Ann has the roles: user"})");
  EXPECT_EQ(run({"user", "role", "add", "Ann", "moderator"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"add":["moderator"]})"));
  EXPECT_EQ(out(), "Ann has the roles: user\n");
  EXPECT_EQ(run({"user", "role", "remove", "Ann", "moderator", "admin"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"remove":["moderator","admin"]})"));
  server_.answer("POST /admin/v1/users/u_7Kq/disable", 403,
                 R"({"error":{"code":"forbidden","message":"the last administrator"}})");
  EXPECT_EQ(run({"user", "disable", "u_7Kq"}), 1);
  EXPECT_THAT(err(), HasSubstr("the last administrator"));
  server_.answer("POST /admin/v1/users/Ann/enable", 200, "{}");
  EXPECT_EQ(run({"user", "enable", "Ann"}), 0);
  server_.answer("GET /admin/v1/users/Ann", 200, R"({"id":"u_1","createdAt":1760000000123})");
  EXPECT_EQ(run({"user", "info", "Ann"}), 0);
  EXPECT_EQ(out(), "createdAt  2025-10-09T08:53:20.123Z\nid         u_1\n");
}

TEST_F(VerbsTest, TheServersPasswordOfANewAccountIsShown) {
  server_.answer("POST /admin/v1/users", 200, R"({"message":"Ann is there","password":"abc"})");
  EXPECT_EQ(run({"user", "create", "Ann", "--role", "moderator", "--role", "service"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"name":"Ann","roles":["moderator","service"]})"));
  EXPECT_EQ(out(), "Ann is there\nits password, shown this once: abc\n");
  EXPECT_EQ(run({"user", "create", "Ann", "--role", "king"}), 2);
}

TEST_F(VerbsTest, ResetPasswordAsksTwiceAndNeverShowsIt) {
  server_.answer("POST /admin/v1/users/Ann/password", 200, R"({"message":"Ann has a new one"})");
  typed_ = {"long enough", "long enough"};
  EXPECT_EQ(run({"user", "reset-password", "Ann"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"password":"long enough"})"));
  EXPECT_THAT(out() + err(), Not(HasSubstr("long enough")));
  EXPECT_EQ(run({"user", "reset-password", "Ann"}), 1) << "nobody to ask";
  EXPECT_THAT(server_.asked(), SizeIs(1));
}

TEST_F(VerbsTest, EveryVerbHasHelpWithExamples) {
  for (const auto& path : verbs_with_examples()) {
    std::vector<std::string> words;
    std::istringstream in(path + " --help");
    for (std::string word; in >> word;) words.push_back(word);
    EXPECT_EQ(run(words), 0) << path << err();
    EXPECT_THAT(out(), HasSubstr("Examples:\n" + std::string(examples_of(path)))) << path;
    EXPECT_THAT(out(), HasSubstr("Exit codes: 0 done, 1 refused, 2 usage.")) << path;
  }
  for (const auto& path : verb_paths()) EXPECT_THAT(examples_of(path), Not("")) << path;
  EXPECT_EQ(verb_paths().size(), verbs_with_examples().size());
}

TEST_F(VerbsTest, HelpNamesTheVerbs) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out(), HasSubstr("sessions"));
  EXPECT_EQ(run({"plugin", "--help"}), 0);
  EXPECT_THAT(out(), HasSubstr("reload"));
}

TEST_F(VerbsTest, PluginListAndInfo) {
  server_.answer(
      "GET /admin/v1/plugins", 200,
      R"({"plugins":[{"id":"dice","version":"1.0.0","state":"active","commands":["roll"]}]})");
  EXPECT_EQ(run({"plugin", "list"}), 0);
  EXPECT_THAT(out(), HasSubstr("dice  1.0.0    active  roll\n"));
  server_.answer("GET /admin/v1/plugins/dice", 200, R"({"id":"dice","limits":{"queue":1024}})");
  EXPECT_EQ(run({"plugin", "info", "dice"}), 0);
  EXPECT_THAT(out(), HasSubstr("limits.queue  1024\n"));
}

TEST_F(VerbsTest, PluginOperationsShowTheirSteps) {
  server_.answer(
      "POST /admin/v1/plugins/dice/load", 200,
      R"({"ok":true,"steps":[{"name":"stage","ms":2,"ok":true,"detail":""},{"name":"describe","ms":31,"ok":true,"detail":"dice 1.0.0"}]})");
  EXPECT_EQ(run({"plugin", "load", "dice", "--from", "/tmp/x/../dice.so"}), 0);
  EXPECT_EQ(last_asked().body, json::parse(R"({"from":"/tmp/dice.so"})"));
  EXPECT_EQ(out(),
            "step      ms      detail\nstage     2   ok\ndescribe  31  ok  dice 1.0.0\nload dice: "
            "done\n");
}

TEST_F(VerbsTest, AFailedPluginOperationShowsWhichStep) {
  server_.answer("POST /admin/v1/plugins/dice/reload", 409,
                 R"({"ok":false,"steps":[{"name":"check","ms":1,"ok":false,"detail":"abi 2"}],
                     "error":{"code":"conflict","message":"plugin dice needs ABI 2"}})");
  EXPECT_EQ(run({"plugin", "reload", "dice"}), 1);
  EXPECT_THAT(out(), HasSubstr("check  1   failed  abi 2\n"));
  EXPECT_THAT(err(), HasSubstr("needs ABI 2"));
  server_.answer("POST /admin/v1/plugins/dice/unload", 200,
                 R"({"ok":false,"error":{"message":"still busy"}})");
  EXPECT_EQ(run({"plugin", "unload", "dice"}), 1);
  EXPECT_THAT(err(), HasSubstr("still busy"));
}

TEST_F(VerbsTest, SeveralPluginsAreReloadedAlthoughOneIsRefused) {
  server_.answer("GET /admin/v1/plugins", 200, R"({"plugins":[]})");
  server_.answer("POST /admin/v1/plugins/dice/reload", 409,
                 R"({"ok":false,"steps":[],"error":{"code":"conflict","message":"no luck"}})");
  server_.answer("POST /admin/v1/plugins/game/reload", 200, R"({"ok":true,"steps":[]})");
  EXPECT_EQ(run({"plugin", "reload", "dice", "game"}), 1);
  EXPECT_THAT(err(), HasSubstr("no luck"));
  EXPECT_THAT(out(), HasSubstr("reload game: done"));
}

TEST_F(VerbsTest, ReloadAllMeansWhatServes) {
  server_.answer("GET /admin/v1/plugins", 200,
                 R"({"plugins":[{"id":"dice","state":"active"},{"id":"old","state":"failed"},
                     {"id":"game","state":"probation"}]})");
  server_.answer("POST /admin/v1/plugins/dice/reload", 200, R"({"ok":true,"steps":[]})");
  server_.answer("POST /admin/v1/plugins/game/reload", 200, R"({"ok":true,"steps":[]})");
  EXPECT_EQ(run({"plugin", "reload", "--all"}), 0) << err();
  EXPECT_THAT(out(), AllOf(HasSubstr("reload dice: done"), HasSubstr("reload game: done"),
                           Not(HasSubstr("old"))));
}

TEST_F(VerbsTest, WhatIsNeededIsReloadedBeforeWhatNeedsIt) {
  server_.answer("GET /admin/v1/plugins", 200,
                 R"({"plugins":[{"id":"arena","state":"active","requires":["game >=1 <2"]},
                     {"id":"game","state":"active","requires":["account"]},
                     {"id":"account","state":"active","requires":[]}]})");
  for (const char* id : {"arena", "game", "account"})
    server_.answer("POST /admin/v1/plugins/" + std::string(id) + "/reload", 200,
                   R"({"ok":true,"steps":[]})");
  EXPECT_EQ(run({"plugin", "reload", "--all"}), 0) << err();
  EXPECT_THAT(out(), HasSubstr("reload account: done\nreload game: done\nreload arena: done"));
}

TEST_F(VerbsTest, ACanaryTakesAShareOrUsers) {
  server_.answer("POST /admin/v1/plugins/dice/canary", 200, R"({"ok":true,"steps":[]})");
  EXPECT_EQ(run({"plugin", "canary", "dice", "10%", "--from", "/tmp/dice.so"}), 0) << err();
  EXPECT_EQ(last_asked().body, json::parse(R"({"percent":10,"from":"/tmp/dice.so"})"));
  EXPECT_EQ(run({"plugin", "canary", "dice", "user", "Neo", "u_7Kq"}), 0) << err();
  EXPECT_EQ(last_asked().body, json::parse(R"({"users":["Neo","u_7Kq"]})"));
  for (const char* bad : {"ten", "user", "100", "-1", "1.5"})
    EXPECT_EQ(run({"plugin", "canary", "dice", bad}), 2) << bad;
}

TEST_F(VerbsTest, WhatNeedsANameOnlyIsAnOperation) {
  for (const std::string verb : {"promote", "quarantine", "release"}) {
    server_.answer("POST /admin/v1/plugins/dice/" + verb, 200, R"({"ok":true,"steps":[]})");
    EXPECT_EQ(run({"plugin", verb, "dice"}), 0) << err();
    EXPECT_THAT(out(), HasSubstr(verb + " dice: done"));
  }
}

TEST_F(VerbsTest, ReloadNeedsNamesOrAll) {
  EXPECT_EQ(run({"plugin", "reload"}), 2);
  EXPECT_THAT(err(), HasSubstr("--all"));
  EXPECT_EQ(run({"plugin", "reload", "dice", "--all"}), 2);
  EXPECT_EQ(run({"plugin", "reload", "dice", "game", "--from", "/tmp/dice.so"}), 2);
}

TEST_F(VerbsTest, OneVerbLetsAPluginOutOfQuarantine) {
  EXPECT_EQ(run({"plugin", "quarantine", "dice", "--release"}), 2);
  EXPECT_THAT(err(), HasSubstr("--release"));
}

TEST_F(VerbsTest, PluginConfigSetsTypedValues) {
  server_.answer(
      "PATCH /admin/v1/plugins/dice/config", 200,
      R"({"config":{"sides":12,"names":["a","b"]},"origins":{"/sides":"overlay","/names/0":"dice.yaml:3"}})");
  EXPECT_EQ(run({"plugin", "config", "dice", "--set", "sides=12", "--set", "name=two words",
                 "--set", "on=true", "--set", "list=[1,2]", "--set", "gone=null", "--set",
                 "text=\"7\"", "--set", "eq=a=b"}),
            0)
      << err();
  EXPECT_EQ(
      last_asked().body,
      json::parse(
          R"({"set":{"sides":12,"name":"two words","on":true,"list":[1,2],"gone":null,"text":"7","eq":"a=b"}})"));
  EXPECT_THAT(out(), HasSubstr("sides    12     overlay\n"));
  EXPECT_THAT(out(), HasSubstr("names.0  a      dice.yaml:3\n"));
}

TEST_F(VerbsTest, ARefusedPluginConfigBlamesTheFlag) {
  server_.answer("PATCH /admin/v1/plugins/dice/config", 400,
                 R"({"error":{"code":"invalid_args","message":"the old configuration stays",
                     "details":[{"file":"","line":0,"path":"config.sides","message":"must be at least 2, is 1",
                                 "stays":"dice.yaml:4"}]}})");
  EXPECT_EQ(run({"plugin", "config", "dice", "--set", "sides=1"}), 1);
  EXPECT_EQ(err(),
            "refused: --set sides=1: must be at least 2, is 1\n"
            "  the old configuration stays: dice.yaml:4\n");
}

TEST_F(VerbsTest, ARefusalOfWhatStandsInTheFileBlamesTheFile) {
  server_.answer("PATCH /admin/v1/plugins/dice/config", 400,
                 R"({"error":{"code":"invalid_args","message":"the old configuration stays"},
                     "details":[{"file":"dice.yaml","line":4,"path":"config.sides","message":"must be at least 2, is 1"}]})");
  EXPECT_EQ(run({"plugin", "config", "dice", "--set", "sides=1"}), 1);
  EXPECT_EQ(err(),
            "refused: the old configuration stays (invalid_args)\n  dice.yaml:4: config.sides: "
            "must be at least 2, is 1\n");
}

TEST_F(VerbsTest, ConfigReloadSaysWhatChangedAndWhatWaits) {
  server_.answer("POST /admin/v1/config/reload", 200,
                 R"({"changes":[{"path":"limits.rate","before":"30","after":"5","restart":false},
                                {"path":"storage.readers","before":"2","after":"4","restart":true}]})");
  EXPECT_EQ(run({"config", "reload"}), 0);
  EXPECT_THAT(out(), HasSubstr("limits.rate      30      5      now\n"));
  EXPECT_THAT(out(), HasSubstr("storage.readers  2       4      after a restart\n"));
}

TEST_F(VerbsTest, ConfigCheckAndPrintNeedNoServer) {
  const auto file = folder_.write("parley.yaml", "limits: {rats: 1}\n");
  EXPECT_EQ(run({"config", "check", "--config", file}), 1);
  EXPECT_THAT(err(), HasSubstr(file + ":1: limits.rats: there is no such key"));
  const auto good = folder_.write("good.yaml", "limits: {burst: 1}\n");
  EXPECT_EQ(run({"config", "print", "--config", good}), 0);
  EXPECT_THAT(out(), HasSubstr("rate: 30  # default\n"));
  EXPECT_THAT(server_.asked(), SizeIs(0));
  EXPECT_EQ(run({"config", "print", "--config", good, "-o", "json"}), 0);
  const auto keys = json::parse(out()).at("keys");
  EXPECT_GT(keys.size(), 80u);
  EXPECT_EQ(keys.at(0).at("origin"), "default") << keys.at(0);
}

TEST_F(VerbsTest, ConfigPrintShowsTheRunningServers) {
  server_.answer("GET /admin/v1/config", 200,
                 R"({"text":"limits:\n  rate: 5  # flag\n","keys":[{"path":"limits.rate"}]})");
  EXPECT_EQ(run({"config", "print"}), 0);
  EXPECT_EQ(out(), "limits:\n  rate: 5  # flag\n");
  EXPECT_EQ(run({"config", "print", "-o", "json"}), 0);
  EXPECT_EQ(json::parse(out()).at("keys").at(0).at("path"), "limits.rate");
}

TEST_F(VerbsTest, RedeemAsksForThePasswordTwiceAndNeverShowsIt) {
  server_.answer("POST /admin/v1/admin/redeem", 200, R"({"message":"Ann is admin"})");
  typed_ = {"long enough", "long enough"};
  EXPECT_EQ(run({"admin", "redeem", "CODE", "Ann"}), 0);
  EXPECT_EQ(last_asked().body,
            json::parse(R"({"code":"CODE","name":"Ann","password":"long enough"})"));
  EXPECT_THAT(out() + err(), Not(HasSubstr("long enough")));
  typed_ = {"one", "two"};
  EXPECT_EQ(run({"admin", "redeem", "CODE", "Ann"}), 1);
  EXPECT_THAT(server_.asked(), SizeIs(1)) << "differing passwords are not sent";
  EXPECT_EQ(run({"admin", "redeem", "CODE", "Ann"}), 1) << "nobody to ask";
}

TEST_F(VerbsTest, RedeemReadsAPrivateFileOnly) {
  server_.answer("POST /admin/v1/admin/redeem", 200, "{}");
  const auto file = folder_.write("password", "from a file\n");
  EXPECT_EQ(run({"admin", "redeem", "CODE", "Ann", "--password-file", file}), 0);
  EXPECT_EQ(last_asked().body.at("password"), "from a file");
  std::filesystem::permissions(file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(run({"admin", "redeem", "CODE", "Ann", "--password-file", file}), 1);
  EXPECT_THAT(err(), HasSubstr("chmod 600"));
}

TEST_F(VerbsTest, RestoreRunsTheServersProgramAndKeepsItsExitCode) {
  const auto program = folder_.write(
      "parleyd", "#!/bin/sh\necho \"$@\" > '" + folder_.path("words") + "'\nexit 1\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_exec,
                               std::filesystem::perm_options::add);
  EXPECT_EQ(run({"restore", "/backups/b.db", "--parleyd", program}), 1);
  EXPECT_EQ(TempFolder::read(folder_.path("words")),
            "--restore /backups/b.db --state " + state_ + "\n");
  EXPECT_EQ(run({"restore", "b.db", "--parleyd", folder_.path("none")}), 1);
  EXPECT_THAT(err(), HasSubstr("cannot run"));
}

TEST_F(VerbsTest, RestoreAsksWhoSitsAtATerminal) {
  const auto program = folder_.write("parleyd", "#!/bin/sh\ntouch '" + folder_.path("ran") + "'\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_exec,
                               std::filesystem::perm_options::add);
  const auto ran = [this] { return std::filesystem::remove(folder_.path("ran")); };
  said_ = "n";
  EXPECT_EQ(run({"restore", "/backups/b.db", "--parleyd", program}), 1);
  EXPECT_THAT(asked_, HasSubstr("/backups/b.db"));
  EXPECT_EQ(err(), "parleyctl: nothing was done\n");
  EXPECT_FALSE(ran());
  EXPECT_EQ(run({"restore", "/backups/b.db", "--parleyd", program, "--yes"}), 0);
  EXPECT_TRUE(ran());
  said_ = "y";
  EXPECT_EQ(run({"restore", "/backups/b.db", "--parleyd", program}), 0);
  EXPECT_TRUE(ran());
}

}  // namespace
}  // namespace parley::ctl
