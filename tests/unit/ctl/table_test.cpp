// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"

#include <sstream>

#include <gtest/gtest.h>

#include "base/escape.h"
#include "ctl/admin_client.h"

namespace parley::ctl {
namespace {

TEST(TableTest, FitsTheTerminalByCuttingTheWidestColumn) {
  Table table({"id", "text"});
  table.add({"1", std::string(100, 'x')});
  table.add({"2", "龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙龙"});
  std::ostringstream out;
  table.print(out, 20);
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(terminal_width(line), 20u) << line;
  EXPECT_NE(out.str().find("…"), std::string::npos);
}

TEST(TableTest, ColumnsThatNoRowHasAreLeftOut) {
  std::ostringstream out;
  table_of(nlohmann::json::parse(R"([{"a":1},{"b":true},5])"), {"a", "b", "c"}).print(out, 0);
  EXPECT_EQ(out.str(), "a  b\n1\n   true\n\n");
}

TEST(TableTest, CellsSpeakToPeople) {
  EXPECT_EQ(cell("idleMs", 61'234), "61s");
  EXPECT_EQ(cell("idleMs", 250), "250ms");
  EXPECT_EQ(cell("lastSeenAt", 0), "-");
  EXPECT_EQ(cell("outboxBytes", 2048u), "2 KiB");
  EXPECT_EQ(cell("x", nlohmann::json()), "-");
  EXPECT_EQ(cell("ratio", 0.5), "0.5");
}

TEST(PathStep, EscapesWhatWouldChangeThePath) {
  EXPECT_EQ(path_step("dice"), "dice");
  EXPECT_EQ(path_step("a/b?c#d e"), "a%2Fb%3Fc%23d%20e");
  EXPECT_EQ(path_step(".."), "%2E.");
  EXPECT_EQ(path_step("жук"), "%D0%B6%D1%83%D0%BA");
}

}  // namespace
}  // namespace parley::ctl
