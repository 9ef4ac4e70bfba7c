// SPDX-License-Identifier: Apache-2.0
#include "storage/state_lock.h"

#include <fstream>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "unit/storage/temp_store.h"

namespace parley::storage {
namespace {

TEST(StateLockTest, ASecondServerIsToldWhoTheFirstIs) {
  TempFolder temp;
  const auto folder = temp.path() / "deep" / "state";
  auto first = StateLock::acquire(folder);
  ASSERT_TRUE(first) << first.status().message();
  struct stat info {};
  ASSERT_EQ(stat(folder.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ(StateLock::holder(folder), getpid());
  const auto second = StateLock::acquire(folder);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.status().code(), ErrorCode::kConflict);
  EXPECT_NE(second.status().message().find("process " + std::to_string(getpid())),
            std::string::npos)
      << second.status().message();
}

TEST(StateLockTest, GoesWithItsOwner) {
  TempFolder temp;
  {
    auto lock = StateLock::acquire(temp.path());
    ASSERT_TRUE(lock);
    StateLock moved = std::move(*lock);
    EXPECT_FALSE(StateLock::acquire(temp.path())) << "moving it does not let go";
  }
  EXPECT_EQ(StateLock::holder(temp.path()), 0);
  EXPECT_TRUE(StateLock::acquire(temp.path()));
}

TEST(StateLockTest, AFolderThatCannotBeMadeIsNamed) {
  TempFolder temp;
  std::ofstream(temp.path() / "file") << "x";
  const auto lock = StateLock::acquire(temp.path() / "file" / "state");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.status().message().find("cannot be made"), std::string::npos)
      << lock.status().message();
}

}  // namespace
}  // namespace parley::storage
