// SPDX-License-Identifier: Apache-2.0
#include "loader/staging.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "loader_fixture.h"

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

class StagingTest : public ::testing::Test {
 protected:
  StagingTest() : staging_(Staging::open(folder_.path() / "staged").value()) {
    fs::create_directory(folder_.path() / "src");
    chmod(source_folder(), 0700);
  }

  fs::path source_folder() const { return folder_.path() / "src"; }
  static void chmod(const fs::path& path, mode_t mode) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
  }
  static mode_t mode(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 07777;
  }
  static std::string contents(const fs::path& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  fs::path source(const std::string& text = "abc", mode_t file_mode = 0644) const {
    const auto file = folder_.write("src/dice.so", text);
    chmod(file, file_mode);
    return file;
  }
  std::string refusal(const fs::path& file) {
    const auto staged = staging_.stage("dice", file);
    return staged ? "" : staged.status().message();
  }
  std::size_t copies() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path() / "staged"), {}));
  }

  Folder folder_;
  Staging staging_;
};

TEST_F(StagingTest, ThePrivateCopyHasTheHashOfItsBytes) {
  const auto staged = staging_.stage("dice", source());
  ASSERT_TRUE(staged) << staged.status().message();
  EXPECT_EQ(staged->sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(contents(staged->path()), "abc");
  EXPECT_EQ(mode(staged->path()), 0500u);
  EXPECT_EQ(mode(staged->path().parent_path()), 0700u);
}

TEST_F(StagingTest, ACopyThatWasExchangedIsNoticed) {
  const auto staged = staging_.stage("dice", source("the checked bytes"));
  ASSERT_TRUE(staged);
  EXPECT_TRUE(staged->check_unchanged());
  chmod(staged->path(), 0700);
  std::ofstream(staged->path()) << "the other  bytes.";
  EXPECT_THAT(staged->check_unchanged().message(), HasSubstr("changed after it was checked"));
  fs::resize_file(staged->path(), 3);
  EXPECT_FALSE(staged->check_unchanged());
  fs::remove(staged->path());
  EXPECT_FALSE(staged->check_unchanged());
  fs::create_symlink(source("the checked bytes"), staged->path());
  EXPECT_FALSE(staged->check_unchanged()) << "a link leads where others can write";
}

TEST_F(StagingTest, EveryCopyHasANameOfItsOwnAndOutlivesTheSource) {
  const auto first = staging_.stage("dice", source("one"));
  const auto second = staging_.stage("dice", source("two"));
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->path(), second->path());
  fs::remove(source_folder() / "dice.so");
  EXPECT_EQ(contents(first->path()), "one");
  EXPECT_EQ(contents(second->path()), "two");
}

TEST_F(StagingTest, TheCopyGoesWithItsHolderUnlessKept) {
  fs::path gone, kept;
  {
    auto first = staging_.stage("dice", source());
    auto second = staging_.stage("dice", source());
    ASSERT_TRUE(first && second);
    gone = first->path();
    kept = second->path();
    second->keep();
    const StagedFile moved(std::move(*first));
    EXPECT_TRUE(fs::exists(gone)) << "moving is not destroying";
  }
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_TRUE(fs::exists(kept));
}

TEST_F(StagingTest, AFileThatOthersMayWriteIsRefused) {
  EXPECT_THAT(refusal(source("abc", 0664)), HasSubstr("chmod go-w"));
  EXPECT_THAT(refusal(source("abc", 0646)), HasSubstr("could run code in the server"));
  EXPECT_EQ(copies(), 0u);
}

TEST_F(StagingTest, AFolderThatOthersMayWriteIsRefused) {
  const auto file = source();
  for (const mode_t open : {0770, 0707, 01777}) {
    chmod(source_folder(), open);
    EXPECT_THAT(refusal(file), HasSubstr("could swap the plugin")) << std::oct << open;
  }
  chmod(source_folder(), 0755);
  EXPECT_EQ(refusal(file), "");
}

TEST_F(StagingTest, ALinkDoesNotHideTheFolderTheFileLiesIn) {
  source();
  const auto link = folder_.path() / "link.so";
  fs::create_symlink(source_folder() / "dice.so", link);
  EXPECT_EQ(refusal(link), "");
  chmod(source_folder(), 0777);
  EXPECT_THAT(refusal(link), HasSubstr("could swap the plugin"));
}

TEST_F(StagingTest, OnlyARegularFileIsStaged) {
  EXPECT_THAT(refusal(source_folder()), HasSubstr("is no regular file"));
  EXPECT_THAT(refusal(folder_.path() / "absent.so"), HasSubstr("No such file"));
  const auto fifo = source_folder() / "fifo.so";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_THAT(refusal(fifo), HasSubstr("is no regular file"))
      << "and does not wait for someone to write into it";
  EXPECT_EQ(copies(), 0u);
}

TEST_F(StagingTest, AFileThatIsWrittenMeanwhileIsRefused) {
  const auto file = source("one build");
  staging_.on_copied([&] { std::ofstream(file, std::ios::app) << " and half of another"; });
  EXPECT_THAT(refusal(file), HasSubstr("was written while it was read"));
  EXPECT_EQ(copies(), 0u);
}

TEST_F(StagingTest, AFileRenamedIntoItsPlaceMeanwhileIsNotMixedIn) {
  const auto file = source("one build"), next = folder_.write("src/next.so", "another build");
  staging_.on_copied([&] { fs::rename(next, file); });
  const auto staged = staging_.stage("dice", file);
  ASSERT_TRUE(staged) << staged.status().message();
  EXPECT_EQ(contents(staged->path()), "one build");
}

TEST_F(StagingTest, OpeningEmptiesWhatAnEarlierProcessLeft) {
  folder_.write("staged/dice-1.so", "old");
  ASSERT_TRUE(Staging::open(folder_.path() / "staged"));
  EXPECT_EQ(copies(), 0u);
}

TEST_F(StagingTest, AFolderThatCannotBeMadeIsNamed) {
  folder_.write("file", "");
  const auto opened = Staging::open(folder_.path() / "file" / "staged");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.status().message(), HasSubstr("file/staged: cannot be made"));
}

}  // namespace
}  // namespace parley::loader
