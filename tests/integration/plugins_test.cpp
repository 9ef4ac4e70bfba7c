// SPDX-License-Identifier: Apache-2.0
// Plugins come and go while people stay connected.
#include <algorithm>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

Json roll() {
  return {{"action", "roll"}, {"dice", "2d6"}};
}

// Whether `list`, of names or of objects with a name, has `name`.
bool has_name(const Json& list, const std::string& name) {
  return std::any_of(list.begin(), list.end(), [&](const Json& item) {
    return item.is_string() ? item == name : item.value("name", "") == name;
  });
}

TEST(Plugins, DiceIsUnloadedAndLoadedWhileItsUserStays) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Gambler");
  ASSERT_EQ(neo.ask(roll(), 1)["type"], "diceRolled");

  Ctl(server).must({"plugin", "unload", "dice"});
  const auto gone = neo.read_until("commandsChanged");
  EXPECT_TRUE(has_name(gone.at("data").at("removed"), "roll")) << gone;
  const auto code = error_code(neo.ask(roll(), 2));
  EXPECT_TRUE(code == "unknown_action" || code == "plugin_unavailable") << code;
  EXPECT_FALSE(has_name(neo.ask({{"action", "commands"}}, 3).at("data").at("commands"), "roll"));

  Ctl(server).must({"plugin", "load", "dice"});
  const auto back = neo.read_until("commandsChanged");
  EXPECT_TRUE(has_name(back.at("data").at("added"), "roll")) << back;
  EXPECT_GT(back.at("data").at("rev").get<int>(), gone.at("data").at("rev").get<int>());
  EXPECT_EQ(neo.ask_patiently(roll(), 4)["type"], "diceRolled");
  EXPECT_FALSE(neo.closed());
}

TEST(Plugins, ReloadAnswersEveryCommandOnce) {
  ServerProcess server({.set = {"limits.rate=0"}});
  Client neo(server.port());
  neo.enter("Persistent");
  int id = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) {
      neo.send_json({{"action", "whoami"}, {"id", ++id}});
    }
    Ctl(server).must({"plugin", "reload", "account"});
  }
  for (int i = 1; i <= id; ++i) {
    const auto reply = neo.read_reply(i);
    EXPECT_NE(reply.at("type"), "error") << reply;
  }
  EXPECT_NE(neo.ask({{"action", "whoami"}}, "after")["type"], "error");
  const auto again = [](const Json& frame) { return frame.contains("id"); };
  EXPECT_TRUE(neo.hears_nothing_of(again)) << "an id was answered twice\n" << neo.transcript();
}

TEST(Plugins, CtlListsWhatIsLoaded) {
  ServerProcess server;
  const auto listed = Ctl(server).must({"plugin", "list", "-o", "json"}).out;
  for (const std::string plugin :
       {"account", "chat", "moderation", "reply", "game", "dice", "poll", "remind"})
    EXPECT_NE(listed.find('"' + plugin + '"'), std::string::npos) << plugin << "\n" << listed;
  EXPECT_EQ(Ctl(server).must({"plugin", "info", "dice"}).exit_code, 0);
}

TEST(Plugins, CtlRefusesWithASentence) {
  ServerProcess server;
  const auto refused = Ctl(server).run({"plugin", "load", "nonesuch"});
  EXPECT_EQ(refused.exit_code, 1) << refused.text();
  EXPECT_NE((refused.out + refused.err).find("nonesuch"), std::string::npos) << refused.text();
  EXPECT_EQ(Ctl(server).run({"plugin", "juggle", "dice"}).exit_code, 2);
  expect_goes_on(server);
}

TEST(Plugins, KickedSessionIsClosedForGood) {
  ServerProcess server;
  Client neo(server.port());
  const auto welcome = neo.enter("Kicked");
  Ctl(server).must({"kick", welcome.at("data").at("session").get<std::string>()});
  neo.expect_close(4504);
}

TEST(Plugins, CtlSpeaksToEveryone) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Listener");
  Ctl(server).must({"say", "global", "maintenance at noon"});
  neo.read_where(
      [](const Json& frame) {
        return frame.dump().find("maintenance at noon") != std::string::npos;
      },
      "what the operator said");
}

}  // namespace
}  // namespace parley::test
