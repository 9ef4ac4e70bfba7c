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

std::string shown(const nlohmann::json& rows, const std::vector<std::string>& columns,
                  std::size_t width) {
  std::ostringstream out;
  table_of(rows, columns, width > 0).print(out, width);
  return out.str();
}

TEST(TableTest, SpareColumnsGoFirstAndAreNamed) {
  const auto rows = nlohmann::json::parse(R"([{"id":"s_8vYkQ2mPq","user":"Neo","client":"web 1.2",
      "connectedAt":1760000000123,"address":"2001:db8:0000:1111:2222:3333:4444:5555"}])");
  const std::vector<std::string> columns{"id", "user", "client?", "connectedAt", "address?"};
  EXPECT_EQ(shown(rows, columns, 0),
            "id           user  client   connectedAt               address\n"
            "s_8vYkQ2mPq  Neo   web 1.2  2025-10-09T08:53:20.123Z  "
            "2001:db8:0000:1111:2222:3333:4444:5555\n");
  EXPECT_EQ(shown(rows, columns, 66),
            "id           user  client   connectedAt           address\n"
            "s_8vYkQ2mPq  Neo   web 1.2  2025-10-09 08:53:20Z  2001:db8:0000:1…\n");
  EXPECT_EQ(shown(rows, columns, 42),
            "id           user  connectedAt\n"
            "s_8vYkQ2mPq  Neo   2025-10-09 08:53:20Z\n"
            "(no room for client, address: see -o json)\n");
}

TEST(TableTest, AWindowShowsAsMuchOfAHashAsTellsItFromOthers) {
  const std::string hash(64, 'a');
  EXPECT_EQ(cell("sha256", hash), hash);
  EXPECT_EQ(cell("sha256", hash, true), "aaaaaaaaaaaa…");
  EXPECT_EQ(cell("note", std::string(64, 'z'), true), std::string(64, 'z'));
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
