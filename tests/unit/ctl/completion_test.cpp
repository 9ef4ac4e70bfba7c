// SPDX-License-Identifier: Apache-2.0
#include "ctl/completion.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin_server.h"
#include "ctl/command_line.h"
#include "support/temp_folder.h"

namespace parley::ctl {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class CompletionTest : public ::testing::Test {
 protected:
  // What a shell gets at TAB after these words.
  std::vector<std::string> after(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    Terminal terminal{out, err, 0, {}, {}};
    std::vector<const char*> argv{"parleyctl", "__complete"};
    for (const auto& word : words) argv.push_back(word.c_str());
    EXPECT_EQ(run(static_cast<int>(argv.size()), argv.data(), terminal), 0);
    EXPECT_EQ(err.str(), "");
    std::vector<std::string> lines;
    std::istringstream read(out.str());
    for (std::string line; std::getline(read, line);)
      lines.push_back(line.substr(0, line.find('\t')));
    return lines;
  }

  TempFolder folder_;
};

TEST_F(CompletionTest, VerbsAndGroupsByTheirBeginning) {
  EXPECT_THAT(after({""}), Contains("plugin"));
  EXPECT_THAT(after({""}), Not(Contains("__complete")));
  EXPECT_THAT(after({"se"}), ElementsAre("sessions"));
  EXPECT_THAT(after({"plugin", "l"}), UnorderedElementsAre("list", "load"));
  EXPECT_THAT(after({"user", "role", ""}), UnorderedElementsAre("add", "remove", "set"));
  EXPECT_THAT(after({"nonesuch", "x"}), IsEmpty());
  EXPECT_THAT(after({}), IsEmpty());
}

TEST_F(CompletionTest, EveryVerbCanBeTyped) {
  for (const auto& path : verb_paths()) {
    std::istringstream words(path);
    std::vector<std::string> typed;
    for (std::string word; words >> word;) {
      typed.push_back(word);
      EXPECT_THAT(after(typed), Contains(word)) << path;
    }
  }
}

TEST_F(CompletionTest, OptionsOfTheVerbAndOfAll) {
  EXPECT_THAT(after({"plugin", "load", "-"}), Contains("--from"));
  EXPECT_THAT(after({"plugin", "load", "--st"}), ElementsAre("--state"));
  EXPECT_THAT(after({"plugin", "unload", "-"}), Not(Contains("--from")));
}

TEST_F(CompletionTest, ValuesAfterAnOption) {
  EXPECT_THAT(after({"status", "-o", ""}), UnorderedElementsAre("table", "json"));
  EXPECT_THAT(after({"--output", "j"}), ElementsAre("json"));
  EXPECT_THAT(after({"plugin", "load", "dice", "--from", ""}), ElementsAre(":files"));
  EXPECT_THAT(after({"--state", "va"}), ElementsAre(":folders"));
}

TEST_F(CompletionTest, ArgumentsInTheirOrder) {
  EXPECT_THAT(after({"backup", ""}), ElementsAre(":files"));
  EXPECT_THAT(after({"completion", ""}), UnorderedElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(after({"completion", "bash", ""}), IsEmpty());
  EXPECT_THAT(after({"log", "level", "net", "tr"}), ElementsAre("trace"));
  EXPECT_THAT(after({"user", "role", "add", "neo", "mo"}), ElementsAre("moderator"));
  EXPECT_THAT(after({"user", "role", "add", "neo", "user", "a"}), ElementsAre("admin"));
  EXPECT_THAT(after({"status", "--", "-"}), IsEmpty());
}

TEST_F(CompletionTest, NamesComeFromTheServer) {
  AdminServer server(folder_.path("admin.sock"));
  server.answer("GET /admin/v1/plugins", 200,
                R"({"plugins":[{"id":"dice","state":"active"},{"id":"game","state":"active"}]})");
  server.answer("GET /admin/v1/users", 200,
                R"({"users":[{"name":"neo","id":"u_1"},{"name":"\u001b[2J","id":"u_2"}]})");
  const std::string state = folder_.path();
  EXPECT_THAT(after({"--state", state, "plugin", "reload", ""}), ElementsAre("dice", "game"));
  EXPECT_THAT(after({"plugin", "unload", "--state=" + state, "d"}), ElementsAre("dice"));
  EXPECT_THAT(after({"--state", state, "user", "info", ""}), ElementsAre("neo"))
      << "a name that would steer the terminal is not offered";
}

TEST_F(CompletionTest, WithoutAServerThereAreNoNamesAndNoComplaint) {
  EXPECT_THAT(after({"--state", folder_.path().string(), "plugin", "reload", ""}), IsEmpty());
}

TEST_F(CompletionTest, EachShellHasItsScript) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script) << shell;
    EXPECT_THAT(std::string(*script), HasSubstr("__complete")) << shell;
  }
  EXPECT_FALSE(completion_script("tcsh"));
}

}  // namespace
}  // namespace parley::ctl
