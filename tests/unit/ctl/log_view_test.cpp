// SPDX-License-Identifier: Apache-2.0
#include "ctl/log_view.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log_file.h"
#include "ctl/command_line.h"
#include "support/temp_folder.h"

namespace parley::ctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string line(const std::string& time, const std::string& level, const std::string& message,
                 const std::string& more = "") {
  return R"({"time":"2026-01-31T)" + time + R"(.000Z","level":")" + level +
         R"(","component":"net")" + more + R"(,"message":")" + message + "\"}";
}

class LogViewTest : public ::testing::Test {
 protected:
  LogReader reader(LogFilter filter = {}) {
    return LogReader(file_, std::move(filter),
                     [this](const nlohmann::json& found) { seen_.push_back(found.at("message")); });
  }

  TempFolder folder_;
  const std::string file_ = folder_.path("logs/parley.jsonl");
  std::vector<std::string> seen_;
};

TEST_F(LogViewTest, ReadsRotatedFilesOldestFirst) {
  folder_.write("logs/parley.2.jsonl", line("10:00:00", "info", "one") + "\n");
  folder_.write("logs/parley.1.jsonl", line("10:00:01", "info", "two") + "\n");
  folder_.write("logs/parley.jsonl", line("10:00:02", "info", "three") + "\n");
  reader().read_all();
  EXPECT_THAT(seen_, ElementsAre("one", "two", "three"));
}

TEST_F(LogViewTest, FiltersByTimeLevelAndFields) {
  folder_.write("logs/parley.jsonl",
                line("10:00:00", "error", "early") + "\n" + line("10:00:02", "info", "quiet") +
                    "\n" + line("10:00:03", "warn", "dice", R"(,"plugin":"dice","user":"Ann")") +
                    "\n" + line("10:00:04", "error", "other", R"(,"plugin":"game")") + "\n");
  reader({.since = "2026-01-31T10:00:01", .level = log::Level::kWarn}).read_all();
  EXPECT_THAT(seen_, ElementsAre("dice", "other"));
  seen_.clear();
  reader({.plugin = "dice"}).read_all();
  reader({.user = "Ann"}).read_all();
  reader({.component = "storage"}).read_all();
  EXPECT_THAT(seen_, ElementsAre("dice", "dice"));
}

TEST_F(LogViewTest, FollowsAppendedLinesAndRotation) {
  log::RotatingFile file(file_, 200, 3);
  ASSERT_TRUE(file.write(line("10:00:00", "info", "one")));
  auto following = reader();
  following.read_all();
  ASSERT_TRUE(file.write(line("10:00:01", "info", "two")));
  following.read_more();
  EXPECT_THAT(seen_, ElementsAre("one", "two"));
  ASSERT_TRUE(file.write(line("10:00:02", "info", "three"))) << "rotates";
  following.read_more();
  ASSERT_TRUE(file.write(line("10:00:03", "info", "four")));
  following.read_more();
  EXPECT_THAT(seen_, ElementsAre("one", "two", "three", "four"));
}

TEST_F(LogViewTest, WaitsForTheEndOfALine) {
  const auto whole = line("10:00:00", "info", "whole");
  folder_.write("logs/parley.jsonl", whole.substr(0, 20));
  auto following = reader();
  following.read_all();
  EXPECT_TRUE(seen_.empty());
  std::ofstream(file_, std::ios::app) << whole.substr(20) << '\n';
  following.read_more();
  EXPECT_THAT(seen_, ElementsAre("whole"));
}

TEST_F(LogViewTest, FollowsAFileThatComesLater) {
  auto following = reader();
  following.read_all();
  folder_.write("logs/parley.jsonl", line("10:00:00", "info", "late") + "\n");
  following.read_more();
  EXPECT_THAT(seen_, ElementsAre("late"));
}

TEST_F(LogViewTest, PassesOverWhatIsNoLine) {
  folder_.write("logs/parley.jsonl", "garbage\n\n[1]\n" + line("10:00:00", "info", "good") + "\n");
  auto all = reader();
  all.read_all();
  EXPECT_THAT(seen_, ElementsAre("good"));
  EXPECT_EQ(all.unreadable(), 3u);
}

TEST_F(LogViewTest, SinceTakesAgesAndDates) {
  constexpr std::int64_t kNow = 1'760'000'000'000;  // 2025-10-09T08:53:20Z
  EXPECT_EQ(since_from("20s", kNow), "2025-10-09T08:53:00.000Z");
  EXPECT_EQ(since_from("2026-01-31T12:00Z", kNow), "2026-01-31T12:00");
  EXPECT_EQ(since_from("2026-01-31", kNow), "2026-01-31");
  for (const char* bad : {"", "yesterday", "31.01.2026", "2026-01-31T", "5"})
    EXPECT_FALSE(since_from(bad, kNow)) << bad;
}

TEST_F(LogViewTest, TheVerbPrintsEscapedLinesOrJson) {
  folder_.write("logs/parley.jsonl",
                line("10:00:00", "info", "one") + "\n" +
                    line("10:00:01", "warn", "\\u001b[2J\\u202e", R"(,"user":"Ann")") + "\n");
  std::ostringstream out, err;
  Terminal terminal{out, err, 0, nullptr};
  const auto run_logs = [&](std::vector<const char*> words) {
    out.str("");
    const std::string state = folder_.path();
    words.insert(words.begin(), {"parleyctl", "--state", state.c_str(), "logs"});
    return run(static_cast<int>(words.size()), words.data(), terminal);
  };
  EXPECT_EQ(run_logs({"-n", "1"}), 0);
  EXPECT_EQ(out.str(), "2026-01-31T10:00:01.000Z warn     net: \\x1b[2J\\u202e [user Ann]\n");
  EXPECT_EQ(run_logs({"--level", "warn", "-o", "json"}), 0);
  EXPECT_EQ(nlohmann::json::parse(out.str()).at("message"), "\x1b[2J\u202e");
  EXPECT_EQ(run_logs({"--file", "/nowhere/x.jsonl"}), 1);
  EXPECT_THAT(err.str(), HasSubstr("there is no log /nowhere/x.jsonl"));
}

}  // namespace
}  // namespace parley::ctl
