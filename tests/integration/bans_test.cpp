// SPDX-License-Identifier: Apache-2.0
// Who is banned from a channel is out of it: reading, writing, coming back, after a restart and with
// the plugin gone that banned them.
#include <chrono>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

Json join(const std::string& channel) {
  return {{"action", "subscribe"}, {"channel", channel}, {"history", 10}};
}
Json chat(const std::string& channel, const std::string& text) {
  return {{"action", "sendChat"}, {"channel", channel}, {"message", text}};
}
Json history(const std::string& channel) {
  return {{"action", "history"}, {"channel", channel}};
}

std::string message_of(const Json& error) {
  return error.value("type", "") == "error" ? error.at("data").value("message", "") : error.dump();
}

class Bans : public SharedServer {
 protected:
  static void make_moderator(ServerProcess& server, Client& who, const std::string& name) {
    const auto made =
        who.ask({{"action", "register"}, {"name", name}, {"password", "correct horse"}}, "r");
    ASSERT_EQ(made.at("type"), "welcome") << made;
    Ctl(server).must({"user", "role", "add", name, "moderator"});
  }
  // In a channel that exists: the moderator joins it and says something first.
  static void ban(Client& judge, const std::string& user, const std::string& channel,
                  const std::string& span = "0", const std::string& reason = "rude") {
    ASSERT_EQ(judge.ask_patiently(join(channel), "bj").at("type"), "subscribed");
    ASSERT_EQ(judge.ask_patiently(chat(channel, "order!"), "bs").at("type"), "ok");
    const auto banned = judge.ask_patiently({{"action", "ban"},
                                             {"user", user},
                                             {"channel", channel},
                                             {"for", span},
                                             {"reason", reason}},
                                            "b");
    ASSERT_EQ(banned.at("type"), "botMessage") << banned;
  }
  static bool sent_out(const Json& frame) {
    return frame.value("type", "") == "unsubscribed" && !frame.contains("id");
  }
};

TEST_F(Bans, NothingIsReadOrWrittenThere) {
  Client judge(server().port()), guest(server().port());
  make_moderator(server(), judge, "Gatekeeper");
  guest.enter("Unwelcome");
  ASSERT_EQ(guest.ask(join("den"), 1).at("type"), "subscribed");
  const auto said = guest.ask(chat("den", "mine"), 2);
  ASSERT_EQ(said.at("type"), "ok") << said;
  const auto offset = said.at("data").at("offset");
  ban(judge, "Unwelcome", "den");
  const auto out = guest.read_where(sent_out, "that they are out");
  EXPECT_EQ(out.at("data").at("channel"), "den");
  EXPECT_EQ(out.at("data").at("reason"), "removed");

  const auto refused = guest.ask(join("den"), 3);
  EXPECT_EQ(error_code(refused), "forbidden");
  EXPECT_EQ(message_of(refused),
            "You are banned from #den until a moderator lets you in again. Reason: rude");
  for (const Json& command :
       {history("den"), chat("den", "still here"), Json{{"action", "presence"}, {"channel", "den"}},
        Json{{"action", "markRead"}, {"channel", "den"}, {"offset", 1}},
        Json{{"action", "topic"}, {"channel", "den"}, {"text", "mine"}},
        Json{{"action", "editMessage"}, {"channel", "den"}, {"offset", offset}, {"message", "x"}},
        Json{{"action", "deleteMessage"}, {"channel", "den"}, {"offset", offset}}})
    EXPECT_EQ(error_code(guest.ask_patiently(command, 4)), "forbidden") << command;
  ASSERT_EQ(guest.ask({{"action", "locale"}, {"locale", "ru"}}, 5).at("type"), "ok");
  EXPECT_EQ(message_of(guest.ask(join("den"), 6)),
            "Вам закрыт вход в #den, пока модератор не откроет его снова. Причина: rude");

  ASSERT_EQ(judge.ask_patiently(chat("den", "they are gone"), 7).at("type"), "ok");
  EXPECT_TRUE(guest.hears_nothing_of([](const Json& frame) {
    return frame.value("type", "") == "chatMessage" &&
           frame.at("data").value("text", "") == "they are gone";
  }));
  EXPECT_EQ(guest.ask(join("elsewhere"), 8).at("type"), "subscribed");
  EXPECT_EQ(guest.ask(chat("elsewhere", "hello"), 9).at("type"), "ok");
}

TEST_F(Bans, JoiningAndSendingInOneGoIsRefused) {
  Client judge(server().port()), guest(server().port()), other(server().port());
  make_moderator(server(), judge, "Bouncer");
  guest.enter("Pusher");
  other.enter("Welcomed");
  ban(judge, "Pusher", "club");
  for (Client* one : {&guest, &other}) {
    auto commands = {join("club"), chat("club", "in one go"), history("club")};
    int id = 10;
    for (Json command : commands) {
      command["id"] = id++;
      one->send_json(command);
    }
  }
  for (int id : {10, 11, 12}) EXPECT_EQ(error_code(guest.read_reply(id)), "forbidden") << id;
  EXPECT_EQ(other.read_reply(10).at("type"), "subscribed");
  EXPECT_EQ(other.read_reply(11).at("type"), "ok");
}

TEST_F(Bans, MadeWhileSomebodyIsAwayHoldsWhenTheyComeBack) {
  Client judge(server().port());
  make_moderator(server(), judge, "Porter");
  Json welcome;
  {
    Client guest(server().port());
    welcome = guest.enter("Wanderer").at("data");
    ASSERT_EQ(guest.ask(join("yard"), 1).at("type"), "subscribed");
    guest.hang_up();
  }
  ban(judge, "Wanderer", "yard");
  ASSERT_EQ(judge.ask_patiently(chat("yard", "not for them"), 2).at("type"), "ok");
  Client back(server().port());
  const auto again = back.ask({{"action", "resume"},
                               {"session", welcome.at("session")},
                               {"resume", welcome.at("resume")},
                               {"seq", 0},
                               {"channels", {{"global", 0}, {"yard", 0}}}},
                              "r");
  ASSERT_EQ(again.at("type"), "welcome") << again;
  EXPECT_TRUE(again.at("data").at("channels").contains("global")) << again;
  EXPECT_FALSE(again.at("data").at("channels").contains("yard")) << again;
  EXPECT_TRUE(back.hears_nothing_of([](const Json& frame) {
    return frame.value("type", "") == "chatMessage" &&
           frame.at("data").value("text", "") == "not for them";
  }));
  EXPECT_EQ(error_code(back.ask(history("yard"), 3)), "forbidden");
  EXPECT_EQ(error_code(back.ask(join("yard"), 4)), "forbidden");
}

TEST_F(Bans, EndWhenTheirTimeIsOver) {
  Client judge(server().port()), guest(server().port());
  make_moderator(server(), judge, "Timekeeper");
  guest.enter("Hasty");
  ban(judge, "Hasty", "pit", "5s");
  const auto refused = guest.ask(join("pit"), 1);
  // A slow machine may come too late to see it.
  if (refused.at("type") == "error") {
    EXPECT_EQ(error_code(refused), "forbidden");
    EXPECT_NE(message_of(refused).find(" UTC. Reason: rude"), std::string::npos) << refused;
  }
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  auto last = refused;
  while (last.at("type") == "error" && std::chrono::steady_clock::now() < patience)
    last = guest.ask_patiently(join("pit"), 2);
  EXPECT_EQ(last.at("type"), "subscribed") << last;
}

TEST(BansOfTheServer, OutliveThePluginAndTheServerAndAreLiftedByTheOperator) {
  ServerProcess server;
  {
    Client judge(server.port()), neo(server.port());
    judge.ask({{"action", "register"}, {"name", "Judge"}, {"password", "correct horse"}}, 0);
    Ctl(server).must({"user", "role", "add", "Judge", "moderator"});
    neo.ask({{"action", "register"}, {"name", "Neo"}, {"password", "correct horse"}}, 0);
    ASSERT_EQ(neo.ask(join("den"), 1).at("type"), "subscribed");
    ASSERT_EQ(neo.ask(chat("den", "hello"), 2).at("type"), "ok");
    ASSERT_EQ(
        judge
            .ask_patiently(
                {{"action", "ban"}, {"user", "Neo"}, {"channel", "den"}, {"reason", "rude"}}, 1)
            .at("type"),
        "botMessage");
    Ctl(server).must({"plugin", "reload", "moderation"});
    const auto listed = judge.ask_patiently({{"action", "sanctions"}}, 3);
    EXPECT_EQ(listed.at("data").at("text"), "Neo is banned from #den (by Judge: rude)") << listed;
  }
  server.kill();
  server.start_again();
  Ctl(server).must({"plugin", "unload", "moderation"});
  Client neo(server.port());
  const auto welcome =
      neo.ask({{"action", "login"}, {"name", "Neo"}, {"password", "correct horse"}}, 0);
  ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
  EXPECT_FALSE(welcome.at("data").at("channels").contains("den")) << welcome;
  EXPECT_EQ(error_code(neo.ask(join("den"), 1)), "forbidden");
  EXPECT_EQ(error_code(neo.ask(history("den"), 2)), "forbidden");
  EXPECT_EQ(error_code(neo.ask(chat("den", "in?"), 3)), "forbidden");

  const Ctl ctl(server);
  const auto bans = ctl.must({"channel", "bans", "den", "-o", "json"}).json().at("bans");
  ASSERT_EQ(bans.size(), 1u) << bans;
  EXPECT_EQ(bans[0].at("user"), "Neo");
  EXPECT_EQ(bans[0].at("by"), "Judge");
  EXPECT_EQ(bans[0].at("reason"), "rude");
  EXPECT_EQ(bans[0].at("endsAt"), 0);
  EXPECT_EQ(ctl.must({"channel", "bans", "hall"}).out, "no bans\n");
  EXPECT_EQ(ctl.must({"channel", "unban", "den", "Neo"}).out, "Neo may come to den again\n");
  const auto refused = ctl.run({"channel", "unban", "den", "Neo"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("Neo is not banned from den"), std::string::npos) << refused.text();
  const auto audited = ctl.must({"audit", "--action", "channel.unban", "-o", "json"}).out;
  EXPECT_NE(audited.find("den"), std::string::npos) << audited;
  EXPECT_EQ(neo.ask(join("den"), 4).at("type"), "subscribed");
}

}  // namespace
}  // namespace parley::test
