// SPDX-License-Identifier: Apache-2.0
// Who may stay: the share of those who never say who they are, and those who never pause.
#include "command/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::HasSubstr;
using testing::Not;

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

TEST(UnauthenticatedShareTest, TheOldestGoesWhenThereAreTooMany) {
  config::Config config;
  config.limits.connections = 20;  // two may wait
  World world(config);
  auto& first = world.connect();
  auto& second = world.connect();
  EXPECT_EQ(first.link.close_code, 0);
  auto& third = world.connect();
  EXPECT_EQ(first.link.close_code, 4406);
  EXPECT_EQ(second.link.close_code, 0);
  EXPECT_EQ(third.link.close_code, 0);
  EXPECT_EQ(world.dispatcher.stats().crowded_out, 1u);
  EXPECT_THAT(world.say(second, R"({"action":"auth","id":1,"guest":"Neo"})"), HasSubstr("welcome"));
  world.connect();
  EXPECT_EQ(third.link.close_code, 0) << "who is known does not count";
}

TEST(UnauthenticatedShareTest, AQuietShardDoesNotPayForACrowdedOne) {
  config::Config config;
  config.limits.connections = 30;
  World world(config);
  auto& quiet = world.connect(1);
  auto& first = world.connect(0);
  world.connect(0);
  world.connect(0);
  EXPECT_EQ(quiet.link.close_code, 0);
  EXPECT_EQ(first.link.close_code, 4406);
  world.tick(quiet);
  EXPECT_EQ(quiet.link.close_code, 0);
}

TEST(UnauthenticatedShareTest, ZeroIsNoLimit) {
  config::Config config;
  config.limits.connections = 20;
  config.limits.unauthenticated = 0;
  World world(config);
  auto& first = world.connect();
  for (int i = 0; i < 5; ++i) world.connect();
  EXPECT_EQ(first.link.close_code, 0);
}

TEST(RateAbuseTest, WhoNeverPausesIsClosed) {
  config::Config config;
  config.limits.rate = 1;
  config.limits.burst = 2;
  config.limits.abuse = 3;
  World world(config);
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 7; ++i) world.say(neo, R"({"action":"echo"})");
  EXPECT_THAT(neo.last(), error("rate_limited"));
  EXPECT_EQ(neo.link.close_code, 0);
  world.say(neo, R"({"action":"echo"})");
  EXPECT_EQ(neo.link.close_code, 4506);
  EXPECT_EQ(world.dispatcher.stats().abuse_closes, 1u);
}

// Each of them costs a write of everybody's one writer.
TEST(CommandRateTest, ChangingAndMarkingHaveRatesOfTheirOwn) {
  config::Config config;
  config.limits.rate = 0;
  World world(config);
  auto& neo = world.enter("neo");
  auto& trinity = world.enter("trinity");
  const std::pair<const char*, int> commands[] = {
      {R"({"action":"editMessage","id":1,"channel":"global","offset":9,"message":"x"})", 60},
      {R"({"action":"deleteMessage","id":1,"channel":"global","offset":9})", 60},
      {R"({"action":"markRead","id":1,"channel":"global","offset":9})", 300}};
  for (const auto& [command, most] : commands) {
    for (int i = 0; i < most; ++i)
      ASSERT_THAT(world.say(neo, command), Not(HasSubstr("rate_limited"))) << i << ": " << command;
    EXPECT_THAT(world.say(neo, command), HasSubstr("rate_limited")) << command;
    EXPECT_THAT(world.say(trinity, command), Not(HasSubstr("rate_limited"))) << command;
  }
}

}  // namespace
}  // namespace parley::command
