// SPDX-License-Identifier: Apache-2.0
// What a plugin keeps in sessions, wherever its code runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/plugin_abi.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::HasSubstr;

class VariablesPluginTest : public ::testing::Test {
 protected:
  static config::Config little() {
    auto config = World::quick();
    config.plugins.limits.variables = 40;
    return config;
  }
  void SetUp() override { ASSERT_EQ(world_.bring("notes"), ""); }
  std::string say(World::Client& client, const std::string& action, const std::string& arguments) {
    const int id = ++last_;
    client.send(R"({"action":")" + action + R"(","id":)" + std::to_string(id) + "," + arguments +
                "}");
    return client.answer(id);
  }
  std::string set(World::Client& client, const std::string& name, const std::string& text) {
    return say(client, "noteSet", R"("name":")" + name + R"(","text":")" + text + "\"");
  }
  std::string get(World::Client& client, const std::string& name) {
    return say(client, "noteGet", R"("name":")" + name + "\"");
  }

  World world_{little()};
  World::Client& neo_ = world_.enter("Neo");
  World::Client& trinity_ = world_.enter("Trinity");
  int last_ = 500;
};

TEST_F(VariablesPluginTest, EachSessionHasItsOwn) {
  EXPECT_THAT(set(neo_, "room", "cellar"), HasSubstr(R"("ok":true)"));
  EXPECT_THAT(set(trinity_, "room", "крыша"), HasSubstr(R"("ok":true)"));
  EXPECT_THAT(get(neo_, "room"), HasSubstr(R"("text":"cellar")"));
  EXPECT_THAT(get(trinity_, "room"), HasSubstr(R"("text":"крыша")"));
  EXPECT_THAT(set(neo_, "a.b-c_D1", ""), HasSubstr(R"("ok":true)"));
  EXPECT_THAT(neo_.call("noteList"), HasSubstr(R"("names":"a.b-c_D1;room;")"));
  EXPECT_THAT(say(neo_, "noteErase", R"("name":"room")"), HasSubstr(R"("ok":true)"));
  EXPECT_THAT(get(neo_, "room"), HasSubstr(R"("text":"-")"));
  EXPECT_THAT(say(neo_, "noteErase", R"("name":"room")"), HasSubstr(R"("ok":false)"));
}

TEST_F(VariablesPluginTest, AReloadFindsThemAgain) {
  set(neo_, "room", "cellar");
  ASSERT_TRUE(world_.reload("notes").status);
  EXPECT_THAT(get(neo_, "room"), HasSubstr(R"("text":"cellar")"));
}

TEST_F(VariablesPluginTest, WhatCannotBeIsRefused) {
  const auto outcome = [](parley_status status) {
    return "\"outcome\":" + std::to_string(status) + ",";
  };
  const auto invalid = outcome(PARLEY_E_INVALID), limit = outcome(PARLEY_E_LIMIT),
             stale = outcome(PARLEY_E_STALE);
  for (const std::string name : {"", "with space", "имя", "a/b"})
    EXPECT_THAT(set(neo_, name, "x"), HasSubstr(invalid)) << name;
  EXPECT_THAT(set(neo_, std::string(65, 'n'), "x"), HasSubstr(invalid));
  EXPECT_THAT(set(neo_, "n", std::string(40, 'x')), HasSubstr(limit));
  EXPECT_THAT(set(neo_, "n", std::string(39, 'x')), HasSubstr(R"("ok":true)"));
  EXPECT_THAT(say(neo_, "noteSet", R"("name":"n","text":"x","session":"s_nobody")"),
              HasSubstr(stale));
}

TEST(VariablesOfAllPluginsTest, ASessionHasAQuotaForAllOfThem) {
  auto config = World::quick();
  config.session.variables = 30;
  World world(config);
  ASSERT_EQ(world.bring("notes"), "");
  auto& neo = world.enter("Neo");
  const auto set = [&](int id, std::size_t size) {
    neo.send(R"({"action":"noteSet","id":)" + std::to_string(id) + R"(,"name":"n","text":")" +
             std::string(size, 'x') + "\"}");
    return neo.answer(id);
  };
  EXPECT_THAT(set(501, 30), HasSubstr("\"outcome\":" + std::to_string(PARLEY_E_LIMIT) + ","));
  EXPECT_THAT(set(502, 29), HasSubstr(R"("ok":true)"));
}

}  // namespace
}  // namespace parley::plugin
