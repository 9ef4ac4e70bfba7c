// SPDX-License-Identifier: Apache-2.0
// Each command leaves a line that says who, what and how it ended, and nothing of what was said.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "support/temp_folder.h"
#include "unit/command/world.h"
#include "unit/storage/temp_store.h"

namespace parley::command {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

class CallLogTest : public ::testing::Test {
 protected:
  CallLogTest() { start(log::Level::kDebug); }
  ~CallLogTest() override {
    log::shutdown();
    log::set_level("", log::Level::kInfo);
  }

  void start(log::Level level) {
    log::Settings settings;
    settings.console = false;
    settings.level = level;
    settings.file = (folder_.path() / "log.jsonl").string();
    ASSERT_TRUE(log::init(settings));
  }
  std::string text() {
    log::flush();
    std::ifstream in(folder_.path() / "log.jsonl");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  // Lines about the command `name`.
  std::vector<json> lines_of(const std::string& name) {
    std::vector<json> found;
    std::istringstream in(text());
    for (std::string line; std::getline(in, line);) {
      auto parsed = json::parse(line);
      if (parsed.at("component") == "command" &&
          parsed.at("message").get<std::string>().starts_with(name + ": "))
        found.push_back(std::move(parsed));
    }
    return found;
  }

  TempFolder folder_;
};

TEST_F(CallLogTest, AnAnswerNamesPluginUserSessionRequestAndTime) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":"first","text":"a secret plan"})");
  world.clock.advance(Millis(250));
  const auto call = world.target->held.at(0)->call;
  world.on(neo, [&] {
    world.dispatcher.replies().ok(call);
    world.dispatcher.returned(call);
  });
  const auto lines = lines_of("hold");
  ASSERT_THAT(lines, SizeIs(1)) << text();
  const auto& line = lines[0];
  EXPECT_EQ(line.at("level"), "debug");
  EXPECT_EQ(line.at("plugin"), "test");
  EXPECT_EQ(line.at("user"), "Neo");
  EXPECT_EQ(line.at("session"), world.session_of(neo)->id());
  EXPECT_EQ(line.at("request"), "first");
  EXPECT_EQ(line.at("message"), "hold: ok in 250.0 ms");
  EXPECT_THAT(text(), Not(HasSubstr("secret plan")));
}

TEST_F(CallLogTest, AnAnswerNamesTheVersionThatServed) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"hold","id":7})");
  const auto call = world.target->held.at(0)->call;
  auto next = std::make_shared<CommandEntry>(*world.target->held.at(0)->entry);
  next->spec.version = "2.0.0";
  next->spec.generation = 5;
  world.dispatcher.replies().taken_over(call, next);
  world.on(neo, [&] {
    world.dispatcher.replies().ok(call);
    world.dispatcher.returned(call);
  });
  const auto lines = lines_of("hold");
  ASSERT_THAT(lines, SizeIs(1)) << text();
  EXPECT_EQ(lines[0].at("message"), "hold: ok in 0.0 ms (version 2.0.0, generation 5)");
}

TEST_F(CallLogTest, AFailureIsToldToThoseWhoDoNotDebug) {
  start(log::Level::kInfo);
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"echo","id":1})");
  world.say(neo, R"({"action":"hold","id":2})");
  world.on(neo, [&] {
    const auto call = world.target->held.at(0)->call;
    world.dispatcher.replies().fail(call, Status::conflict("your password was hunter2"));
    world.dispatcher.returned(call);
  });
  EXPECT_THAT(lines_of("echo"), IsEmpty());
  const auto lines = lines_of("hold");
  ASSERT_THAT(lines, SizeIs(1)) << text();
  EXPECT_EQ(lines[0].at("level"), "info");
  EXPECT_THAT(lines[0].at("message").get<std::string>(), StartsWith("hold: conflict in "));
  EXPECT_THAT(text(), Not(HasSubstr("hunter2")));
}

TEST_F(CallLogTest, ARefusalNamesWhoWasRefused) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"echoAdmin","id":9})");
  const auto lines = lines_of("echoAdmin");
  ASSERT_THAT(lines, SizeIs(1)) << text();
  EXPECT_EQ(lines[0].at("user"), "Neo");
  EXPECT_EQ(lines[0].at("request"), "9");
  EXPECT_EQ(lines[0].at("message"), "echoAdmin: forbidden, refused from 192.0.2.7");
}

TEST_F(CallLogTest, AFloodOfRefusalsIsOneLine) {
  World world;
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 20; ++i) world.say(neo, R"({"action":"echoAdmin"})");
  EXPECT_LT(lines_of("echoAdmin").size(), 20u) << text();
  EXPECT_GE(lines_of("echoAdmin").size(), 1u);
}

}  // namespace
}  // namespace parley::command
