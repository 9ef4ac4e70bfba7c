// SPDX-License-Identifier: Apache-2.0
#include "session/channel_rights.h"

#include <gtest/gtest.h>

namespace parley::session {
namespace {

const users::User kNeo{"u_neo", "Neo", "user", {"user"}};

TEST(ChannelNames, AreOfFourKinds) {
  EXPECT_EQ(parse_channel_name("global")->kind, ChannelKind::kPublic);
  EXPECT_EQ(parse_channel_name("7-up_x")->kind, ChannelKind::kPublic);
  EXPECT_EQ(parse_channel_name("dm:g_1:u_2")->kind, ChannelKind::kDirect);
  EXPECT_EQ(parse_channel_name("@u_2")->first, "u_2");
  EXPECT_EQ(parse_channel_name("game:room.7")->kind, ChannelKind::kPlugin);
  EXPECT_EQ(parse_channel_name("game:room.7")->second, "room.7");
}

TEST(ChannelNames, BadOnesAreRefused) {
  const std::string longest(32, 'a');
  EXPECT_TRUE(parse_channel_name(longest).is_ok());
  for (const std::string& name :
       {std::string(), std::string("-x"), std::string("Global"), std::string("a b"), longest + "a",
        std::string("общий"), std::string("@"), std::string("@neo"), std::string("@u_"),
        std::string("dm:"), std::string("dm:u_1"), std::string("dm:u_2:u_1"),
        std::string("dm:u_1:u_1"), std::string("dm:u_1:u_2:u_3"), std::string(":x"),
        std::string("game:"), std::string("game:a b"), std::string("global\0x", 8),
        std::string("@u_") + std::string(100, 'x')}) {
    EXPECT_EQ(parse_channel_name(name).status().code(), ErrorCode::kInvalidArgs) << name;
  }
}

TEST(ChannelNames, ADirectChannelHasOneNameForBoth) {
  EXPECT_EQ(*direct_channel("u_b", "u_a"), "dm:u_a:u_b");
  EXPECT_EQ(*direct_channel("u_a", "u_b"), "dm:u_a:u_b");
  EXPECT_FALSE(direct_channel("u_a", "u_a").is_ok());
  EXPECT_FALSE(direct_channel("u_a", "x").is_ok());
}

TEST(ChannelRights, DenyByDefault) {
  ChannelRights rights;
  const auto code = [&](std::string_view channel, ChannelAccess access) {
    return rights.check(kNeo, channel, access).code();
  };
  EXPECT_EQ(code("global", ChannelAccess::kWrite), ErrorCode::kOk);
  EXPECT_EQ(code("dm:u_neo:u_tri", ChannelAccess::kWrite), ErrorCode::kOk);
  EXPECT_EQ(code("dm:u_smith:u_tri", ChannelAccess::kRead), ErrorCode::kNotFound);
  EXPECT_EQ(code("@u_neo", ChannelAccess::kRead), ErrorCode::kOk);
  EXPECT_EQ(code("@u_neo", ChannelAccess::kWrite), ErrorCode::kNotFound);
  EXPECT_EQ(code("@u_tri", ChannelAccess::kRead), ErrorCode::kNotFound);
  EXPECT_EQ(code("game:room", ChannelAccess::kRead), ErrorCode::kNotFound);
  EXPECT_EQ(code("Bad Name", ChannelAccess::kRead), ErrorCode::kInvalidArgs);
}

TEST(ChannelRights, APluginsRuleCountsWhileItIsThere) {
  ChannelRights rights;
  rights.set_rule(
      "game", [](const users::User& user, std::string_view channel, ChannelAccess access) {
        return user.id == "u_neo" && channel == "game:room" && access == ChannelAccess::kRead;
      });
  EXPECT_TRUE(rights.check(kNeo, "game:room", ChannelAccess::kRead).is_ok());
  EXPECT_FALSE(rights.check(kNeo, "game:room", ChannelAccess::kWrite).is_ok());
  EXPECT_FALSE(rights.check(kNeo, "game:hall", ChannelAccess::kRead).is_ok());
  EXPECT_FALSE(rights.check(kNeo, "dice:room", ChannelAccess::kRead).is_ok());
  rights.remove_rule("game");
  EXPECT_FALSE(rights.check(kNeo, "game:room", ChannelAccess::kRead).is_ok());
}

}  // namespace
}  // namespace parley::session
