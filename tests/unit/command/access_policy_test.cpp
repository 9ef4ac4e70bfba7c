// SPDX-License-Identifier: Apache-2.0
#include "command/access_policy.h"

#include <utility>

#include <gtest/gtest.h>

#include "command/command_spec.h"
#include "unit/command/world.h"
#include "users/accounts.h"

namespace parley::command {
namespace {

users::User somebody(std::string id, std::string kind, std::vector<std::string> roles) {
  return {
      .id = std::move(id), .name = "Somebody", .kind = std::move(kind), .roles = std::move(roles)};
}

const auto kNeo = somebody("u_neo", "user", {"user"});
const auto kMod = somebody("u_mod", "user", {"user", "moderator"});
const auto kGuest = somebody("g_1", "guest", {});

CommandSpec spec(std::string name, std::vector<std::string> roles = {},
                 std::string plugin = "dice") {
  CommandSpec made;
  made.name = std::move(name);
  made.roles = std::move(roles);
  made.plugin = std::move(plugin);
  return made;
}

AccessPolicy policy(std::vector<AccessRule> rules) {
  return {.rules = std::move(rules), .aliases = {}, .cooldowns = {}};
}

// ---- which rule decides

TEST(AccessPolicy, LeavesToTheCommandWhatNoRuleIsAbout) {
  const auto none = policy({});
  EXPECT_TRUE(none.may_call(kGuest, spec("roll"), "global"));
  EXPECT_FALSE(none.may_call(kNeo, spec("mute", {"moderator"}), "global"));
  EXPECT_FALSE(none.deciding_rule(kNeo, spec("roll"), "global"));
  EXPECT_FALSE(none.concerns(spec("roll")));
}

TEST(AccessPolicy, HeedsTheFirstRuleThatMatches) {
  const auto rules = policy({{.allow = true, .subject = "user:u_neo", .command = "roll"},
                             {.allow = false, .subject = "everyone", .command = "roll"}});
  EXPECT_TRUE(rules.may_call(kNeo, spec("roll"), ""));
  EXPECT_FALSE(rules.may_call(kMod, spec("roll"), ""));
  EXPECT_EQ(rules.deciding_rule(kMod, spec("roll"), ""), 1u);
}

TEST(AccessPolicy, GivesWhatTheCommandItselfDoesNot) {
  const auto rules = policy({{.allow = true, .subject = "user:u_neo", .command = "mute"}});
  EXPECT_TRUE(rules.may_call(kNeo, spec("mute", {"moderator"}), ""));
  EXPECT_FALSE(rules.may_call(kGuest, spec("mute", {"moderator"}), ""));
}

TEST(AccessPolicy, KnowsGuestsAndRoles) {
  const auto rules =
      policy({{.allow = true, .subject = "role:moderator"}, {.allow = false, .subject = "guests"}});
  EXPECT_TRUE(rules.may_call(kMod, spec("roll"), ""));
  EXPECT_TRUE(rules.may_call(kNeo, spec("roll"), ""));
  EXPECT_FALSE(rules.may_call(kGuest, spec("roll"), ""));
}

TEST(AccessPolicy, KnowsPluginsAndPlaces) {
  const auto rules = policy(
      {{.allow = false, .subject = "everyone", .command = "plugin:dice", .channel = "quiet"}});
  EXPECT_FALSE(rules.may_call(kNeo, spec("roll"), "quiet"));
  EXPECT_TRUE(rules.may_call(kNeo, spec("roll"), "global"));
  EXPECT_TRUE(rules.may_call(kNeo, spec("roll"), ""));
  EXPECT_TRUE(rules.may_call(kNeo, spec("look", {}, "game"), "quiet"));
}

TEST(AccessPolicy, NeverTakesWhatKeepsAConnectionGoing) {
  const auto rules = policy({{.allow = false, .subject = "everyone"}});
  for (const char* name : {"auth", "resume", "ping", "ack", "sync", "commands"})
    EXPECT_TRUE(rules.may_call(kNeo, spec(name, {}, "core"), "")) << name;
  EXPECT_FALSE(rules.may_call(kNeo, spec("subscribe", {}, "core"), ""));
  EXPECT_FALSE(rules.may_call(kNeo, spec("ping", {}, "dice"), "")) << "a plugin's is no ping";
}

TEST(AccessPolicy, OffersWhatMayBeCalledSomewhere) {
  const auto rules =
      policy({{.allow = true, .subject = "everyone", .command = "mute", .channel = "lab"},
              {.allow = false, .subject = "everyone", .command = "roll", .channel = "lab"},
              {.allow = false, .subject = "everyone", .command = "look"}});
  EXPECT_TRUE(rules.may_call_somewhere(kNeo, spec("mute", {"moderator"})));
  EXPECT_TRUE(rules.may_call_somewhere(kNeo, spec("roll")));
  EXPECT_FALSE(rules.may_call_somewhere(kNeo, spec("look")));
}

class WrongRule : public ::testing::TestWithParam<AccessRule> {};

TEST_P(WrongRule, IsRefusedWithWhatIsPossible) {
  const auto status = check(GetParam());
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgs);
  EXPECT_NE(status.message().find("a rule"), std::string::npos) << status.message();
}

INSTANTIATE_TEST_SUITE_P(Forms, WrongRule,
                         ::testing::Values(AccessRule{.subject = ""}, AccessRule{.subject = "neo"},
                                           AccessRule{.subject = "role:king"},
                                           AccessRule{.subject = "user:"},
                                           AccessRule{.subject = "everyone", .command = ""},
                                           AccessRule{.subject = "everyone", .command = "no such!"},
                                           AccessRule{.subject = "everyone", .command = "plugin:"},
                                           AccessRule{.subject = "everyone", .channel = ""}));

// ---- in force

struct InForce : ::testing::Test {
  World world;
  World::Client& neo = world.enter("Neo");

  void put(AccessPolicy said) {
    world.commands.set_access(std::move(said));
    world.run();
  }
  std::string ask(const std::string& message) {
    world.say(neo, message);
    return neo.last();
  }
};

TEST_F(InForce, ADeniedCommandIsForbiddenAndNotOffered) {
  put(policy({{.allow = false, .subject = "guests", .command = "echo"}}));
  EXPECT_NE(ask(R"({"action":"echo","id":1})").find("\"forbidden\""), std::string::npos);
  EXPECT_EQ(ask(R"({"action":"commands","id":2})").find("\"name\":\"echo\""), std::string::npos);
  put({});
  EXPECT_NE(ask(R"({"action":"echo","id":3})").find("echoed"), std::string::npos);
}

TEST_F(InForce, AnAllowedCommandNeedsNoRole) {
  EXPECT_NE(ask(R"({"action":"echoAdmin","id":1})").find("\"forbidden\""), std::string::npos);
  put(policy({{.allow = true, .subject = "guests", .command = "echoAdmin"}}));
  EXPECT_NE(ask(R"({"action":"echoAdmin","id":2})").find("echoed"), std::string::npos);
}

TEST_F(InForce, ARuleOfAPlaceCountsThereOnly) {
  put(policy({{.allow = false, .subject = "everyone", .command = "echoChat", .channel = "quiet"}}));
  EXPECT_NE(
      ask(R"({"action":"echoChat","id":1,"message":"hi","channel":"quiet"})").find("forbidden"),
      std::string::npos);
  EXPECT_NE(ask(R"({"action":"echoChat","id":2,"message":"hi","channel":"global"})").find("echoed"),
            std::string::npos);
}

TEST_F(InForce, ACommandLineHasTheSameRights) {
  put(policy({{.allow = false, .subject = "everyone", .command = "echo"}}));
  EXPECT_NE(ask(R"({"action":"echoChat","id":1,"message":"/echo hi","channel":"global"})")
                .find("forbidden"),
            std::string::npos);
}

TEST_F(InForce, AliasesAreOtherNames) {
  AccessPolicy named;
  named.aliases["repeat"] = "echo";
  named.aliases["gone"] = "nothing";
  put(named);
  EXPECT_NE(ask(R"({"action":"repeat","id":1})").find("echoed"), std::string::npos);
  EXPECT_NE(ask(R"({"action":"gone","id":2})").find("unknown_action"), std::string::npos);
  EXPECT_NE(ask(R"({"action":"commands","id":3})").find("\"repeat\""), std::string::npos);
}

TEST_F(InForce, EveryoneIsToldThatTheCommandsChanged) {
  put(policy({{.allow = false, .subject = "everyone", .command = "echo"}}));
  EXPECT_NE(neo.last().find("commandsChanged"), std::string::npos) << neo.last();
}

TEST_F(InForce, CooldownsOfTheOperatorComeBeforeThePlugins) {
  AccessPolicy waits;
  waits.cooldowns["echoCooled"] = {.user = Millis(0), .channel = {}, .all = {}};
  waits.cooldowns["echo"] = {.user = {}, .channel = {}, .all = Millis(5000)};
  put(waits);
  EXPECT_NE(ask(R"({"action":"echoCooled","id":1})").find("echoed"), std::string::npos);
  EXPECT_NE(ask(R"({"action":"echoCooled","id":2})").find("echoed"), std::string::npos);
  EXPECT_NE(ask(R"({"action":"echo","id":3})").find("echoed"), std::string::npos);
  auto& ann = world.enter("Ann");
  world.say(ann, R"({"action":"echo","id":1})");
  EXPECT_NE(ann.last().find("rate_limited"), std::string::npos) << "anybody's call counts";
}

TEST_F(InForce, ACooldownOfAChannelCountsThere) {
  AccessPolicy waits;
  waits.cooldowns["echoChat"] = {.user = {}, .channel = Millis(5000), .all = {}};
  put(waits);
  const auto in = [](int id, const std::string& channel) {
    return R"({"action":"echoChat","message":"hi","id":)" + std::to_string(id) + R"(,"channel":")" +
           channel + "\"}";
  };
  EXPECT_NE(ask(in(1, "one")).find("echoed"), std::string::npos);
  EXPECT_NE(ask(in(2, "two")).find("echoed"), std::string::npos);
  EXPECT_NE(ask(in(3, "one")).find("rate_limited"), std::string::npos);
}

}  // namespace
}  // namespace parley::command
