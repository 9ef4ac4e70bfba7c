// SPDX-License-Identifier: Apache-2.0
// What `plugin new` writes, and how `dev` finds out what to build.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ctl/new_plugin.h"
#include "ctl/plugin_build.h"
#include "ctl/program.h"
#include "support/temp_folder.h"

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(NewPlugin, ItsNamesFollowFromItsId) {
  const auto plugin = names_of("my-dice-2");
  ASSERT_TRUE(plugin);
  EXPECT_EQ(plugin->klass, "MyDice2");
  EXPECT_EQ(plugin->action, "myDice2");
}

TEST(NewPlugin, RefusesWhatIsNoId) {
  for (const char* id : {"", "Dice", "2dice", "my_dice", "my dice", "../dice", "дайс",
                         "a-name-that-is-longer-than-32-byte"})
    EXPECT_FALSE(names_of(id)) << id;
}

TEST(NewPlugin, WritesEveryFileWithoutAPlaceholder) {
  const TempFolder folder;
  ASSERT_TRUE(write_plugin(*names_of("dice"), folder.path("dice")));
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder.path("dice"))) {
    ++files;
    const std::string text = TempFolder::read(entry.path());
    EXPECT_FALSE(text.empty()) << entry.path();
    EXPECT_THAT(text, Not(HasSubstr("@"))) << entry.path();
  }
  EXPECT_EQ(files, 5u);
  for (const char* name :
       {"dice.cpp", "dice_test.cpp", "dice.yaml", "CMakeLists.txt", ".gitignore"})
    EXPECT_TRUE(fs::exists(folder.path("dice/" + std::string(name)))) << name;
}

TEST(NewPlugin, OverwritesNothing) {
  const TempFolder folder;
  folder.write("dice/notes.txt", "mine");
  const auto status = write_plugin(*names_of("dice"), folder.path("dice"));
  EXPECT_THAT(status.message(), HasSubstr("exists already"));
  EXPECT_FALSE(fs::exists(folder.path("dice/dice.cpp")));
}

TEST(PluginBuild, ReadsThePluginsOfAFolder) {
  const TempFolder folder;
  folder.write("CMakeLists.txt",
               "# parley_add_plugin(not-this)\nparley_add_plugin(dice dice.cpp)\n"
               "  parley_add_plugin(\n  more-dice more.cpp)\nparley_add_plugin_test(dice t.cpp)\n");
  const auto build = find_plugin_build(folder.path(), "/opt/parley/bin");
  ASSERT_TRUE(build) << build.status().message();
  EXPECT_THAT(build->ids, ElementsAre("dice", "more-dice"));
  EXPECT_TRUE(build->own_project);
  EXPECT_EQ(build->file("dice"), fs::canonical(folder.path()) / "build/dev/plugins/dice.so");
}

TEST(PluginBuild, UsesTheTreeThatTheProgramWasBuiltIn) {
  const TempFolder folder;
  folder.write("source/plugins/dice/CMakeLists.txt", "parley_add_plugin(dice dice.cpp)\n");
  folder.write("tree/CMakeCache.txt",
               "CMAKE_HOME_DIRECTORY:INTERNAL=" + fs::canonical(folder.path("source")).string());
  const auto build = find_plugin_build(folder.path("source/plugins/dice"), folder.path("tree/bin"));
  ASSERT_TRUE(build) << build.status().message();
  EXPECT_FALSE(build->own_project);
  EXPECT_EQ(build->tree, folder.path("tree"));
}

TEST(PluginBuild, SaysWhatAFolderLacks) {
  const TempFolder folder;
  EXPECT_THAT(find_plugin_build(folder.path("none"), "/opt/bin").status().message(),
              HasSubstr("there is no folder"));
  EXPECT_THAT(find_plugin_build(folder.path(), "/opt/bin").status().message(),
              HasSubstr("parleyctl plugin new NAME"));
}

TEST(Program, TakesOutputAndExitCode) {
  const auto ran = take_output({"sh", "-c", "echo out; echo err >&2; exit 7"});
  ASSERT_TRUE(ran);
  EXPECT_EQ(ran->exit_code, 7);
  EXPECT_EQ(ran->output, "out\nerr\n");
  EXPECT_EQ(take_output({"sh", "-c", "kill -9 $$"})->exit_code, 137);
  EXPECT_THAT(take_output({"no-such-program-here"}).status().message(),
              HasSubstr("cannot run no-such-program-here"));
}

}  // namespace
}  // namespace parley::ctl
