// SPDX-License-Identifier: Apache-2.0
// What people and operators are told when they type something that is not quite right, and what
// works although they typed it in their own way.
#include <string>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
std::string message_of(const Json& frame) {
  return frame.at("data").value("message", "");
}

class Words : public SharedServer {
 protected:
  static Json type(Client& client, const std::string& line, const Json& id) {
    return client.ask({{"action", "sendChat"}, {"channel", "global"}, {"message", line}}, id);
  }
};

TEST_F(Words, OfTheGameWorkWithoutASlash) {
  Client neo(server().port());
  neo.enter("Walker");
  EXPECT_EQ(type(neo, "move north", 1)["type"], "ok") << "it is said like anything else";
  const auto state = neo.read_until("playerStateUpdate");
  EXPECT_EQ(state["data"]["room"]["id"], "forest") << state;
  EXPECT_EQ(type(neo, "/move north", 2)["type"], "playerStateUpdate");
}

TEST_F(Words, ToTheBotAloneAreAnswered) {
  Client neo(server().port());
  const auto id = neo.enter("Caller").at("data").at("user").at("id").get<std::string>();
  EXPECT_EQ(type(neo, "/msg Parley hello", 1)["type"], "ok");
  const auto answer = neo.read_where(
      [](const Json& frame) {
        return frame.value("type", "") == "chatMessage" &&
               frame.at("data").value("from", "") == "Parley";
      },
      "the bot's answer");
  EXPECT_EQ(answer["channel"], "dm:b_reply:" + id);
  EXPECT_TRUE(holds(answer["data"]["text"], "Caller")) << answer;
}

TEST_F(Words, OfAChannelThatIsNoNameGetTheRules) {
  Client neo(server().port());
  neo.enter("Joiner");
  const auto spaced = type(neo, "/join #Foo Bar", 1);
  EXPECT_EQ(error_code(spaced), "invalid_args");
  EXPECT_TRUE(holds(message_of(spaced), "perhaps you mean #foo-bar")) << spaced;
  EXPECT_TRUE(holds(message_of(type(neo, "/join Канал", 2)), "without capitals and spaces"));
  EXPECT_EQ(type(neo, "/join foo-bar", 3)["type"], "subscribed");
}

TEST_F(Words, AboutOnesSessionsAndDataCanBeRead) {
  Client neo(server().port());
  const Json auth{{"action", "auth"},
                  {"guest", "Lister"},
                  {"locale", "ru"},
                  {"client", {{"name", "telnet"}, {"version", "2.0"}}}};
  ASSERT_EQ(neo.ask(auth, 1)["type"], "welcome");
  const auto sessions = type(neo, "/sessions", 2);
  EXPECT_EQ(sessions["data"]["sessions"].size(), 1u) << "programs still read the data";
  const auto lines = sessions["data"].value("text", "");
  EXPECT_TRUE(holds(lines, "Ваши сеансы: 1\n- telnet 2.0, адрес 127.0.0.1, с ")) << lines;
  EXPECT_TRUE(holds(lines, "текущий сеанс")) << lines;
  type(neo, "one of mine", 3);
  const auto copy = type(neo, "/mydata export", 4)["data"].value("text", "");
  EXPECT_TRUE(holds(copy, "Учётная запись: Lister (")) << copy;
  EXPECT_TRUE(holds(copy, "Ваших сообщений на этой странице: 1")) << copy;
}

TEST_F(Words, OfTheOperatorReachWhoIsSentAway) {
  Client neo(server().port());
  const auto session = neo.enter("Shouter").at("data").at("session").get<std::string>();
  Ctl(server()).must({"kick", session, "--reason", "Хватит кричать."});
  neo.expect_close(4504);
  EXPECT_EQ(neo.close_reason(), "Хватит кричать.");
}

TEST_F(Words, OfAnAuditThatNobodyWritesAreRefused) {
  const Ctl ctl(server());
  const auto refused = ctl.run({"audit", "--action", "plugin.laod"});
  EXPECT_EQ(refused.exit_code, 1) << refused.text();
  EXPECT_TRUE(holds(refused.err, "nothing is recorded as plugin.laod. Did you mean `plugin.load`?"))
      << refused.err;
  EXPECT_TRUE(holds(refused.err, "account.login, ")) << refused.err;
  EXPECT_EQ(ctl.run({"audit", "--action", "plugin"}).exit_code, 0);
  EXPECT_EQ(ctl.run({"audit", "--action", "token.rotate"}).exit_code, 0)
      << "not yet, but it exists";
}

TEST_F(Words, OfDirectChannelsAreNames) {
  Client ann(server().port()), bob(server().port());
  ann.enter("Annie");
  bob.enter("Bobby");
  ASSERT_EQ(type(ann, "/msg Bobby hi", 1)["type"], "ok");
  bob.read_until("chatMessage");
  const auto listed = Ctl(server()).must({"channels"}).out;
  EXPECT_TRUE(holds(listed, "dm: Annie, Bobby") || holds(listed, "dm: Bobby, Annie")) << listed;
  EXPECT_FALSE(holds(listed, "dm:g_")) << listed;
}

TEST_F(Words, OfAFlagBlameTheFlag) {
  const auto refused = Ctl(server()).run({"plugin", "config", "poll", "--set", "bogus=1"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_TRUE(holds(refused.err, "refused: --set bogus=1: ")) << refused.err;
  EXPECT_TRUE(holds(refused.err, "poll.yaml:")) << refused.err;
}

}  // namespace
}  // namespace parley::test
