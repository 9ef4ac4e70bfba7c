// SPDX-License-Identifier: Apache-2.0
// Holds the ABI against the table frozen with SDK 1.0, as C and as C++, and the table against the headers.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <parley/testing.hpp>

void parley_abi_dump_cpp(FILE* out);
extern "C" void parley_abi_dump_c(FILE* out);

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string dump(void (*function)(FILE*)) {
  char* data = nullptr;
  std::size_t size = 0;
  FILE* out = open_memstream(&data, &size);
  function(out);
  std::fclose(out);
  std::string text(data, size);
  std::free(data);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What every header of the ABI declares, without comments.
std::string all_headers() {
  const fs::path folder = PARLEY_SDK_INCLUDE;
  std::string text = read(folder / "plugin_abi.h");
  for (const auto& entry : fs::directory_iterator(folder / "ext")) text += read(entry.path());
  return std::regex_replace(text, std::regex(R"(/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)"), "");
}

TEST(Abi, IsWhatSdk10Froze) {
  const auto frozen = lines_of(read(PARLEY_ABI_GOLDEN));
  const auto now = lines_of(dump(parley_abi_dump_c));
  ASSERT_GT(frozen.size(), 300u);
  const std::set<std::string> present(now.begin(), now.end());
  for (const std::string& line : frozen) {
    EXPECT_TRUE(present.count(line))
        << "changed or gone since SDK 1.0: " << line
        << "\n  structs grow at the end only, in a new minor; values stay (STABILITY.md)";
  }
  EXPECT_EQ(now.size(), frozen.size()) << "new lines belong into the table of the next minor";
}

TEST(Abi, IsTheSameInCAndInCpp) {
  EXPECT_EQ(dump(parley_abi_dump_c), dump(parley_abi_dump_cpp));
}

TEST(Abi, TableNamesEveryStructAndValueOfTheHeaders) {
  const std::string headers = all_headers();
  const std::string table = dump(parley_abi_dump_c);
  int structs = 0;
  int values = 0;
  const std::regex struct_name(R"((?:typedef struct|\nstruct) (\w+) \{)");
  for (std::sregex_iterator at(headers.begin(), headers.end(), struct_name), end; at != end;
       ++at, ++structs) {
    EXPECT_NE(table.find("struct " + (*at)[1].str() + " size"), std::string::npos) << (*at)[1];
  }
  const std::regex value_name(R"((PARLEY_\w+) = )");
  for (std::sregex_iterator at(headers.begin(), headers.end(), value_name), end; at != end;
       ++at, ++values) {
    EXPECT_NE(table.find((*at)[1].str() + " = "), std::string::npos) << (*at)[1];
  }
  EXPECT_GT(structs, 40);
  EXPECT_GT(values, 80);
}

TEST(Abi, TableNamesEveryFieldOfEveryStruct) {
  const std::string headers =
      std::regex_replace(all_headers(), std::regex(R"(union \{[^}]*\})"), "");
  const std::string table = dump(parley_abi_dump_c);
  const std::regex body(R"((?:typedef struct|\nstruct) (\w+) \{([^}]*)\n\})");
  for (std::sregex_iterator at(headers.begin(), headers.end(), body), end; at != end; ++at) {
    const std::string fields = (*at)[2];
    const auto declared = std::count(fields.begin(), fields.end(), ';');
    long tabled = 0;
    for (const std::string& line : lines_of(table))
      tabled += line.rfind((*at)[1].str() + ".", 0) == 0;
    EXPECT_EQ(tabled, declared) << (*at)[1];
  }
}

TEST(Abi, EveryGrowingStructBeginsWithItsSize) {
  const std::string table = dump(parley_abi_dump_c);
  const std::set<std::string> fixed{"parley_string", "parley_value", "parley_text", "parley_sink"};
  for (const std::string& line : lines_of(table)) {
    if (line.rfind("struct ", 0) != 0) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    const bool sized = table.find(name + ".size offset 0 size 4\n") != std::string::npos;
    EXPECT_NE(sized, fixed.count(name) > 0) << name;
  }
}

TEST(Abi, APluginInPlainCLoadsAndAnswers) {
  parley::testing::FakeHost host;
  const auto reply = host.call("echo", {{"what", parley::Json{1, 2, 3}}});
  EXPECT_EQ(reply.text(), R"({"type":"echo","data":[1,2,3]})");
  EXPECT_EQ(host.call("echo").code(), "invalid_args");
}

TEST(Abi, APluginInPlainCSaysWhyItDoesNotStart) {
  try {
    parley::testing::FakeHost host({.permissions = std::vector<std::string>{}});
    FAIL() << "started without its permission";
  } catch (const std::runtime_error& refusal) {
    EXPECT_STREQ(refusal.what(), "start: echo needs the permission `commands`");
  }
}

}  // namespace
