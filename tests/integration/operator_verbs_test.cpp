// SPDX-License-Identifier: Apache-2.0
// What an operator types and what the server says to slips: clear sentences, nothing done.
#include <filesystem>
#include <fstream>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class OperatorVerbs : public SharedServer {
 protected:
  static Ctl ctl() { return Ctl(server()); }
  static void refuses(const std::vector<std::string>& words, const std::string& sentence) {
    const auto refused = ctl().run(words);
    EXPECT_EQ(refused.exit_code, 1) << refused.text();
    EXPECT_NE(refused.err.find(sentence), std::string::npos) << refused.text();
  }
};

TEST_F(OperatorVerbs, SayNeedsAChannelThatIsThere) {
  Client neo(server().port());
  neo.enter("Listener");
  refuses({"say", "golbal", "hello"}, "there is no channel golbal");
  refuses({"say", "@u_nobody", "hello"}, "there is nobody with the id u_nobody");
  ctl().must({"say", "global", "hello all"});
  const auto heard = neo.read_where(
      [](const Json& frame) { return frame.dump().find("hello all") != std::string::npos; },
      "what the server said");
  EXPECT_EQ(heard.at("channel"), "global");
  const auto channels = ctl().must({"channels", "-o", "json"}).out;
  EXPECT_EQ(channels.find("golbal"), std::string::npos) << channels;
}

TEST_F(OperatorVerbs, ALevelNeedsAComponentThatIsThere) {
  refuses({"log", "level", "nett", "debug"}, "the log has no component nett; there are api");
  ctl().must({"log", "level", "net", "debug"});
  const auto levels = ctl().must({"log", "levels", "-o", "json"}).json().at("levels");
  const auto level_of = [&levels](const std::string& component) {
    for (const auto& row : levels)
      if (row.at("component") == component) return row.at("level").get<std::string>();
    return std::string("missing");
  };
  EXPECT_EQ(level_of("net"), "debug");
  EXPECT_EQ(level_of("storage"), "info");
  ctl().must({"log", "level", "net", "info"});
}

TEST_F(OperatorVerbs, ABackupSaysWhatIsWrongWithItsTarget) {
  TempFolder folder;
  const auto there = (folder.path() / "there.db").string();
  std::ofstream(there) << "precious";
  refuses({"backup", there}, "is there already");
  refuses({"backup", (folder.path() / "none" / "b.db").string()}, "There is no folder");
  refuses({"backup", folder.path().string()}, "is a folder");
  EXPECT_EQ(contents(there), "precious");
  ctl().must({"backup", (folder.path() / "good.db").string()});
}

TEST_F(OperatorVerbs, AnUnknownPluginKeyIsRefusedWithFileAndLine) {
  refuses({"plugin", "config", "dice", "--set", "a=b"}, "there is no such key");
  const auto refused = ctl().run({"plugin", "config", "reply", "--set", "nonesuch=1"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("reply.yaml:"), std::string::npos) << refused.text();
  EXPECT_NE(refused.err.find("--set nonesuch=1"), std::string::npos) << refused.text();
  const auto shown = ctl().must({"plugin", "config", "reply", "-o", "json"}).out;
  EXPECT_EQ(shown.find("nonesuch"), std::string::npos) << "the old configuration stays";
}

TEST_F(OperatorVerbs, ConfigPrintShowsWhatIsInForce) {
  const auto text = ctl().must({"config", "print"}).out;
  EXPECT_NE(text.find("new_connections: 1000  # flag\n"), std::string::npos) << text;
  EXPECT_NE(text.find("inflight: 64  # " PARLEY_SOURCE_DIR "/config/parley.yaml:"),
            std::string::npos)
      << text;
  const auto keys = ctl().must({"config", "print", "-o", "json"}).json().at("keys");
  EXPECT_GT(keys.size(), 80u);
}

// No file of the server's own can be taken for the log or the database.
TEST_F(OperatorVerbs, NothingInTheStateFolderCanBecomeTheLog) {
  for (const auto& entry : std::filesystem::directory_iterator(server().state())) {
    const auto name = entry.path().filename().string();
    if (name == "logs") continue;  // the folder the log itself lies in
    TempFolder folder;
    Child check({PARLEY_BINARY_DIR "/bin/parleyd", "--check-config", "--set", "log.file=" + name},
                folder.path() / "out", folder.path() / "err");
    EXPECT_EQ(check.wait(kPatience), 2) << name << contents(folder.path() / "err");
  }
}

// In a real shell, which splits and quotes by its own rules.
TEST_F(OperatorVerbs, BashCompletesVerbsAndThePluginsOfTheServer) {
  const std::string program = PARLEY_BINARY_DIR "/bin/parleyctl";
  const auto completed = [&program](const std::string& words, int at) {
    TempFolder folder;
    Child bash({"/bin/bash", "-c",
                "source <(" + program + " completion bash); COMP_WORDS=(" + program + " " + words +
                    "); COMP_CWORD=" + std::to_string(at) +
                    "; _parleyctl; printf '%s\n' \"${COMPREPLY[@]}\""},
               folder.path() / "out", folder.path() / "err");
    EXPECT_EQ(bash.wait(kPatience), 0) << contents(folder.path() / "err");
    return contents(folder.path() / "out");
  };
  EXPECT_EQ(completed("plugin un", 2), "unload\nunpin\n");
  EXPECT_EQ(completed("plugin q", 2), "quarantine\n");
  EXPECT_NE(completed("plugin ''", 2).find("\nreload\n"), std::string::npos);
  const auto state = server().state().string();
  EXPECT_EQ(completed("--state " + state + " plugin reload di", 5), "dice\n");
}

TEST_F(OperatorVerbs, LogsFindACommandByPluginUserAndLevel) {
  ctl().must({"log", "level", "command", "debug"});
  Client neo(server().port());
  neo.enter("Traced");
  ASSERT_EQ(neo.ask({{"action", "roll"}, {"dice", "1d6"}}, "traced-1")["type"], "diceRolled");
  ASSERT_EQ(error_code(neo.ask({{"action", "nonesuch"}}, "traced-2")), "unknown_action");
  ctl().must({"log", "level", "command", "info"});
  const auto found = [](const std::vector<std::string>& filter) {
    std::vector<std::string> words{"logs", "--since", "10m", "-o", "json"};
    words.insert(words.end(), filter.begin(), filter.end());
    return ctl().must(words).out;
  };
  const auto rolled = found({"--plugin", "dice", "--user", "Traced", "--request", "traced-1"});
  EXPECT_NE(rolled.find("\"message\":\"roll: ok in "), std::string::npos) << rolled;
  EXPECT_NE(rolled.find("\"level\":\"debug\""), std::string::npos) << rolled;
  EXPECT_EQ(found({"--plugin", "dice", "--user", "Traced", "--level", "info"}), "");
  const auto refused = found({"--user", "Traced", "--level", "info", "--component", "command"});
  EXPECT_NE(refused.find("nonesuch: unknown_action"), std::string::npos) << refused;
}

}  // namespace
}  // namespace parley::test
