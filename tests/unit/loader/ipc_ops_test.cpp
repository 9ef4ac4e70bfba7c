// SPDX-License-Identifier: Apache-2.0
// Nothing of the plugin ABI may be forgotten when it crosses into a child process.
#include "loader/ipc_ops.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace parley::loader {
namespace {

namespace fs = std::filesystem;

std::set<std::string> ids_in_headers() {
  const std::regex definition(R"re(#define PARLEY_EXT_\w+ "(parley\.[^"]+)")re");
  std::set<std::string> ids;
  for (const auto& header : fs::directory_iterator(PARLEY_SDK_INCLUDE "/parley/ext")) {
    std::ifstream file(header.path());
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
      if (std::regex_search(line, match, definition)) ids.insert(match[1]);
    }
  }
  return ids;
}

TEST(IpcOpsTest, EveryExtensionOfTheSdkCrosses) {
  std::set<std::string> crossing;
  Extensions::each([&](auto extension) { crossing.emplace(decltype(extension)::kId); });
  EXPECT_EQ(crossing, ids_in_headers()) << "see the head of core/loader/ipc_ops.h";
}

template <typename Table, typename Rows>
std::size_t functions() {
  std::size_t count = 0;
  Rows::each(
      [&](auto row) { count += std::is_same_v<typename decltype(row)::TableType, Table> ? 1 : 0; });
  return count;
}

// A table is `size`, one more number, and functions.
template <typename Table, typename Rows>
void expect_every_function(std::string_view id) {
  const auto listed = functions<Table, Rows>() * sizeof(void*);
  EXPECT_EQ(sizeof(Table), 2 * sizeof(std::uint32_t) + listed)
      << id << ": a function of the " << (std::is_same_v<Rows, HostRows> ? "host" : "plugin")
      << "'s half has no row";
}

TEST(IpcOpsTest, EveryFunctionOfAnExtensionHasARow) {
  Extensions::each([&](auto extension) {
    using E = decltype(extension);
    expect_every_function<typename E::HostTable, HostRows>(E::kId);
    if constexpr (!std::is_void_v<typename E::PluginTable>)
      expect_every_function<typename E::PluginTable, PluginRows>(E::kId);
  });
}

TEST(IpcOpsTest, NumbersAreUsedOnceAndHaveNames) {
  std::set<std::uint16_t> numbers;
  std::set<std::string_view> names;
  const auto look = [&](auto row) {
    EXPECT_TRUE(numbers.insert(row.kNumber).second) << row.kNumber;
    EXPECT_TRUE(names.insert(op_name(row.kNumber)).second) << row.kName;
    EXPECT_LT(row.kNumber, kOps);
  };
  HostRows::each(look);
  PluginRows::each(look);
  EXPECT_EQ(op_name(kOps - 1), "");
}

}  // namespace
}  // namespace parley::loader
