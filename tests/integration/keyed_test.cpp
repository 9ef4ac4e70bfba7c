// SPDX-License-Identifier: Apache-2.0
// A command that is sent again with its key runs once, whatever happened in between.
#include <string>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

Json chat(const std::string& text, const std::string& key) {
  return {{"action", "sendChat"}, {"channel", "global"}, {"message", text}, {"key", key}};
}

std::vector<std::string> texts(Client& client) {
  const auto page = client.ask({{"action", "history"}, {"channel", "global"}, {"limit", 100}}, "h");
  std::vector<std::string> said;
  for (const auto& message : page.at("data").at("messages"))
    said.push_back(message.at("data").at("text"));
  return said;
}

TEST(Keyed, AMessageSentTwiceIsSaidOnce) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Twofold");
  const auto first = neo.ask(chat("once", "k1"), 1);
  ASSERT_EQ(first.at("type"), "ok") << first;
  EXPECT_FALSE(first.contains("duplicate"));
  const auto again = neo.ask(chat("once", "k1"), 2);
  EXPECT_EQ(again.at("type"), "ok");
  EXPECT_EQ(again.value("duplicate", false), true) << again;
  EXPECT_EQ(again["data"]["offset"], first["data"]["offset"]);
  EXPECT_EQ(error_code(neo.ask(chat("twice", "k1"), 3)), "conflict");
  EXPECT_EQ(texts(neo), std::vector<std::string>{"once"});
}

// Killed again and again; the client repeats what it had no answer to, as it should.
TEST(Keyed, KilledServersNeitherLoseNorDoubleWhatIsRepeated) {
  constexpr int kRounds = 4, kEach = 20;
  ServerProcess server({.set = {"limits.rate=0"}});
  std::vector<std::string> wanted;
  Json welcome;
  std::string session, secret;
  {
    Client neo(server.port());
    welcome = neo.enter("Stubborn");
  }
  for (int round = 0; round < kRounds; ++round) {
    const auto& data = welcome.at("data");
    Client neo(server.port());
    welcome = neo.ask({{"action", "resume"},
                       {"session", data.at("session")},
                       {"resume", data.at("resume")},
                       {"seq", 0}},
                      "r");
    ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
    for (int i = 0; i < kEach; ++i) {
      wanted.push_back("line " + std::to_string(round * kEach + i));
      neo.send_json(chat(wanted.back(), wanted.back()));
    }
    server.kill();
    server.start_again();
    Client back(server.port());
    const auto again = welcome.at("data");
    welcome = back.ask({{"action", "resume"},
                        {"session", again.at("session")},
                        {"resume", again.at("resume")},
                        {"seq", 0}},
                       "r");
    ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
    for (int i = round * kEach; i < (round + 1) * kEach; ++i)
      ASSERT_EQ(
          back.ask(chat(wanted[static_cast<std::size_t>(i)], wanted[static_cast<std::size_t>(i)]),
                   i)["type"],
          "ok");
    EXPECT_EQ(texts(back).size(), std::min<std::size_t>(wanted.size(), 100));
  }
  Client reader(server.port());
  reader.enter("Reader");
  EXPECT_EQ(texts(reader), wanted);
}

}  // namespace
}  // namespace parley::test
