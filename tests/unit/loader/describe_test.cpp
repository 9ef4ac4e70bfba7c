// SPDX-License-Identifier: Apache-2.0
#include "loader/describe.h"

#include <chrono>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loader_fixture.h"

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

class DescribeTest : public ::testing::Test {
 protected:
  Result<Manifest> ask(const std::string& fixture) {
    return describe(folder_.place(fixture), options_);
  }
  std::string refusal(const std::string& fixture) {
    const auto manifest = ask(fixture);
    return manifest ? "" : manifest.status().message();
  }

  Folder folder_;
  DescribeOptions options_{.host_program = PARLEY_HOST_PROGRAM, .timeout = Millis(10'000)};
};

TEST_F(DescribeTest, TellsWhatThePluginIsWithoutMappingIt) {
  const auto manifest = ask("steady");
  ASSERT_TRUE(manifest) << manifest.status().message();
  EXPECT_EQ(manifest->id, "steady");
  EXPECT_EQ(manifest->version, "1.0.0");
  EXPECT_FALSE(is_mapped(folder_.path().string()));
}

TEST_F(DescribeTest, ARefusalOfTheChildComesBackAsItsSentence) {
  EXPECT_THAT(refusal("no-entry"), HasSubstr("exports no parley_plugin_entry_v1"));
  EXPECT_EQ(refusal("newer-minor"),
            "plugin newer-minor 1.2.0 needs plugin ABI 1.4, this server speaks 1.0: upgrade the "
            "server or build newer-minor with SDK 1.0");
  const auto text = describe(folder_.write("text.so", std::string(200, '?')), options_);
  EXPECT_THAT(text.status().message(), HasSubstr("is a text file"));
}

TEST_F(DescribeTest, AnImageOfAnotherMachineIsRefused) {
  const auto file = folder_.place("steady");
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(18);  // e_machine
  bytes.put(0x28);  // 32-bit ARM
  bytes.close();
  EXPECT_THAT(describe(file, options_).status().message(),
              HasSubstr("is built for 32-bit ARM, this server runs on "));
}

TEST_F(DescribeTest, ACutFileIsRefused) {
  const auto file = folder_.place("steady");
  for (const std::uintmax_t size : {4096, 64}) {
    fs::resize_file(file, size);
    EXPECT_THAT(describe(file, options_).status().message(), HasSubstr("is cut short")) << size;
  }
}

TEST_F(DescribeTest, ACrashIsToldApartFromARefusal) {
  EXPECT_THAT(refusal("crashes-when-opened"), HasSubstr("while it was opened"));
#ifndef PARLEY_SANITIZED  // there the sanitizer ends the child with an exit code
  EXPECT_THAT(refusal("crashes-when-opened"), HasSubstr("crashed while it was opened"));
  EXPECT_THAT(refusal("crashes-when-opened"), HasSubstr("Segmentation fault"));
#endif
}

TEST_F(DescribeTest, AnEndWithoutAnAnswerNamesTheExitCode) {
  EXPECT_THAT(refusal("exits-when-opened"), HasSubstr("exit code 7"));
}

TEST_F(DescribeTest, GarbageInTheAnswerIsRefused) {
  EXPECT_THAT(refusal("talks-when-opened"), HasSubstr("no JSON"));
}

TEST_F(DescribeTest, AnEndlessAnswerIsCut) {
  EXPECT_THAT(refusal("floods-when-opened"), HasSubstr("larger than 262144 bytes"));
}

TEST_F(DescribeTest, AHangIsEndedInTime) {
  options_.timeout = Millis(300);
  for (const std::string& hanging :
       {std::string("hangs-when-opened"), std::string("closes-answer-and-hangs")}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_THAT(refusal(hanging), HasSubstr("took longer than 300 ms")) << hanging;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << hanging;
  }
}

TEST_F(DescribeTest, AMissingHostProgramIsNamed) {
  options_.host_program = folder_.path() / "absent";
  EXPECT_THAT(refusal("steady"), HasSubstr("absent cannot be started: No such file"));
}

}  // namespace
}  // namespace parley::loader
