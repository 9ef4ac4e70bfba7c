// SPDX-License-Identifier: Apache-2.0
// A plugin runs a command as its speaker, and may let it answer a request of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class HandOnTest : public ::testing::Test {
 protected:
  HandOnTest() {
    world_.grant("hands-on", "permissions: [commands, buttons]\n");
    EXPECT_EQ(world_.bring("hands-on"), "");
  }
  std::string call(const std::string& action, const std::string& to) {
    const int id = ++last_;
    neo_.send(R"({"action":")" + action + R"(","id":)" + std::to_string(id) + R"(,"to":")" + to +
              "\"}");
    return neo_.answer(id);
  }

  World world_;
  World::Client& neo_ = world_.enter("Neo");
  int last_ = 500;
};

TEST_F(HandOnTest, TheOtherCommandAnswersTheRequest) {
  EXPECT_THAT(call("handOn", "inner"),
              AllOf(HasSubstr(R"("type":"inner")"), HasSubstr(R"("text":"done")")));
  EXPECT_THAT(call("handOn", "inner"), HasSubstr("done")) << "nothing is left of the first";
}

TEST_F(HandOnTest, SoDoesItsFailure) {
  EXPECT_THAT(call("handOn", "innerFails"), HasSubstr("not_found"));
}

TEST_F(HandOnTest, OnlyWhatMayStandBehindAButton) {
  EXPECT_THAT(call("handOn", "innerPlain"), HasSubstr(R"("type":"error")"));
  EXPECT_THAT(call("handOn", "nothingLikeThat"), HasSubstr(R"("type":"error")"));
}

TEST_F(HandOnTest, WhatARuleRanRunsNoOther) {
  EXPECT_THAT(call("handOn", "innerRuns"), HasSubstr(R"("type":"error")"));
}

TEST_F(HandOnTest, HowItEndedIsTold) {
  EXPECT_THAT(call("handOnAndTell", "inner"),
              AllOf(HasSubstr(R"("ok":true)"), HasSubstr(R"("code":"")")));
  EXPECT_THAT(call("handOnAndTell", "innerFails"), HasSubstr(R"("code":"not_found")"));
}

}  // namespace
}  // namespace parley::plugin
