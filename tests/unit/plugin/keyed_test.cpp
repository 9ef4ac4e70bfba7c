// SPDX-License-Identifier: Apache-2.0
// Commands of plugins that are sent again with their key: what they write, and what is known of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class KeyedPluginTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(world_.bring("writer"), ""); }
  std::string keyed(const std::string& action, const std::string& key) {
    return neo_.answer(neo_.begin(action, key));
  }
  // What the store has under the user's key: "no row", "a mark", or the answer.
  std::string row(const std::string& key) {
    const auto rows = world_.store().read_blocking(
        [](storage::Reader& reader) { return reader.command_keys(0); });
    for (const auto& one : *rows) {
      if (one.key != key) continue;
      const auto whole = world_.store().read_blocking(
          [&](storage::Reader& reader) { return reader.command_key(one.user_id, key); });
      return whole->reply_json.empty() ? "a mark" : whole->reply_json;
    }
    return "no row";
  }
  std::string value(const std::string& key) {
    const auto found = world_.store().read_blocking(
        [&](storage::Reader& reader) { return reader.kv_get("writer", key); });
    return found ? *found : "";
  }

  World world_;
  World::Client& neo_ = world_.enter("Neo");
};

TEST_F(KeyedPluginTest, RunsOnceHoweverItAnswers) {
  for (const std::string action : {"writerPut", "writerPutAndReply"}) {
    const auto first = keyed(action, action);
    EXPECT_THAT(first, AllOf(HasSubstr("written"), Not(HasSubstr("duplicate"))));
    EXPECT_THAT(keyed(action, action), AllOf(HasSubstr("written"), HasSubstr("\"duplicate\":true"),
                                             HasSubstr(first.substr(first.find("\"run\":")))));
  }
  EXPECT_EQ(value("put"), "1");
  EXPECT_EQ(value("reply"), "2");
}

TEST_F(KeyedPluginTest, AReloadForgetsNothing) {
  keyed("writerPut", "k1");
  ASSERT_TRUE(world_.reload("writer").status);
  EXPECT_THAT(keyed("writerPut", "k1"), HasSubstr("\"duplicate\":true"));
  EXPECT_THAT(keyed("writerPut", "k2"), Not(HasSubstr("duplicate")));
}

TEST_F(KeyedPluginTest, AWriteIsMarkedAtAllThatRun) {
  const int writing = neo_.begin("writerPutAndHold", "k1");
  ASSERT_TRUE(eventually([&] { return value("hold") == "1"; }));
  EXPECT_EQ(row("k1"), "a mark") << "committed before the write or with it";
  const int waiting = neo_.begin("writerHold", "k2");
  EXPECT_THAT(neo_.call("writerRelease"), HasSubstr("ok"));
  EXPECT_THAT(neo_.answer(writing), HasSubstr("released"));
  EXPECT_THAT(neo_.answer(waiting), HasSubstr("released"));
  EXPECT_THAT(row("k1"), HasSubstr("released"));
  EXPECT_THAT(row("k2"), HasSubstr("released"));
}

TEST_F(KeyedPluginTest, WhatTheHostAnswersIsNobodyElsesEffect) {
  const int waiting = neo_.begin("writerHold", "k1");
  for (const std::string key : {"", "k2"})
    EXPECT_THAT(neo_.answer(neo_.begin("writerPutAndReply", key)), HasSubstr("written"));
  EXPECT_EQ(row("k1"), "no row");
  EXPECT_THAT(neo_.call("writerRelease"), HasSubstr("ok"));
  EXPECT_THAT(neo_.answer(waiting), HasSubstr("released"));
}

TEST_F(KeyedPluginTest, WhatHasWrittenNothingHasNoMark) {
  const int waiting = neo_.begin("writerHold", "k1");
  const int outside = neo_.begin("writerHoldOutside", "k2");
  ASSERT_TRUE(eventually([&] { return row("k2") == "a mark"; })) << "it was announced";
  EXPECT_EQ(row("k1"), "no row");
  EXPECT_THAT(neo_.call("writerRelease"), HasSubstr("ok"));
  EXPECT_THAT(neo_.answer(waiting), HasSubstr("released"));
  EXPECT_THAT(neo_.answer(outside), HasSubstr("released"));
}

TEST_F(KeyedPluginTest, UnloadedInTheMiddleNobodyKnowsHowFarItCame) {
  const int waiting = neo_.begin("writerHold", "k1");
  const int outside = neo_.begin("writerHoldOutside", "k2");
  ASSERT_TRUE(eventually([&] { return row("k2") == "a mark"; }));
  EXPECT_THAT(neo_.call("writerPut"), HasSubstr("written")) << "what came before has begun";
  const int writing = neo_.begin("writerPutAndHold", "k3");
  ASSERT_TRUE(eventually([&] { return value("hold") != ""; }));
  ASSERT_TRUE(world_.unload("writer").status);
  EXPECT_THAT(neo_.answer(outside), HasSubstr("outcome_unknown"));
  EXPECT_THAT(neo_.answer(writing), HasSubstr("outcome_unknown"));
  EXPECT_THAT(neo_.answer(waiting), HasSubstr("outcome_unknown"))
      << "two writes came while it ran, and nobody knows for whom";
  ASSERT_EQ(world_.bring("writer"), "");
  for (const std::string key : {"k2", "k3"})
    EXPECT_THAT(keyed(key == "k2" ? "writerHoldOutside" : "writerPutAndHold", key),
                HasSubstr("outcome_unknown"));
}

TEST_F(KeyedPluginTest, UnloadedBeforeAnyEffectItMayRunAgain) {
  const int waiting = neo_.begin("writerHold", "k1");
  ASSERT_TRUE(world_.unload("writer").status);
  EXPECT_THAT(neo_.answer(waiting),
              AllOf(HasSubstr("plugin_unavailable"), HasSubstr("\"retry\":true")));
  ASSERT_EQ(world_.bring("writer"), "");
  const int again = neo_.begin("writerHold", "k1");
  EXPECT_THAT(neo_.call("writerRelease"), HasSubstr("ok"));
  EXPECT_THAT(neo_.answer(again), AllOf(HasSubstr("released"), Not(HasSubstr("duplicate"))));
}

TEST_F(KeyedPluginTest, AnAnswerWithASecretIsNotKept) {
  EXPECT_THAT(keyed("writerSecret", "k1"), HasSubstr("secret"));
  EXPECT_EQ(row("k1"), "no row");
  EXPECT_THAT(keyed("writerSecret", "k1"), AllOf(HasSubstr("secret"), Not(HasSubstr("duplicate"))));
}

}  // namespace
}  // namespace parley::plugin
