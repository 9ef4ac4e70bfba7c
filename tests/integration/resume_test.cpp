// SPDX-License-Identifier: Apache-2.0
// Connections get lost, servers are killed: clients come back and miss nothing.
#include <map>
#include <memory>
#include <vector>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

// What a client has to remember to come back.
struct Place {
  std::string session, secret;
  std::uint64_t seq = 0;
  std::int64_t offset = 0;

  void welcomed(const Json& welcome) {
    const auto& data = welcome.at("data");
    session = data.at("session");
    secret = data.at("resume");
    if (!data.at("resumed").get<bool>()) seq = 0;
    offset = data.at("channels").value("global", offset);
  }
  Json resume() const {
    return {{"action", "resume"},
            {"session", session},
            {"resume", secret},
            {"seq", seq},
            {"channels", {{"global", offset}}}};
  }
};

Json chat(const std::string& text) {
  return {{"action", "sendChat"}, {"channel", "global"}, {"message", text}};
}

bool is_chat(const Json& frame) {
  return frame.value("type", "") == "chatMessage" && frame.value("channel", "") == "global";
}

TEST(Resume, NothingIsMissedOverACutCable) {
  ServerProcess server;
  Client trinity(server.port());
  trinity.enter("Cutter");
  Place place;
  {
    Client neo(server.port());
    place.welcomed(neo.enter("Cut"));
    neo.hang_up();
  }
  for (int i = 0; i < 5; ++i)
    ASSERT_EQ(trinity.ask(chat("while away " + std::to_string(i)), i)["type"], "ok");
  Client back(server.port());
  const auto welcome = back.ask(place.resume(), "r");
  ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
  EXPECT_EQ(welcome["data"]["resumed"], true);
  EXPECT_EQ(welcome["data"]["session"], place.session);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(back.read_where(is_chat, "what was said")["data"]["text"],
              "while away " + std::to_string(i));
  EXPECT_EQ(back.ask(chat("and on"), 1)["type"], "ok");
}

TEST(Resume, AnAnswerThatWasLostComesAgain) {
  ServerProcess server;
  Place place;
  {
    Client neo(server.port());
    place.welcomed(neo.enter("Asker"));
    ASSERT_EQ(neo.ask(chat("heard"), 7)["type"], "ok");
    neo.hang_up();
  }
  Client back(server.port());
  const auto welcome = back.ask(place.resume(), "r");
  EXPECT_EQ(welcome["data"]["replayed"], 1) << welcome;
  EXPECT_EQ(back.read_reply(7)["type"], "ok");
}

TEST(Resume, ANewerResumeReplacesTheOlder) {
  ServerProcess server;
  Place place;
  Client neo(server.port());
  place.welcomed(neo.enter("Twice"));
  Client second(server.port());
  EXPECT_EQ(second.ask(place.resume(), "r")["data"]["resumed"], true);
  neo.expect_close(4509);
  EXPECT_EQ(second.ask(chat("here"), 1)["type"], "ok");
}

TEST(Resume, AKilledServerGivesGuestsTheirSessionsBack) {
  ServerProcess server;
  Place place;
  Client trinity(server.port());
  Place other;
  {
    Client neo(server.port());
    place.welcomed(neo.enter("Survivor"));
    ASSERT_EQ(neo.ask({{"action", "subscribe"}, {"channel", "hall"}}, 1)["type"], "subscribed");
    other.welcomed(trinity.enter("Witness"));
    ASSERT_EQ(trinity.ask(chat("the last words"), 1)["type"], "ok");
    server.kill();
  }
  server.start_again();
  Client back(server.port());
  const auto welcome = back.ask(place.resume(), "r");
  ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
  const auto& data = welcome["data"];
  EXPECT_EQ(data["resumed"], false);
  EXPECT_EQ(data["seq"], 0);
  EXPECT_EQ(data["session"], place.session);
  EXPECT_EQ(data["user"]["name"], "Survivor");
  EXPECT_EQ(data["recovered"]["global"], true);
  EXPECT_FALSE(data["notice"].get<std::string>().empty());
  EXPECT_EQ(back.read_where(is_chat, "what was said")["data"]["text"], "the last words");
  Client thief(server.port());
  EXPECT_EQ(error_code(thief.ask({{"action", "auth"}, {"guest", "Survivor"}}, 1)), "conflict");
  auto wrong = other;
  wrong.secret = place.secret;
  EXPECT_EQ(error_code(thief.ask(wrong.resume(), 2)), "unauthorized");
}

TEST(Resume, AStoppedServerKeepsSubscriptions) {
  ServerProcess server;
  Place place;
  {
    Client neo(server.port());
    place.welcomed(neo.enter("Member"));
    ASSERT_EQ(neo.ask({{"action", "subscribe"}, {"channel", "hall"}}, 1)["type"], "subscribed");
    server.terminate();
    EXPECT_EQ(neo.read_close(), 4400);
  }
  EXPECT_EQ(server.wait_for_exit(), 0) << server.log();
  server.start_again();
  Client back(server.port());
  const auto welcome = back.ask(place.resume(), "r");
  EXPECT_TRUE(welcome["data"]["channels"].contains("hall")) << welcome;
}

// Every client is cut again and again while all of them talk: everything arrives, in order, once.
TEST(Resume, JitterLosesAndDoublesNothing) {
  constexpr int kClients = 12, kRounds = 15;
  ServerProcess server({.set = {"limits.new_connections=0", "limits.rate=0"}});
  struct Member {
    std::unique_ptr<Client> client;
    Place place;
    std::vector<std::int64_t> offsets;
    int next_id = 0;

    void hear(std::int64_t through) {
      while (offsets.empty() || offsets.back() < through) {
        const auto frame = client->read_where(is_chat, "a message");
        offsets.push_back(frame.at("offset"));
        place.offset = offsets.back();
      }
    }
  };
  std::vector<Member> members(kClients);
  for (int i = 0; i < kClients; ++i) {
    members[i].client = std::make_unique<Client>(server.port());
    members[i].place.welcomed(members[i].client->enter("member" + std::to_string(i)));
  }
  std::int64_t last = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kClients; ++i) {
      auto& member = members[i];
      const auto ok = member.client->ask(chat("round"), member.next_id++);
      ASSERT_EQ(ok.at("type"), "ok") << ok;
      member.place.seq = ok.at("seq");
      last = std::max<std::int64_t>(last, ok.at("data").at("offset"));
      if ((i + round) % 3 != 0) continue;
      if (i % 2 == 0) member.hear(ok.at("data").at("offset"));  // the others leave much unread
      member.client->hang_up();
      member.client = std::make_unique<Client>(server.port());
      const auto welcome = member.client->ask(member.place.resume(), "r");
      ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
      ASSERT_EQ(welcome["data"]["resumed"], true);
      member.place.welcomed(welcome);
    }
  }
  ASSERT_EQ(last, kClients * kRounds);
  for (auto& member : members) {
    member.hear(last);
    std::vector<std::int64_t> wanted;
    const auto first = member.offsets.front();
    for (std::int64_t offset = first; offset <= last; ++offset) wanted.push_back(offset);
    EXPECT_EQ(first, 1);
    EXPECT_EQ(member.offsets, wanted);
  }
}

}  // namespace
}  // namespace parley::test
