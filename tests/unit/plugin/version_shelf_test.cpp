// SPDX-License-Identifier: Apache-2.0
// Kept versions: their order, pins, and what is deleted when there are too many.
#include "plugin/version_shelf.h"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "full_disk.h"
#include "support/temp_folder.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

TEST(Versions, AreComparedByValue) {
  const std::vector<std::string> rising{
      "0.9",   "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc1",
      "1.0.0", "1.0.1",       "1.2.0",         "1.10.0",       "2.0.0"};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = 0; j < rising.size(); ++j) {
      const int order = compare_versions(rising[i], rising[j]);
      EXPECT_EQ(order < 0, i < j) << rising[i] << " " << rising[j];
      EXPECT_EQ(order > 0, i > j) << rising[i] << " " << rising[j];
    }
  }
  EXPECT_EQ(compare_versions("1.0.0+build1", "1.0.0+build2"), 0);
}

class Shelf : public ::testing::Test {
 protected:
  fs::path keep(const std::string& version, char digit, const std::string& id = "dice") {
    const auto file = shelf_.incoming("dice", "bytes of " + version);
    EXPECT_TRUE(file) << file.status().message();
    auto kept = shelf_.keep(id, version, std::string(64, digit), *file, "signed " + version);
    EXPECT_TRUE(kept) << kept.status().message();
    return *kept;
  }
  std::vector<std::string> kept(const std::string& id = "dice") const {
    std::vector<std::string> names;
    for (const auto& one : shelf_.versions(id)) names.push_back(one.version);
    return names;
  }

  TempFolder folder_;
  VersionShelf shelf_{folder_.path()};
};

TEST_F(Shelf, KeepsFilesPrivateWithTheirSignatures) {
  const auto file = keep("1.2.0", 'a');
  EXPECT_EQ(TempFolder::read(file), "bytes of 1.2.0");
  EXPECT_EQ(TempFolder::read(file.string() + ".sig"), "signed 1.2.0");
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(file.parent_path()).permissions(), fs::perms::owner_all);
  EXPECT_TRUE(shelf_.holds(file));
  EXPECT_FALSE(shelf_.holds(folder_.path("plugins")));
  EXPECT_FALSE(shelf_.holds(folder_.path("plugins/../elsewhere.so")));
  EXPECT_FALSE(shelf_.holds("/usr/lib/dice.so"));
}

TEST_F(Shelf, ListsTheNewestFirst) {
  for (const char* version : {"1.9.0", "1.10.0", "0.5.0"}) keep(version, 'a');
  keep("7.0.0", 'a', "game");
  EXPECT_THAT(kept(), ElementsAre("1.10.0", "1.9.0", "0.5.0"));
  EXPECT_THAT(kept("nobody"), ElementsAre());
}

TEST_F(Shelf, WhatACrashLeftBehindGoesWithTheNextUpload) {
  const auto left = shelf_.incoming("dice", "cut off");
  const auto next = shelf_.incoming("dice", "whole");
  ASSERT_TRUE(left && next);
  EXPECT_FALSE(fs::exists(*left));
  EXPECT_EQ(TempFolder::read(*next), "whole");
}

TEST_F(Shelf, TheSameFileTwiceIsOne) {
  keep("1.0.0", 'a');
  keep("1.0.0", 'a');
  EXPECT_THAT(kept(), ElementsAre("1.0.0"));
}

TEST_F(Shelf, APinIsFoundUntilItIsTakenBack) {
  const auto file = keep("1.0.0", 'a');
  keep("2.0.0", 'b');
  EXPECT_FALSE(shelf_.pinned("dice"));
  ASSERT_TRUE(shelf_.pin("dice", "1.0.0"));
  EXPECT_EQ(shelf_.pinned("dice"), file);
  ASSERT_TRUE(shelf_.pin("dice", "2.0.0-bbbbbbbbbbbb"));
  EXPECT_THAT(shelf_.pinned("dice")->string(), HasSubstr("2.0.0-bbbbbbbbbbbb.so"));
  ASSERT_TRUE(shelf_.pin("dice", ""));
  EXPECT_FALSE(shelf_.pinned("dice"));
  ASSERT_TRUE(shelf_.pin("dice", "")) << "once more is no error";
}

TEST_F(Shelf, WhatIsNotKeptCannotBePinned) {
  keep("1.0.0", 'a');
  EXPECT_THAT(shelf_.pin("dice", "9.0.0").message(), HasSubstr("plugin versions dice"));
  keep("1.0.0", 'b');
  EXPECT_THAT(shelf_.pin("dice", "1.0.0").message(), HasSubstr("1.0.0-aaaaaaaaaaaa or"));
}

TEST_F(Shelf, APinCannotLeadOutOfTheFolder) {
  keep("1.0.0", 'a');
  for (const char* name : {"../../evil.so", "/evil.so", "..", "", "evil.so", "-aaaaaaaaaaaa.so"}) {
    folder_.write("plugins/dice/pinned", std::string(name) + "\n");
    EXPECT_FALSE(shelf_.pinned("dice")) << name;
  }
}

TEST_F(Shelf, LinksInAndOutCountAsKept) {
  const auto file = keep("1.0.0", 'a');
  fs::create_symlink(file, folder_.path("elsewhere.so"));
  EXPECT_TRUE(shelf_.holds(folder_.path("elsewhere.so")));
  folder_.write("stranger.so", "bytes");
  fs::create_symlink(folder_.path("stranger.so"), folder_.path("plugins/dice/link.so"));
  EXPECT_TRUE(shelf_.holds(folder_.path("plugins/dice/link.so")));
}

TEST_F(Shelf, AFullDiskTakesNothingAwayAndLeavesNothingBehind) {
  const auto file = keep("1.0.0", 'a');
  ASSERT_TRUE(shelf_.pin("dice", "1.0.0"));
  keep("2.0.0", 'b');
  const auto incoming = shelf_.incoming("dice", "bytes");
  ASSERT_TRUE(incoming);
  {
    const FullDisk full;
    EXPECT_THAT(shelf_.incoming("dice", "more bytes").status().message(),
                HasSubstr("cannot be written"));
    EXPECT_FALSE(shelf_.keep("dice", "1.0.0", std::string(64, 'a'), file, "another signature"));
    EXPECT_FALSE(shelf_.keep("dice", "3.0.0", std::string(64, 'c'), *incoming, "signed"));
    EXPECT_FALSE(shelf_.pin("dice", "2.0.0"));
  }
  EXPECT_EQ(TempFolder::read(file), "bytes of 1.0.0");
  EXPECT_EQ(TempFolder::read(file.string() + ".sig"), "signed 1.0.0");
  EXPECT_EQ(shelf_.pinned("dice"), file);
  EXPECT_THAT(kept(), ElementsAre("2.0.0", "1.0.0"));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_.path("plugins/dice")))
    names.push_back(entry.path().filename());
  EXPECT_THAT(names,
              UnorderedElementsAre("1.0.0-aaaaaaaaaaaa.so", "1.0.0-aaaaaaaaaaaa.so.sig",
                                   "2.0.0-bbbbbbbbbbbb.so", "2.0.0-bbbbbbbbbbbb.so.sig", "pinned"));
}

TEST_F(Shelf, TheOldestGoAndThePinnedAndTheServingStay) {
  std::vector<fs::path> files;
  for (int i = 0; i < 6; ++i) files.push_back(keep("1." + std::to_string(i) + ".0", 'a'));
  ASSERT_TRUE(shelf_.pin("dice", "1.0.0"));
  shelf_.prune("dice", 2, {files[1]});
  EXPECT_THAT(kept(), ElementsAre("1.5.0", "1.4.0", "1.1.0", "1.0.0"));
  EXPECT_FALSE(fs::exists(files[2].string() + ".sig"));
}

}  // namespace
}  // namespace parley::plugin
