// SPDX-License-Identifier: Apache-2.0
// A command run as somebody by an admin: what they would see, and what others see of it.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "integration/support/child.h"
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Try : public SharedServer {
 protected:
  static Ctl ctl() { return Ctl(server()); }
  static void make(const std::string& name) {
    Client person(server().port());
    const Json wanted{{"action", "register"}, {"name", name}, {"password", "one-two-three-44"}};
    ASSERT_EQ(person.ask(wanted, 1).at("type"), "welcome");
  }
  // What came of a line, whether it was refused or not.
  static Json tried(std::vector<std::string> words) {
    words.insert(words.begin(), "try");
    words.insert(words.end(), {"-o", "json"});
    return ctl().run(words).json();
  }
  static std::string result(const std::vector<std::string>& words) {
    return tried(words).at("result").get<std::string>();
  }
  static std::string audited(const std::string& awaited) {
    std::string found;
    for (const auto end = within(kPatience); Clock::now() < end;) {
      found = ctl().must({"audit", "--action", "command.try"}).out;
      if (found.find(awaited) != found.npos) break;
    }
    return found;
  }
};

TEST_F(Try, ShowsTheAnswerWhoGaveItAndHowLongItTook) {
  make("Dicer");
  const auto body = tried({"/roll 3d6", "--as", "Dicer", "--channel", "global"});
  EXPECT_EQ(body.at("result"), "ok") << body;
  EXPECT_EQ(body.at("command"), "roll");
  EXPECT_EQ(body.at("user").at("name"), "Dicer");
  EXPECT_EQ(body.at("answer").at("type"), "diceRolled");
  EXPECT_EQ(body.at("answer").at("data").at("rolls").size(), 3u) << body;
  EXPECT_FALSE(body.at("answer").contains("meta"));
  EXPECT_EQ(body.at("servedBy").at("plugin"), "dice");
  EXPECT_GT(body.at("servedBy").at("generation").get<int>(), 0);
  EXPECT_GE(body.at("tookUs").get<int>(), 0);
  EXPECT_THAT(audited("Dicer"), HasSubstr("/roll as Dicer in global"));
}

TEST_F(Try, APassingGuestIsSomebodyForTheTimeOfOneCommand) {
  const auto body = tried({"/whoami"});
  EXPECT_EQ(body.at("user").at("kind"), "guest") << body;
  EXPECT_EQ(body.at("result"), "ok") << body;
  EXPECT_THAT(ctl().must({"sessions"}).out, Not(HasSubstr("Passer-by")));
  EXPECT_EQ(result({"/mute neo"}), "forbidden");
}

TEST_F(Try, RolesAndRulesHoldAsForThePersonThemselves) {
  make("Plain");
  EXPECT_EQ(result({"/mute neo 10m", "--as", "Plain"}), "forbidden");
  EXPECT_EQ(ctl().run({"try", "/mute neo 10m", "--as", "Plain"}).exit_code, 1);
  ctl().must({"acl", "deny", "user:Plain", "look"});
  EXPECT_EQ(result({"/look", "--as", "Plain"}), "forbidden");
  ctl().must({"acl", "remove", "1"});
  EXPECT_EQ(result({"/look", "--as", "Plain"}), "ok");
  EXPECT_EQ(result({"/nosuchthing", "--as", "Plain"}), "unknown_action");
  EXPECT_EQ(result({"/roll many", "--as", "Plain"}), "invalid_args");
}

TEST_F(Try, WhatItDoesIsDone) {
  make("Speaker");
  Client neo(server().port());
  neo.enter("Hearer");
  EXPECT_EQ(result({"/msg Hearer psst", "--as", "Speaker"}), "ok");
  const auto heard = neo.read_where(
      [](const Json& frame) { return frame.dump().find("psst") != std::string::npos; },
      "the message");
  EXPECT_EQ(heard.at("data").at("from"), "Speaker");
}

TEST_F(Try, RefusesWhatItCannotRun) {
  EXPECT_THAT(ctl().run({"try", "/look", "--as", "Nobody At All"}).err, HasSubstr("nobody called"));
  EXPECT_THAT(ctl().run({"try", "/"}).err, HasSubstr("as people type it"));
  make("Gone");
  ctl().must({"user", "disable", "Gone"});
  EXPECT_THAT(ctl().run({"try", "/look", "--as", "Gone"}).err, HasSubstr("Gone is disabled"));
}

TEST_F(Try, TheAuditHoldsNoArguments) {
  EXPECT_EQ(result({"/login Neo swordfish99"}), "invalid_args") << "a secret stands in no line";
  EXPECT_THAT(audited("/login"), Not(HasSubstr("swordfish99")));
}

TEST_F(Try, TheTableOfCommandsSaysWhoseTheyAre) {
  const auto body = ctl().must({"commands", "-o", "json"}).json();
  bool found = false;
  for (const auto& row : body.at("commands")) {
    if (row.at("name") != "mute") continue;
    found = true;
    EXPECT_EQ(row.at("plugin"), "moderation");
    EXPECT_EQ(row.at("roles"), Json({"moderator", "admin"}));
    EXPECT_THAT(row.at("usage").get<std::string>(), HasSubstr("/mute <"));
    EXPECT_EQ(row.at("args").at(0).at("type"), "user") << row;
  }
  EXPECT_TRUE(found);
}

TEST(TryAlone, ACommandThatHangsEndsAtTheServersDeadline) {
  const TempFolder settings;
  std::filesystem::copy(PARLEY_SOURCE_DIR "/config/plugins.d", settings.path(),
                        std::filesystem::copy_options::overwrite_existing);
  const auto gate = (settings.path() / "gate").string();
  ASSERT_EQ(::mkfifo(gate.c_str(), 0600), 0);
  ::setenv("PARLEY_FIXTURE_GATE", gate.c_str(), 1);  // for the server, which is started below
  std::ofstream(settings.path() / "keeper.yaml") << "permissions: [commands, metrics]\n";
  ServerProcess server({.set = {"plugins.limits.hard_budget=300ms",
                                "plugins.settings=" + settings.path().string()}});
  ::unsetenv("PARLEY_FIXTURE_GATE");
  Ctl(server).must({"plugin", "load", "keeper", "--from",
                    std::string(PARLEY_BINARY_DIR) + "/fixtures/keeper.so"});
  const auto body = Ctl(server).run({"try", "/keeperSlow", "-o", "json"}).json();
  EXPECT_EQ(body.at("result"), "plugin_timeout") << body;
  EXPECT_EQ(body.at("servedBy").at("plugin"), "keeper") << body;
  EXPECT_GE(body.at("tookUs").get<int>(), 300'000);
  const int opened = ::open(gate.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(opened, 0);
  ::close(opened);
  Ctl(server).must({"plugin", "unload", "chat"});
  EXPECT_NE(Ctl(server).run({"try", "/keeperAdd"}).err.find("load the plugin chat"),
            std::string::npos);
}

}  // namespace
}  // namespace parley::test
