// SPDX-License-Identifier: Apache-2.0
#include "config/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace parley::config {
namespace {

using ::testing::HasSubstr;

Start run(std::vector<const char*> words, const Settings& environment = {}) {
  words.insert(words.begin(), "parleyd");
  return parse_flags(static_cast<int>(words.size()), words.data(), environment);
}

TEST(Flags, NothingMeansRunWithDefaults) {
  const auto start = run({});
  EXPECT_EQ(start.mode, Mode::kRun);
  EXPECT_EQ(start.loaded.config.state_dir, "var");
}

TEST(Flags, NameTheCommonKeys) {
  const auto start = run({"--state", "/tmp/s", "--listen", "127.0.0.1:0", "--operator",
                          "127.0.0.1:1", "--set", "limits.rate=5", "--set", "limits.burst=6"});
  ASSERT_EQ(start.mode, Mode::kRun) << start.complaint;
  const auto& config = start.loaded.config;
  EXPECT_EQ(config.state_dir, "/tmp/s");
  EXPECT_EQ(config.listen.address, "127.0.0.1:0");
  EXPECT_EQ(config.listen.operator_address, "127.0.0.1:1");
  EXPECT_EQ(config.limits.rate, 5);
  EXPECT_EQ(config.limits.burst, 6);
}

TEST(Flags, TheEnvironmentNamesTheStateFolder) {
  EXPECT_EQ(run({}, {{"PARLEY_STATE", "/tmp/e"}}).loaded.config.state_dir, "/tmp/e");
  EXPECT_EQ(run({"--state", "/tmp/f"}, {{"PARLEY_STATE", "/tmp/e"}}).loaded.config.state_dir,
            "/tmp/f");
}

TEST(Flags, UsageErrorsEndWithTwo) {
  for (const auto& words :
       std::vector<std::vector<const char*>>{{"--nope"},
                                             {"stray"},
                                             {"--set", "limits.rate"},
                                             {"--set", "=1"},
                                             {"--set", "limits.rtae=1"},
                                             {"--set", "limits.rate=x"},
                                             {"--listen", "8080"},
                                             {"--check-config", "--print-config"}}) {
    const auto start = run(words);
    EXPECT_EQ(start.mode, Mode::kDone) << words[0];
    EXPECT_EQ(start.exit_code, 2) << words[0];
    EXPECT_FALSE(start.complaint.empty());
    EXPECT_TRUE(start.output.empty());
  }
}

TEST(Flags, ABadFileEndsWithOneAndEverySentence) {
  const TempFolder folder;
  const auto file = folder.write("parley.yaml", "limits: {rate: x}\nnope: 1\n");
  const auto start = run({"--config", file.c_str(), "--check-config"});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_THAT(start.complaint, HasSubstr(file + ":1: limits.rate: "));
  EXPECT_THAT(start.complaint, HasSubstr(file + ":2: nope: "));
}

TEST(Flags, CheckLooksAtThePluginsBesideTheFile) {
  const TempFolder folder;
  const auto file = folder.write("parley.yaml", "plugins: {enabled: [toy]}\n");
  EXPECT_EQ(run({"--config", file.c_str(), "--check-config"}).output,
            "the configuration is good\n");
  folder.write("plugins.d/toy.yaml", "execution: fast\n");
  const auto start = run({"--config", file.c_str(), "--check-config"});
  EXPECT_EQ(start.exit_code, 1);
  EXPECT_THAT(start.complaint, HasSubstr("plugins.d/toy.yaml:1: execution: "));
  EXPECT_EQ(start.plugin_settings, folder.path("plugins.d"));
}

TEST(Flags, CheckWarnsOfPluginsThatAreNotThere) {
  const TempFolder folder;
  folder.write("bin/dice.so", "");
  folder.write("state/plugins/shop/pinned", "1.0.0-0123456789ab.so");
  for (const char* id : {"dice", "dize", "shop"})
    folder.write("plugins.d/" + std::string(id) + ".yaml", "");
  const auto file = folder.write(
      "parley.yaml", "plugins:\n  folder: " + folder.path("bin") +
                         "\n  enabled: [dice, game, shop]\nstate: " + folder.path("state") + "\n");
  const auto start = run({"--config", file.c_str(), "--check-config"});
  EXPECT_EQ(start.exit_code, 0) << "a plugin may be brought later";
  EXPECT_EQ(start.output, "the configuration is good\n");
  EXPECT_EQ(start.complaint,
            "warning: " + file + ":3: plugins.enabled: game: there is no game.so in " +
                folder.path("bin") + ", so the server starts without it\nwarning: " +
                folder.path("plugins.d/dize.yaml") + ":1: dize: there is no dize.so in " +
                folder.path("bin") + ", so nothing heeds this file. Did you mean `dice`?\n");
  EXPECT_EQ(run({"--config", file.c_str(), "--print-config"}).complaint, "");
}

TEST(Flags, AStartWarnsOfSettingsThatNobodyReads) {
  const TempFolder folder;
  folder.write("bin/dice.so", "");
  folder.write("plugins.d/dice.yaml", "");
  const auto overlay = folder.write("state/plugins.d/gone.json", "{}");
  const auto lost = folder.write("state/plugins.d/dice.yaml", "");
  const auto file =
      folder.write("parley.yaml", "plugins: {folder: " + folder.path("bin") +
                                      ", enabled: [dice]}\nstate: " + folder.path("state") + "\n");
  const auto warned = "warning: " + overlay + ":1: gone: there is no gone.so in " +
                      folder.path("bin") + ", so nothing heeds this file\nwarning: " + lost +
                      ":1: dice: nothing heeds this file: settings of plugins are read from " +
                      folder.path("plugins.d") + ", and here lies what was set at run time\n";
  for (const bool check : {false, true}) {
    const auto start =
        check ? run({"--config", file.c_str(), "--check-config"}) : run({"--config", file.c_str()});
    EXPECT_EQ(start.exit_code, 0);
    EXPECT_EQ(start.complaint, warned) << check;
  }
}

TEST(Flags, CheckWarnsOfAFolderOfPluginsThatIsNotThere) {
  const auto start = run({"--check-config", "--set", "plugins.folder=/nowhere/at/all"});
  EXPECT_EQ(start.exit_code, 0);
  EXPECT_EQ(start.complaint, "warning: plugins.folder: /nowhere/at/all: there is no such folder\n");
}

TEST(Flags, PrintShowsOrigins) {
  const auto start = run({"--print-config", "--set", "limits.rate=5"});
  EXPECT_EQ(start.mode, Mode::kDone);
  EXPECT_EQ(start.exit_code, 0);
  EXPECT_THAT(start.output, HasSubstr("rate: 5  # flag\n"));
}

TEST(Flags, HelpVersionAndRestore) {
  EXPECT_THAT(run({"--help"}).output, HasSubstr("--check-config"));
  EXPECT_THAT(run({"--version"}).output, HasSubstr("parleyd "));
  const auto start = run({"--restore", "b.db", "--state", "s"});
  EXPECT_EQ(start.mode, Mode::kRestore);
  EXPECT_EQ(start.restore_file, "b.db");
}

}  // namespace
}  // namespace parley::config
