// SPDX-License-Identifier: Apache-2.0
// parley-plugin-check: the good pass, each bad one is found by the right check with its sentence.
#include <algorithm>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "kit/ran.h"

namespace parley::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

Ran check(const std::string& file, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {kBin + "parley-plugin-check", file});
  return run(options);
}

// What a check said of a file; "broken: ..." or "held: ...".
std::string said_of(const Json& report, const std::string& name) {
  for (const auto& one : report.value("checks", Json::array())) {
    if (one["name"] == name)
      return one["verdict"].get<std::string>() + ": " + one["text"].get<std::string>();
  }
  return "no check " + name + " in " + report.dump();
}

TEST(PluginCheck, AGoodPluginKeepsTheContract) {
  const auto ran = check(built("dice"), {"--reloads", "200"});
  EXPECT_EQ(ran.exit_code, 0) << ran.text();
  EXPECT_THAT(ran.out, HasSubstr("it keeps the contract"));
  EXPECT_THAT(ran.out, HasSubstr("dice 1."));
  EXPECT_THAT(ran.out, HasSubstr("flat over 200 reloads"));
  EXPECT_THAT(ran.out, HasSubstr("dlclose gave it back"));
  EXPECT_THAT(ran.out, Not(HasSubstr("broken")));
}

TEST(PluginCheck, EveryBundledPluginKeepsTheContract) {
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PARLEY_BINARY_DIR "/plugins")) {
    if (entry.path().extension() != ".so") continue;
    const auto ran = check(entry.path(), {"--reloads", "20"});
    EXPECT_EQ(ran.exit_code, 0) << ran.text();
    ++checked;
  }
  EXPECT_GE(checked, 5);
}

struct Breach {
  std::string fixture, check, sentence;
};
void PrintTo(const Breach& breach, std::ostream* out) {
  *out << breach.fixture;
}

class Breaches : public ::testing::TestWithParam<Breach> {};

TEST_P(Breaches, IsFoundWithItsSentence) {
  const auto& [name, where, sentence] = GetParam();
  const auto ran = check(fixture(name), {"--reloads", "300", "--timeout", "5", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 1) << ran.text();
  const Json report = Json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(report.is_object()) << ran.text();
  EXPECT_FALSE(report["ok"].get<bool>());
  const auto said = said_of(report, where);
  EXPECT_THAT(said, ::testing::StartsWith("broken: ")) << report.dump(2);
  EXPECT_THAT(said, HasSubstr(sentence));
}

std::vector<Breach> breaches() {
  std::vector<Breach> all{
      {"no-entry", "entry", "exports no parley_plugin_entry_v1"},
      {"missing-symbol", "entry", "undefined symbol"},
      {"bad-abi-major", "entry", "this server speaks 1."},
      {"newer-minor", "entry", "upgrade the server or build"},
      {"crashes-when-opened", "entry", "crashed while opening the file"},
      {"exits-when-opened", "entry", "ended the process while opening the file"},
      {"hangs-when-opened", "entry", "hangs while opening the file"},
      {"throws-in-start", "start", "does not start"},
      {"refuses-start", "start", "does not start"},
      {"bad-declaration", "start", "is no command name"},
      {"pinned", "symbols", "-z nodelete"},
      {"thread-local-destructor", "symbols", "__cxa_thread_atexit"},
      {"throws-in-call", "calls", "may not cross the ABI: no luck"},
      {"does-not-answer", "calls", "neither answered nor deferred"},
      {"calls-from-own-thread", "calls", "thread or phase"},
      {"exits-in-call", "calls", "may not call exit"},
      {"crashes-on-long-text", "largest", "crashed while calling measure with largest arguments"},
      {"hangs-in-stop", "start", "hangs while stopping"},
      {"leaks-memory", "memory", "its heap grew"},
      {"leaves-thread", "threads-left", "1 thread still there after stop"},
      {"refuses-silently", "denied", "does not say why"},
      {"forgets-state", "state", "1 byte before, 0 after"},
      {"pinned", "unmapped", "stayed mapped"}};
  if (PARLEY_UNIQUE_SYMBOLS) all.push_back({"unique-symbol", "symbols", "unique symbols pin it"});
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, Breaches, ::testing::ValuesIn(breaches()), [](const auto& one) {
  std::string name = one.param.fixture + "_" + one.param.check;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(PluginCheck, ACrashInOneCheckLeavesTheOthersTheirWord) {
  const auto ran = check(fixture("crashes-on-long-text"), {"--reloads", "5", "-o", "json"});
  const Json report = Json::parse(ran.out);
  EXPECT_THAT(said_of(report, "calls"), HasSubstr("held"));
  EXPECT_THAT(said_of(report, "unmapped"), HasSubstr("held"));
}

TEST(PluginCheck, WhatDecidesStopsTheRest) {
  const auto ran = check(fixture("no-entry"), {"-o", "json"});
  EXPECT_THAT(said_of(Json::parse(ran.out), "calls"), HasSubstr("not made: mend `entry` first"));
}

TEST(PluginCheck, WhatCannotBeCheckedIsUsage) {
  EXPECT_EQ(check("/nowhere/dice.so").exit_code, 2);
  EXPECT_THAT(check("/nowhere/dice.so").err, HasSubstr("there is no such file"));
  EXPECT_EQ(check(built("dice"), {"--only", "nonsense"}).exit_code, 2);
  EXPECT_EQ(run({kBin + "parley-plugin-check"}).exit_code, 2);
  EXPECT_EQ(check(built("dice"), {"--reloads", "0"}).exit_code, 2);
}

TEST(PluginCheck, ATextFileIsAFindingAndNoUsage) {
  const TempFolder folder;
  std::ofstream(folder.path() / "notes.so") << "not a plugin";
  const auto ran = check(folder.path() / "notes.so");
  EXPECT_EQ(ran.exit_code, 1) << ran.text();
  EXPECT_THAT(ran.out, HasSubstr("it is no shared object"));
}

TEST(PluginCheck, IsAVerbOfParleyctl) {
  const auto ran =
      run({kBin + "parleyctl", "plugin", "check", built("dice"), "--only", "calls", "-o", "json"});
  EXPECT_EQ(ran.exit_code, 0) << ran.text();
  EXPECT_TRUE(Json::parse(ran.out)["ok"].get<bool>());
  EXPECT_EQ(run({kBin + "parleyctl", "plugin", "check", fixture("no-entry")}).exit_code, 1);
  EXPECT_EQ(run({kBin + "parleyctl", "plugin", "check", "/nowhere.so"}).exit_code, 2);
}

}  // namespace
}  // namespace parley::test
