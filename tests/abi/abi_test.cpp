// SPDX-License-Identifier: Apache-2.0
// Holds the ABI against the table frozen with SDK 1.0, as C and as C++, and the table against the
// headers.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <parley/testing.hpp>

#include "loader/manifest.h"
#include "loader/shared_object.h"

void parley_abi_dump_cpp(FILE* out);
extern "C" void parley_abi_dump_c(FILE* out);
extern "C" void parley_abi_dump_frozen(FILE* out);

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

// Everything from `opening` to `closing`, gone.
std::string without(std::string text, const std::string& opening, const std::string& closing) {
  for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at)) {
    text.erase(at, text.find(closing, at) + closing.size() - at);
  }
  return text;
}

// What every header of the ABI declares, without comments.
std::string all_headers() {
  const fs::path folder = PARLEY_SDK_INCLUDE;
  std::string text = read(folder / "plugin_abi.h");
  for (const auto& entry : fs::directory_iterator(folder / "ext")) text += read(entry.path());
  return without(text, "/*", "*/");
}

// Name and body of every struct that is defined; unions inside are left out, they stand for one
// field each.
std::vector<std::pair<std::string, std::string>> structs_of(const std::string& headers) {
  std::vector<std::pair<std::string, std::string>> result;
  for (std::size_t at = headers.find("struct "); at != std::string::npos;
       at = headers.find("struct ", at + 1)) {
    const std::size_t name_end = headers.find_first_of(" ;", at + 7);
    if (headers.compare(name_end, 2, " {") != 0) continue;
    const std::size_t end = headers.find("\n}", name_end);
    const std::string body = headers.substr(name_end + 2, end - name_end - 2);
    result.emplace_back(headers.substr(at + 7, name_end - at - 7), without(body, "union {", "}"));
  }
  return result;
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

TEST(Abi, TheFrozenHeadersAreTheFrozenTable) {
  EXPECT_EQ(dump(parley_abi_dump_frozen), read(PARLEY_ABI_GOLDEN))
      << "sdk/abi/1.0 and abi-1.0.txt promise the same; while 1.0 is unreleased, a change of it "
         "goes "
         "into both: scripts/check-abi --freeze";
}

TEST(Abi, IsTheSameInCAndInCpp) {
  EXPECT_EQ(dump(parley_abi_dump_c), dump(parley_abi_dump_cpp));
}

TEST(Abi, TableNamesEveryValueOfTheHeaders) {
  const std::string headers = all_headers();
  const std::string table = dump(parley_abi_dump_c);
  int values = 0;
  for (std::size_t at = headers.find(" = "); at != std::string::npos;
       at = headers.find(" = ", at + 1), ++values) {
    const std::size_t begin = headers.find_last_of(" \n", at - 1) + 1;
    const std::string name = headers.substr(begin, at - begin);
    EXPECT_NE(table.find("\n" + name + " = "), std::string::npos) << name;
  }
  EXPECT_GT(values, 80);
}

TEST(Abi, TableNamesEveryFieldOfEveryStruct) {
  const std::string table = dump(parley_abi_dump_c);
  const auto structs = structs_of(all_headers());
  EXPECT_GT(structs.size(), 40u);
  for (const auto& [name, fields] : structs) {
    const auto declared = std::count(fields.begin(), fields.end(), ';');
    long tabled = 0;
    for (const std::string& line : lines_of(table)) tabled += line.rfind(name + ".", 0) == 0;
    EXPECT_EQ(tabled, declared) << name;
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

std::string refusal_of(const std::string& file) {
  const auto image = parley::loader::SharedObject::open(file);
  if (!image) return image.status().message();
  const auto manifest = parley::loader::read_manifest(
      static_cast<const parley_plugin_entry*>((*image)->symbol(PARLEY_ENTRY_SYMBOL)), "old.so");
  return manifest ? "" : manifest.status().message();
}

TEST(Abi, APluginBuiltWithTheFrozenHeadersIsTaken) {
  EXPECT_EQ(refusal_of(PARLEY_OLD_PLUGINS "/old-1.0.so"), "");
}

TEST(Abi, APluginOfTheNextMinorIsToldWhichSideIsTooOld) {
  const std::string ours =
      std::to_string(PARLEY_ABI_MAJOR) + "." + std::to_string(PARLEY_ABI_MINOR);
  const std::string theirs =
      std::to_string(PARLEY_ABI_MAJOR) + "." + std::to_string(PARLEY_ABI_MINOR + 1);
  EXPECT_EQ(refusal_of(PARLEY_OLD_PLUGINS "/old-next.so"),
            "plugin old 1.0.0 needs plugin ABI " + theirs + ", this server speaks " + ours +
                ": upgrade the server or build old with SDK " + ours);
}

}  // namespace
