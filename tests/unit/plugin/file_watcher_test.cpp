// SPDX-License-Identifier: Apache-2.0
#include "plugin/file_watcher.h"

#include <algorithm>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/plugin/waiting.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Each;

// What a watch was told, from the watcher's thread.
class Told {
 public:
  FileWatcher::Changed callback() {
    return [this](const std::string& name) {
      const std::lock_guard lock(mutex_);
      names_.push_back(name);
    };
  }
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  bool has(const std::string& name) const {
    const auto all = names();
    return std::ranges::count(all, name) > 0;
  }
  std::size_t count() const { return names().size(); }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
};

class FileWatcherTest : public ::testing::Test {
 protected:
  FileWatcherTest() {
    std::string pattern = (fs::temp_directory_path() / "parley-watch-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FileWatcherTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  // As editors save: a new file takes the old one's name.
  void replace(const std::string& name, const std::string& text) const {
    write(name + ".new", text);
    fs::rename(folder_ / (name + ".new"), folder_ / name);
  }
  // A later event has arrived, so an earlier one would have too.
  void expect_nothing_more(const Told& told, std::size_t before) {
    Told mark;
    const auto id = watcher_.watch(folder_ / "mark", mark.callback());
    write("mark", "x");
    ASSERT_TRUE(eventually([&] { return mark.count() > 0; }));
    watcher_.unwatch(id);
    EXPECT_EQ(told.count(), before);
  }

  fs::path folder_;
  FileWatcher watcher_;
};

TEST_F(FileWatcherTest, AFileIsSeenWrittenReplacedAndDeleted) {
  write("rules.yaml", "1");
  Told told;
  ASSERT_NE(watcher_.watch(folder_ / "rules.yaml", told.callback()), 0u);
  write("rules.yaml", "2");
  ASSERT_TRUE(eventually([&] { return told.count() >= 1; })) << "written";
  auto before = told.count();
  replace("rules.yaml", "3");
  ASSERT_TRUE(eventually([&] { return told.count() > before; })) << "replaced";
  before = told.count();
  fs::remove(folder_ / "rules.yaml");
  ASSERT_TRUE(eventually([&] { return told.count() > before; })) << "deleted";
  EXPECT_THAT(told.names(), Each(std::string())) << "one file needs no name";
}

TEST_F(FileWatcherTest, OtherFilesOfTheFolderAreNotTold) {
  Told told;
  watcher_.watch(folder_ / "mine", told.callback());
  write("other", "x");
  expect_nothing_more(told, 0);
}

TEST_F(FileWatcherTest, AFolderTellsNames) {
  Told told;
  watcher_.watch(folder_, told.callback());
  write("a", "x");
  write("b", "x");
  EXPECT_TRUE(eventually([&] { return told.has("a") && told.has("b"); }));
}

TEST_F(FileWatcherTest, ManySavesInARowAreOneCall) {
  Told told;
  watcher_.watch(folder_ / "busy", told.callback());
  for (int i = 0; i < 50; ++i) write("busy", std::to_string(i));
  ASSERT_TRUE(eventually([&] { return told.count() > 0; }));
  EXPECT_LT(told.count(), 25u);
}

// A file that is written all the time must not keep the news back for ever.
TEST_F(FileWatcherTest, AFileThatNeverRestsIsToldAllTheSame) {
  Told told;
  watcher_.watch(folder_ / "restless", told.callback());
  EXPECT_TRUE(eventually([&] {
    write("restless", "x");
    return told.count() > 0;
  }));
}

TEST_F(FileWatcherTest, SeveralWatchesOfOneFolderAreTakenBackOneByOne) {
  Told first, second;
  const auto id = watcher_.watch(folder_ / "shared", first.callback());
  watcher_.watch(folder_ / "shared", second.callback());
  watcher_.unwatch(id);
  write("shared", "x");
  EXPECT_TRUE(eventually([&] { return second.count() > 0; }));
  EXPECT_EQ(first.count(), 0u);
}

TEST_F(FileWatcherTest, ACallbackMayEndItsOwnWatch) {
  Told told;
  std::uint64_t id = 0;
  std::mutex set;
  {
    const std::lock_guard lock(set);
    id = watcher_.watch(folder_ / "once", [&](const std::string& name) {
      const std::lock_guard inner(set);
      watcher_.unwatch(id);
      told.callback()(name);
    });
  }
  write("once", "x");
  ASSERT_TRUE(eventually([&] { return told.count() == 1; }));
  write("once", "y");
  expect_nothing_more(told, 1);
}

TEST_F(FileWatcherTest, AMissingFolderIsNoWatch) {
  Told told;
  EXPECT_EQ(watcher_.watch(folder_ / "none" / "file", told.callback()), 0u);
  watcher_.unwatch(0);
  watcher_.unwatch(12345);
}

}  // namespace
}  // namespace parley::plugin
