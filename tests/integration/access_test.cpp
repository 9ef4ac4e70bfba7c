// SPDX-License-Identifier: Apache-2.0
// Rules about commands, through parleyctl and two people who try.
#include <gtest/gtest.h>

#include "integration/support/client.h"
#include "integration/support/ctl.h"
#include "integration/support/server_process.h"

namespace parley::test {
namespace {

std::string code_of(const Json& reply) {
  return reply.at("type") == "error" ? reply.at("data").at("code").get<std::string>() : "";
}

TEST(Access, ARuleHoldsAtOnceAndOverARestart) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Neo");
  EXPECT_EQ(code_of(neo.ask({{"action", "roll"}}, 1)), "");
  Ctl(server).must({"acl", "deny", "guests", "roll", "--note", "no gambling"});
  EXPECT_EQ(code_of(neo.ask({{"action", "roll"}}, 2)), "forbidden");
  const auto listed = Ctl(server).must({"acl", "list", "-o", "json"}).json();
  EXPECT_EQ(listed.at("rules").at(0).at("note"), "no gambling");
  EXPECT_EQ(server.stop(), 0);
  server.start_again();
  Client ann(server.port());
  ann.enter("Ann");
  EXPECT_EQ(code_of(ann.ask({{"action", "roll"}}, 1)), "forbidden");
  Ctl(server).must({"acl", "remove", "1"});
  EXPECT_EQ(code_of(ann.ask({{"action", "roll"}}, 2)), "");
}

TEST(Access, SaysWhySomebodyMayOrMayNot) {
  ServerProcess server;
  Client neo(server.port());
  neo.ask({{"action", "register"}, {"name", "Neo"}, {"password", "white rabbit"}}, 0);
  const auto before = Ctl(server).must({"acl", "explain", "Neo", "mute"}).text();
  EXPECT_NE(before.find("Neo may not call mute"), std::string::npos) << before;
  EXPECT_NE(before.find("moderator"), std::string::npos) << before;
  Ctl(server).must({"acl", "allow", "user:Neo", "mute"});
  const auto after = Ctl(server).must({"acl", "explain", "Neo", "mute"}).text();
  EXPECT_NE(after.find("Neo may call mute"), std::string::npos) << after;
  EXPECT_NE(after.find("rule 1"), std::string::npos) << after;
}

TEST(Access, OtherNamesAndWaits) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Neo");
  Ctl(server).must({"acl", "alias", "toss", "roll"});
  EXPECT_EQ(neo.ask({{"action", "toss"}}, 1).at("type"), "diceRolled");
  Ctl(server).must({"acl", "cooldown", "look", "--all", "600000"});
  EXPECT_EQ(code_of(neo.ask({{"action", "look"}}, 2)), "");
  EXPECT_EQ(code_of(neo.ask({{"action", "look"}}, 3)), "rate_limited");
  Ctl(server).must({"acl", "cooldown", "look", "--remove"});
  EXPECT_EQ(code_of(neo.ask({{"action", "look"}}, 4)), "");
  Ctl(server).must({"acl", "alias", "toss", "--remove"});
  EXPECT_EQ(code_of(neo.ask({{"action", "toss"}}, 5)), "unknown_action");
}

TEST(Access, TheAuditSaysWhatWasSetAndRemoved) {
  ServerProcess server;
  const Ctl ctl(server);
  ctl.must({"acl", "deny", "everyone", "roll", "--channel", "global", "--note", "no gambling"});
  ctl.must({"acl", "remove", "1"});
  ctl.must({"acl", "cooldown", "roll", "--user", "5000"});
  ctl.must({"acl", "cooldown", "roll", "--remove"});
  const auto audit = ctl.must({"audit", "--action", "access", "-o", "json"}).text();
  for (const char* detail : {"set as rule 1: deny everyone roll in global (no gambling)",
                             "removed: deny everyone roll in global (no gambling)",
                             "set: user 5000 ms", "removed: user 5000 ms"})
    EXPECT_NE(audit.find(detail), std::string::npos) << detail << "\n" << audit;
}

TEST(Access, TheAuditNamesWhoWasSentAway) {
  ServerProcess server;
  const Ctl ctl(server);
  Client neo(server.port());
  const auto welcome = neo.enter("Neo");
  const auto sessions = ctl.must({"sessions", "-o", "json"}).json();
  const auto id = sessions.at("sessions").at(0).at("id").get<std::string>();
  ctl.must({"kick", id, "--reason", "enough"});
  const auto audit = ctl.must({"audit", "--user", "Neo", "--action", "session.kick"}).text();
  EXPECT_NE(audit.find("Neo, session " + id + ": enough"), std::string::npos) << audit;
}

// Its plugin may come later: so it is taken, but not in silence.
TEST(Access, WarnsOfACommandThatIsNotThere) {
  ServerProcess server;
  const Ctl ctl(server);
  const auto slip = ctl.must({"acl", "deny", "everyone", "rol"});
  EXPECT_NE(slip.err.find("there is no command rol now"), std::string::npos) << slip.text();
  const auto waits = ctl.must({"acl", "cooldown", "rol", "--user", "5"});
  EXPECT_NE(waits.err.find("there is no command rol now"), std::string::npos) << waits.text();
  const auto plugin = ctl.must({"acl", "deny", "guests", "plugin:dicee"});
  EXPECT_NE(plugin.err.find("there is no plugin dicee now"), std::string::npos) << plugin.text();
  ctl.must({"plugin", "unload", "dice"});
  const auto away = ctl.must({"acl", "deny", "guests", "roll"});
  EXPECT_NE(away.err.find("roll belongs to plugin dice"), std::string::npos) << away.text();
  EXPECT_EQ(ctl.must({"acl", "deny", "guests", "look"}).err, "");
}

TEST(Access, RefusesWhatItCannotHeed) {
  ServerProcess server;
  const Ctl ctl(server);
  const std::vector<std::vector<std::string>> wrong{
      {"acl", "deny", "neo", "roll"},
      {"acl", "deny", "role:king", "roll"},
      {"acl", "deny", "user:nobody", "roll"},
      {"acl", "deny", "guests", "roll", "--channel", "nochan"},
      {"plugin", "canary", "dice", "user", "nobody"},
      {"acl", "remove", "1"},
      {"acl", "move", "1", "2"},
      {"acl", "alias", "roll", "look"},
      {"acl", "alias", "toss", "nothing"},
      {"acl", "alias", "toss"},
      {"acl", "cooldown", "roll"},
      {"acl", "explain", "nobody", "roll"},
      {"acl", "explain", "nobody", "nothing"}};
  for (const auto& words : wrong) {
    const auto refused = ctl.run(words);
    EXPECT_EQ(refused.exit_code, 1) << words[1] << " " << words.back() << "\n" << refused.text();
    EXPECT_FALSE(refused.err.empty());
  }
  EXPECT_EQ(ctl.run({"acl", "remove", "0"}).exit_code, 2);
  EXPECT_EQ(ctl.run({"acl", "cooldown", "roll", "--all", "-1"}).exit_code, 2);
}

}  // namespace
}  // namespace parley::test
