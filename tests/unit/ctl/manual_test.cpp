// SPDX-License-Identifier: Apache-2.0
// The manual pages say what the programs do, all of it.
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/flags.h"
#include "config/keys.h"
#include "ctl/command_line.h"
#include "ctl/roff.h"

namespace parley::ctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string page(const char* name) {
  std::ostringstream out, err;
  Terminal terminal{out, err, 0, {}, {}};
  const char* const argv[] = {"parleyctl", "manual", name};
  EXPECT_EQ(run(3, argv, terminal), 0) << err.str();
  return out.str();
}

// As roff writes it.
std::string dashed(std::string text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != text.npos; at += 2)
    text.replace(at, 1, "\\-");
  return text;
}

TEST(Manual, ParleyctlHasEveryVerbWithItsExamples) {
  const auto text = page("parleyctl");
  EXPECT_THAT(text, StartsWith(".TH \"PARLEYCTL\" 1 "));
  for (const auto& path : verb_paths())
    EXPECT_THAT(text, HasSubstr(".SS \"" + dashed(path))) << path;
  EXPECT_THAT(text, HasSubstr("kick SESSION"));
  EXPECT_THAT(text, HasSubstr("\\fB" + dashed("--set KEY.PATH=VALUE")));
  EXPECT_THAT(text, HasSubstr("parleyctl plugin reload reply"));
}

TEST(Manual, ParleydHasEveryFlag) {
  const auto text = page("parleyd");
  const auto flags = config::flags();
  EXPECT_GT(flags.size(), 6u);
  for (const auto& flag : flags) EXPECT_THAT(text, HasSubstr("\\fB" + dashed(flag.name)));
}

TEST(Manual, TheConfigurationHasEveryKeyWithItsDefault) {
  const auto text = page("parley.yaml");
  for (const auto& key : config::all_keys())
    EXPECT_THAT(text, HasSubstr("\\fB" + std::string(key.path) + "\\fR\n"));
  EXPECT_THAT(text, HasSubstr("Commands per second and connection; 0: no limit. Default: 30."));
}

TEST(Manual, AnUnknownPageIsUsage) {
  std::ostringstream out, err;
  Terminal terminal{out, err, 0, {}, {}};
  const char* const argv[] = {"parleyctl", "manual", "nonesuch"};
  EXPECT_EQ(run(3, argv, terminal), 2);
}

TEST(Manual, NoTextBecomesAMacro) {
  const auto text =
      Roff("x", 1, "y").paragraph(".so /etc/passwd\n'br").item("a\\b", "\"q\"").take();
  EXPECT_THAT(text, HasSubstr("\\&.so /etc/passwd\n\\&'br"));
  EXPECT_THAT(text, HasSubstr("a\\eb"));
  EXPECT_THAT(text, Not(HasSubstr("\n.so")));
}

}  // namespace
}  // namespace parley::ctl
