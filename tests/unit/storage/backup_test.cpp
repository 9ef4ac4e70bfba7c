// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "unit/storage/file_size_cap.h"
#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

// One empty page of SQLite, marked as somebody else's by its application id (bytes 68 to 71).
std::string database_of_another_program() {
  std::string page(4096, '\0');
  page.replace(0, 16, std::string("SQLite format 3\0", 16));
  const std::vector<std::pair<std::size_t, int>> bytes{
      {16, 0x10}, {18, 1}, {19, 1}, {21, 64}, {22, 32}, {23, 32},  {27, 1},  {31, 1},
      {47, 4},    {59, 1}, {68, 7}, {71, 7},  {95, 1},  {100, 13}, {105, 16}};
  for (const auto& [at, byte] : bytes) page[at] = static_cast<char>(byte);
  return page;
}

class BackupTest : public StoreTest {
 protected:
  std::filesystem::path copy() const { return folder_.path() / "copy o'clock.db"; }
  std::size_t count(const std::filesystem::path& path) {
    StoreOptions at = options();
    at.file = path;
    auto store = open_store(at);
    EXPECT_TRUE(store) << store.status().message();
    if (!store) return 0;
    return (*store)
        ->read_blocking(
            [](Reader& r) { return r.history({.channel = "global", .limit = 100'000}); })
        ->messages.size();
  }
};

TEST_F(BackupTest, ACopyIsMadeWhileServing) {
  open();
  ASSERT_TRUE(say("one"));
  std::atomic<bool> stop = false;
  std::thread talker([&] {
    while (!stop) (void)say("more");
  });
  const Status status = store_->backup(copy());
  stop = true;
  talker.join();
  ASSERT_TRUE(status.is_ok()) << status.message();
  struct stat info {};
  ASSERT_EQ(stat(copy().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_TRUE(check_database(copy()));
  EXPECT_GE(count(copy()), 1u);
  EXPECT_FALSE(std::filesystem::exists(copy().string() + ".partial"));
}

TEST_F(BackupTest, NothingIsOverwritten) {
  open();
  std::ofstream(copy()) << "precious";
  EXPECT_EQ(store_->backup(copy()).code(), ErrorCode::kConflict);
  EXPECT_EQ(std::filesystem::file_size(copy()), 8u);
  EXPECT_EQ(store_->backup(folder_.path()).message(),
            folder_.path().string() + " is a folder. Name a file in it.");
}

TEST_F(BackupTest, AMissingFolderIsNamed) {
  open();
  const Status status = store_->backup("/nonexistent/folder/copy.db");
  EXPECT_EQ(status.code(), ErrorCode::kNotFound);
  EXPECT_EQ(status.message(),
            "There is no folder /nonexistent/folder on the server's machine. Make it, or name "
            "another place.");
}

// The kernel refuses to let any file grow that far.
TEST_F(BackupTest, AFullDiskIsSaidAndNothingIsLeft) {
  open();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(say(std::string(5000, 'x')));
  Status status;
  {
    FileSizeCap cap(100'000);
    status = store_->backup(copy());
  }
  EXPECT_EQ(status.code(), ErrorCode::kOverloaded) << status.message();
  EXPECT_NE(status.message().find("There is no space for the copy in " + folder_.path().string()),
            std::string::npos)
      << status.message();
  EXPECT_FALSE(std::filesystem::exists(copy()));
  EXPECT_FALSE(std::filesystem::exists(copy().string() + ".partial"));
  EXPECT_TRUE(say("and the server goes on"));
}

TEST_F(BackupTest, RestoringBringsTheCopyBackAndKeepsTheOldFile) {
  open();
  ASSERT_TRUE(say("one"));
  ASSERT_TRUE(store_->backup(copy()).is_ok());
  ASSERT_TRUE(say("two"));
  store_.reset();
  const auto aside = restore_database(copy(), file());
  ASSERT_TRUE(aside) << aside.status().message();
  EXPECT_EQ(count(file()), 1u);
  EXPECT_EQ(count(*aside), 2u) << "what was there is kept";
}

TEST_F(BackupTest, RestoringReplacesADamagedFile) {
  open();
  ASSERT_TRUE(say("one"));
  ASSERT_TRUE(store_->backup(copy()).is_ok());
  store_.reset();
  std::ofstream(file(), std::ios::binary) << std::string(9000, 'x');
  std::ofstream(file().string() + "-wal", std::ios::binary) << "a log that must not be replayed";
  const auto aside = restore_database(copy(), file());
  ASSERT_TRUE(aside) << aside.status().message();
  EXPECT_EQ(std::filesystem::file_size(*aside), 9000u);
  EXPECT_EQ(count(file()), 1u);
}

TEST_F(BackupTest, RestoringOntoNothingWorks) {
  open();
  ASSERT_TRUE(say("one"));
  ASSERT_TRUE(store_->backup(copy()).is_ok());
  const auto fresh = folder_.path() / "fresh.db";
  const auto aside = restore_database(copy(), fresh);
  ASSERT_TRUE(aside);
  EXPECT_TRUE(aside->empty());
  EXPECT_EQ(count(fresh), 1u);
}

TEST_F(BackupTest, ABadBackupChangesNothing) {
  open();
  ASSERT_TRUE(say("one"));
  store_.reset();
  std::ofstream(copy()) << std::string(5000, 'x');
  EXPECT_FALSE(restore_database(copy(), file()));
  EXPECT_FALSE(restore_database(folder_.path() / "missing.db", file()));
  const auto empty = folder_.path() / "empty.db";
  std::ofstream(empty) << "";
  EXPECT_FALSE(restore_database(empty, file()));
  EXPECT_EQ(count(file()), 1u);
}

TEST_F(BackupTest, WhatIsNoBackupIsToldWhatIsExpected) {
  open();
  store_.reset();
  std::ofstream(copy()) << "dear diary";
  const auto strange = folder_.path() / "strange.db";
  std::ofstream(strange, std::ios::binary) << database_of_another_program();
  for (const auto& wrong : {copy(), strange, folder_.path()}) {
    const auto sentence = restore_database(wrong, file()).status().message();
    EXPECT_THAT(sentence, ::testing::StartsWith(wrong.string() + " is no backup of Parley"));
    EXPECT_THAT(sentence, ::testing::HasSubstr("`parleyctl backup FILE`"));
    EXPECT_THAT(sentence, ::testing::HasSubstr("Nothing was changed"));
  }
}

}  // namespace
}  // namespace parley::storage
