// SPDX-License-Identifier: Apache-2.0
#include "plugin/file_watcher.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temp_folder.h"
#include "unit/plugin/waiting.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;

// A watch, and what it was told from the watcher's thread.
class Told {
 public:
  Told(FileWatcher& watcher, const fs::path& path) : watcher_(watcher) {
    id_ = watcher.watch(path, [this](const std::string& name) { hear(name); });
  }
  ~Told() { watcher_.unwatch(id_); }

  std::uint64_t id() const { return id_; }
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
  void hear(const std::string& name) {
    const std::lock_guard lock(mutex_);
    names_.push_back(name);
  }

  FileWatcher& watcher_;
  std::uint64_t id_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::string> names_;
};

class FileWatcherTest : public ::testing::Test {
 protected:
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
    Told mark(watcher_, folder_ / "mark");
    write("mark", "x");
    ASSERT_TRUE(eventually([&] { return mark.count() > 0; }));
    EXPECT_EQ(told.count(), before);
  }

  TempFolder temp_;
  const fs::path& folder_ = temp_.path();
  FileWatcher watcher_;
};

TEST_F(FileWatcherTest, AFileIsSeenWrittenReplacedAndDeleted) {
  write("rules.yaml", "1");
  Told told(watcher_, folder_ / "rules.yaml");
  ASSERT_NE(told.id(), 0u);
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
  Told told(watcher_, folder_ / "mine");
  write("other", "x");
  expect_nothing_more(told, 0);
}

TEST_F(FileWatcherTest, AFolderTellsNames) {
  Told told(watcher_, folder_);
  write("a", "x");
  write("b", "x");
  EXPECT_TRUE(eventually([&] { return told.has("a") && told.has("b"); }));
}

TEST_F(FileWatcherTest, ManySavesInARowAreOneCall) {
  Told told(watcher_, folder_ / "busy");
  for (int i = 0; i < 50; ++i) write("busy", std::to_string(i));
  ASSERT_TRUE(eventually([&] { return told.count() > 0; }));
  EXPECT_LT(told.count(), 25u);
}

// A file that is written all the time must not keep the news back for ever.
TEST_F(FileWatcherTest, AFileThatNeverRestsIsToldAllTheSame) {
  Told told(watcher_, folder_ / "restless");
  EXPECT_TRUE(eventually([&] {
    write("restless", "x");
    return told.count() > 0;
  }));
}

TEST_F(FileWatcherTest, SeveralWatchesOfOneFolderAreTakenBackOneByOne) {
  Told first(watcher_, folder_ / "shared"), second(watcher_, folder_ / "shared");
  watcher_.unwatch(first.id());
  write("shared", "x");
  EXPECT_TRUE(eventually([&] { return second.count() > 0; }));
  EXPECT_EQ(first.count(), 0u);
}

TEST_F(FileWatcherTest, ACallbackMayEndItsOwnWatch) {
  Told told(watcher_, folder_ / "once");
  std::atomic<std::uint64_t> own = 0;
  std::atomic<int> calls = 0;
  own = watcher_.watch(folder_ / "once", [&](const std::string&) {
    ++calls;
    watcher_.unwatch(own);
  });
  write("once", "x");
  ASSERT_TRUE(eventually([&] { return calls == 1 && told.count() == 1; }));
  write("once", "y");
  ASSERT_TRUE(eventually([&] { return told.count() == 2; }));
  EXPECT_EQ(calls, 1);
}

TEST_F(FileWatcherTest, AMissingFolderIsNoWatch) {
  Told told(watcher_, folder_ / "none" / "file");
  EXPECT_EQ(told.id(), 0u);
  watcher_.unwatch(0);
  watcher_.unwatch(12345);
}

}  // namespace
}  // namespace parley::plugin
