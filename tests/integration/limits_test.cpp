// SPDX-License-Identifier: Apache-2.0
// Limits that a client meets: ids in use, rate, commands in flight, connections.
#include <map>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

// Several commands in one TCP segment, so that the server reads them in one turn.
void send_together(Client& client, const std::vector<Json>& commands) {
  std::string bytes;
  for (const auto& command : commands) bytes += Frame{.payload = command.dump()}.bytes();
  client.send_raw_bytes(bytes);
}

Json chat(const Json& id, const std::string& text) {
  return {{"action", "sendChat"}, {"id", id}, {"channel", "global"}, {"message", text}};
}

// How the terminal frames of ids 1..count went: "ok" or the error's code, each counted.
std::map<std::string, int> outcomes(Client& client, int count) {
  std::map<std::string, int> counted;
  for (int id = 1; id <= count; ++id) {
    const auto reply = client.read_reply(id);
    ++counted[reply.at("type") == "error" ? error_code(reply) : "answered"];
  }
  return counted;
}

TEST(Limits, IdInUseIsADuplicateAndFreeAgainAfterItsAnswer) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Twice");
  send_together(neo, {chat(7, "first"), chat(7, "second")});
  std::map<std::string, int> got;
  for (int i = 0; i < 2; ++i) {
    const auto reply = neo.read_reply(7);
    ++got[reply.at("type") == "error" ? error_code(reply) : reply.at("type").get<std::string>()];
  }
  EXPECT_EQ(got, (std::map<std::string, int>{{"duplicate_id", 1}, {"ok", 1}}));
  EXPECT_EQ(neo.ask(chat(7, "third"), 7)["type"], "ok");
}

TEST(Limits, RateIsRefusedWithATimeToWait) {
  ServerProcess server({.set = {"limits.rate=1", "limits.burst=5"}});
  Client neo(server.port());
  neo.enter("Hasty");
  for (int id = 1; id <= 20; ++id)
    neo.send_json({{"action", "presence"}, {"id", id}, {"channel", "global"}});
  Json refused;
  int answered = 0;
  for (int id = 1; id <= 20; ++id) {
    auto reply = neo.read_reply(id);
    if (reply["type"] == "error")
      refused = reply;
    else
      ++answered;
  }
  EXPECT_GE(answered, 1);
  EXPECT_LE(answered, 10);
  ASSERT_EQ(error_code(refused), "rate_limited");
  EXPECT_EQ(refused.at("data").at("retry"), true);
  EXPECT_GT(refused.at("data").at("retryAfterMs").get<int>(), 0);
  expect_goes_on(server);
}

TEST(Limits, CommandsInFlightAreBounded) {
  ServerProcess server({.set = {"limits.inflight=2", "limits.rate=1000", "limits.burst=1000"}});
  Client neo(server.port());
  neo.enter("Eager");
  std::vector<Json> commands;
  for (int id = 1; id <= 40; ++id) commands.push_back(chat(id, "m"));
  send_together(neo, commands);
  auto counted = outcomes(neo, 40);
  EXPECT_GE(counted["answered"], 2);
  EXPECT_GE(counted["too_many_inflight"], 1);
  EXPECT_EQ(counted["answered"] + counted["too_many_inflight"], 40);
  EXPECT_EQ(neo.ask(chat("later", "now there is room"), "later")["type"], "ok");
}

TEST(Limits, ChannelsOfASessionAreBounded) {
  ServerProcess server({.set = {"limits.channels=3"}});
  Client neo(server.port());
  neo.enter("Joiner");
  Json last;
  for (int i = 0; i < 5; ++i)
    last = neo.ask({{"action", "subscribe"}, {"channel", "room" + std::to_string(i)}}, i);
  EXPECT_EQ(error_code(last), "channel_limit");
}

TEST(Limits, ConnectionsOfOneAddressArePaced) {
  ServerProcess server({.set = {"limits.new_connections=5"}});
  int welcomed = 0;
  for (int i = 0; i < 40; ++i) try {
      Client client(server.port());
      client.enter("many" + std::to_string(i));
      ++welcomed;
    } catch (const TestFailure&) {
      // Refused at the door, which is the point.
    }
  EXPECT_GE(welcomed, 5);
  EXPECT_LT(welcomed, 40);
  EXPECT_TRUE(server.running());
}

TEST(Limits, ConnectionsOfOneUserAreBounded) {
  ServerProcess server({.set = {"limits.connections_per_user=2"}});
  Client first(server.port());
  const auto made =
      first.ask({{"action", "register"}, {"name", "twins"}, {"password", "one-two-three-44"}}, 1);
  ASSERT_EQ(made.at("type"), "welcome") << made;
  const Json credential{{"action", "auth"}, {"token", made.at("data").at("token")}};
  Client second(server.port());
  ASSERT_EQ(second.ask(credential, 1)["type"], "welcome");
  Client third(server.port());
  third.send_json(credential);
  third.expect_close(4505);
}

}  // namespace
}  // namespace parley::test
