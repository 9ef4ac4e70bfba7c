// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <regex>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log_file.h"
#include "base/log_rate.h"
#include "support/temp_folder.h"

namespace parley::log {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    settings_.console = false;
    settings_.file = folder_.path("logs/parley.jsonl");
    settings_.node = "n1";
  }
  ~LogTest() override {
    shutdown();
    set_level("", Level::kInfo);
  }

  // What the file holds after everything was written.
  std::vector<json> lines() {
    flush();
    std::vector<json> found;
    std::istringstream in(TempFolder::read(settings_.file));
    for (std::string line; std::getline(in, line);) found.push_back(json::parse(line));
    return found;
  }

  TempFolder folder_;
  Settings settings_;
};

// A level can only be set for components that are listed: the list is held against the code.
TEST(LogComponents, EveryOneInTheCodeIsListed) {
  static const std::regex kCall(
      R"re((?:log::|[^_a-zA-Z])(?:trace|debug|info|warn|error|critical)\(\s*"([a-z]+)"|Event\([^"\n]*"([a-z]+)"\))re");
  std::size_t calls = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(PARLEY_SOURCE_DIR "/core")) {
    if (entry.path().extension() != ".cpp") continue;
    const auto text = TempFolder::read(entry.path().string());
    if (text.find("log::") == text.npos) continue;
    for (std::sregex_iterator at(text.begin(), text.end(), kCall), end; at != end; ++at, ++calls) {
      const auto name = (*at)[1].matched ? (*at)[1].str() : (*at)[2].str();
      EXPECT_THAT(components(), ::testing::Contains(name))
          << entry.path() << ": add it to kComponents in core/base/log.cpp";
    }
  }
  EXPECT_GT(calls, 20u) << "the pattern finds the calls";
  EXPECT_TRUE(std::ranges::is_sorted(components()));
}

TEST_F(LogTest, WritesOneJsonObjectPerLine) {
  ASSERT_TRUE(init(settings_).is_ok());
  Event(Level::kWarn, "session")
      .plugin("dice")
      .session(7)
      .user("Ann")
      .request("r1")
      .write("closed: {}", "idle");
  info("net", "listening on {}:{}", "127.0.0.1", 8080);
  const auto written = lines();
  ASSERT_THAT(written, SizeIs(2));
  EXPECT_THAT(
      written[0].at("time").get<std::string>(),
      ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
  json fields = written[0];
  fields.erase("time");
  EXPECT_EQ(fields,
            json::parse(
                R"({"level":"warn","component":"session","plugin":"dice","session":"7","user":"Ann",
                                    "request":"r1","node":"n1","message":"closed: idle"})"));
  EXPECT_FALSE(written[1].contains("user"));
  EXPECT_EQ(written[1].at("message"), "listening on 127.0.0.1:8080");
}

TEST_F(LogTest, TextFromStrangersStaysOneValidLine) {
  settings_.max_message = 40;
  settings_.max_field = 8;
  ASSERT_TRUE(init(settings_).is_ok());
  Event(Level::kInfo, "chat")
      .user("a\"\n\x1b[31m\xff long name")
      .write("{}", std::string("\xff\xfe\0\x1e\x1d", 5) + std::string(500, 'x'));
  const auto written = lines();
  ASSERT_THAT(written, SizeIs(1));
  EXPECT_LE(written[0].at("user").get<std::string>().size(), 8u + 2 + 3);
  EXPECT_LE(written[0].at("message").get<std::string>().size(), 40u + 5 * 3);
}

TEST_F(LogTest, TheFolderAndTheFileArePrivate) {
  ASSERT_TRUE(init(settings_).is_ok());
  struct stat info {};
  ASSERT_EQ(::stat(settings_.file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(folder_.path("logs").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(LogTest, LevelsChangePerComponentWhileItRuns) {
  settings_.levels["storage"] = Level::kError;
  ASSERT_TRUE(init(settings_).is_ok());
  EXPECT_FALSE(enabled(Level::kDebug, "net"));
  EXPECT_FALSE(enabled(Level::kWarn, "storage"));
  set_level("net", Level::kDebug);
  EXPECT_TRUE(enabled(Level::kDebug, "net"));
  EXPECT_FALSE(enabled(Level::kDebug, "session"));
  set_level("", Level::kOff);
  EXPECT_FALSE(enabled(Level::kCritical, "session"));
  EXPECT_TRUE(enabled(Level::kDebug, "net"));
  EXPECT_EQ(level_of("storage"), Level::kError);
  debug("net", "written");
  critical("session", "not written");
  ASSERT_THAT(lines(), SizeIs(1));
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsASentenceAndACount) {
  settings_.file = folder_.write("plain", "") + "/below/parley.jsonl";
  const auto before = unwritten();
  ::testing::internal::CaptureStderr();
  const auto opened = init(settings_);
  info("net", "one");
  info("net", "two");
  flush();
  const auto shown = ::testing::internal::GetCapturedStderr();
  EXPECT_FALSE(opened.is_ok());
  EXPECT_THAT(shown, HasSubstr("cannot open"));
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), 1) << shown;
  EXPECT_EQ(unwritten() - before, 2u);
}

TEST_F(LogTest, ADeviceIsNoLogFile) {
  settings_.file = "/dev/full";
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(init(settings_).is_ok());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("/dev/full"));
}

TEST_F(LogTest, AQueueThatOverflowsDropsAndCounts) {
  settings_.queue = 1;
  ASSERT_TRUE(init(settings_).is_ok());
  const auto before = dropped();
  constexpr int kLines = 20'000;
  for (int i = 0; i < kLines; ++i) info("net", "line {}", i);
  const auto written = lines().size();
  EXPECT_GT(written, 0u);
  EXPECT_GE(dropped() - before + written, static_cast<std::size_t>(kLines));
}

TEST_F(LogTest, ManyThreadsWriteWholeLines) {
  settings_.max_size = 1 << 30;
  settings_.queue = 100'000;
  ASSERT_TRUE(init(settings_).is_ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 500; ++i) info("net", "thread {} line {}", t, i);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_THAT(lines(), SizeIs(2000));
}

TEST_F(LogTest, BeforeInitLinesGoToStandardErrorEscaped) {
  ::testing::internal::CaptureStderr();
  Event(Level::kError, "plugin").plugin("dice").write("said {}", "\x1b[2J\u202E");
  const auto shown = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(shown, HasSubstr("error    plugin: said \\x1b[2J\\u202e [plugin dice]\n"));
}

TEST_F(LogTest, InitAgainMovesToTheNewFile) {
  ASSERT_TRUE(init(settings_).is_ok());
  info("net", "first");
  const auto first = settings_.file;
  settings_.file = folder_.path("second.jsonl");
  ASSERT_TRUE(init(settings_).is_ok());
  info("net", "second");
  EXPECT_THAT(lines(), SizeIs(1));
  EXPECT_THAT(TempFolder::read(first), HasSubstr("first"));
}

TEST(RotatingFile, KeepsSoManyFilesNewestFirst) {
  const TempFolder folder;
  const auto path = folder.path("log.jsonl");
  RotatingFile file(path, 10, 3);
  for (const char* line : {"aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"})
    ASSERT_TRUE(file.write(line)) << file.why();
  EXPECT_EQ(TempFolder::read(path), "dddddddd\n");
  EXPECT_EQ(TempFolder::read(folder.path("log.1.jsonl")), "cccccccc\n");
  EXPECT_EQ(TempFolder::read(folder.path("log.2.jsonl")), "bbbbbbbb\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path("log.3.jsonl")));
  EXPECT_EQ(existing_files(path).front(), folder.path("log.2.jsonl"));
}

TEST(RotatingFile, ALineLargerThanTheFileIsStillWrittenWhole) {
  const TempFolder folder;
  RotatingFile file(folder.path("log"), 4, 2);
  ASSERT_TRUE(file.write("0123456789"));
  ASSERT_TRUE(file.write("x"));
  EXPECT_EQ(TempFolder::read(folder.path("log")), "x\n");
}

TEST(RotatingFile, OneFileIsEmptiedInstead) {
  const TempFolder folder;
  RotatingFile file(folder.path("log"), 10, 1);
  ASSERT_TRUE(file.write("12345678"));
  ASSERT_TRUE(file.write("abcdefgh"));
  EXPECT_EQ(TempFolder::read(folder.path("log")), "abcdefgh\n");
}

TEST(RotatingFile, IsTriedAgainAfterAFailure) {
  const TempFolder folder;
  folder.write("place", "a file where the folder should be");
  RotatingFile file(folder.path("place/log"), 100, 2);
  EXPECT_FALSE(file.write("lost"));
  EXPECT_THAT(file.why(), HasSubstr("cannot open"));
  std::filesystem::remove(folder.path("place"));
  EXPECT_TRUE(file.write("kept"));
  EXPECT_EQ(TempFolder::read(folder.path("place/log")), "kept\n");
}

// A full disk, by way of the process's own limit on the size of files.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(RotatingFile, AFullDiskLeavesWholeLinesOnly) {
  const TempFolder folder;
  RotatingFile file(folder.path("log"), 1000, 2);
  ASSERT_TRUE(file.write("12345678"));
  bool written = true;
  {
    const FileSizeLimit full(12);
    written = file.write("abcdefgh");
  }
  EXPECT_FALSE(written);
  EXPECT_THAT(file.why(), HasSubstr("cannot write"));
  EXPECT_EQ(TempFolder::read(folder.path("log")), "12345678\n");
  EXPECT_TRUE(file.write("later"));
  EXPECT_EQ(TempFolder::read(folder.path("log")), "12345678\nlater\n");
}

TEST(RotatingFile, DoesNotFollowALink) {
  const TempFolder folder;
  std::filesystem::create_symlink(folder.write("target", "precious"), folder.path("log"));
  RotatingFile file(folder.path("log"), 100, 2);
  EXPECT_FALSE(file.write("x"));
  EXPECT_EQ(TempFolder::read(folder.path("target")), "precious");
}

TEST(LineRate, WritesOnceASecondThenCounts) {
  ManualClock clock;
  LineRate rate(clock);
  EXPECT_TRUE(rate.take("10.0.0.1", 1).write);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(rate.take("10.0.0.1", 1).write);
  EXPECT_TRUE(rate.take("10.0.0.2", 1).write) << "each key has its own";
  clock.advance(Millis(1000));
  const auto turn = rate.take("10.0.0.1", 1);
  EXPECT_TRUE(turn.write);
  EXPECT_EQ(turn.skipped, 5u);
  EXPECT_EQ(rate.suppressed(), 5u);
}

TEST(LineRate, StrangersWhoMakeUpKeysShareOne) {
  ManualClock clock;
  LineRate rate(clock, 10);
  int written = 0;
  for (int i = 0; i < 1000; ++i) written += rate.take(std::to_string(i), 1).write ? 1 : 0;
  EXPECT_EQ(written, 11);
  clock.advance(Millis(1000));
  EXPECT_TRUE(rate.take("new", 1).write) << "stale keys make room";
}

TEST(Levels, HaveNamesThatReadBack) {
  for (const auto level : {Level::kTrace, Level::kInfo, Level::kOff})
    EXPECT_EQ(parse_level(level_name(level)), level);
  EXPECT_FALSE(parse_level("loud"));
}

}  // namespace
}  // namespace parley::log
