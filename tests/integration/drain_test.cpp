// SPDX-License-Identifier: Apache-2.0
// Leaving in order: clients are told, what is durable is flushed, the exit code is 0.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

TEST(Drain, ClientsAreToldToComeBackAndTheServerEndsWith0) {
  ServerProcess server;
  Client neo(server.port()), trinity(server.port());
  neo.enter("Neo");
  trinity.enter("Trinity");
  server.terminate();
  for (auto* client : {&neo, &trinity}) {
    const auto push = client->read_until("reconnect");
    EXPECT_EQ(push.at("data").at("reason"), "shutdown");
    EXPECT_TRUE(push.at("data").at("afterMs").is_number());
    client->expect_close(4400);
  }
  EXPECT_EQ(server.wait_for_exit(), 0) << server.log();
}

TEST(Drain, StrangersAndIdleConnectionsDoNotHoldItUp) {
  ServerProcess server;
  Client stranger(server.port());
  auto idle = Socket::tcp(server.port());
  auto half = Socket::tcp(server.port());
  half.send_all("GET / HT", within(kPatience));
  EXPECT_EQ(server.stop(), 0) << server.log();
}

// Every other limit is beyond this test's patience.
TEST(Drain, NobodyIsWaitedForBeyondTheGrace) {
  ServerProcess server({.set = {"drain.grace=100ms", "drain.deadline=10m", "http.header_timeout=5m",
                                "websocket.handshake_timeout=5m", "websocket.close_timeout=1m"}});
  Client deaf(server.port());  // reads nothing from here on, so it does not answer the close
  deaf.enter("Deaf");
  auto idle = Socket::tcp(server.port());
  auto half = Socket::tcp(server.port());
  half.send_all("GET / HTTP/1.1\r\nHost:", within(kPatience));
  expect_goes_on(server);  // so that the server has seen them
  EXPECT_EQ(server.stop(), 0) << server.log();
}

TEST(Drain, WhatWasSentBeforeItIsStoredOrRefused) {
  ServerProcess server({.set = {"limits.rate=0"}});
  Client neo(server.port());
  neo.enter("Last");
  std::string bytes;
  for (int id = 1; id <= 30; ++id) {
    const Json command{
        {"action", "sendChat"}, {"id", id}, {"channel", "global"}, {"message", std::to_string(id)}};
    bytes += Frame{.payload = command.dump()}.bytes();
  }
  neo.send_raw_bytes(bytes);
  neo.read_reply(1);
  server.terminate();
  std::vector<int> acknowledged{1};
  neo.read_close();
  for (int id = 2; id <= 30; ++id) try {
      if (neo.read_reply(id).at("type") == "ok") acknowledged.push_back(id);
    } catch (const TestFailure&) {
      // Not answered before the close: then nothing was promised.
    }
  ASSERT_EQ(server.wait_for_exit(), 0) << server.log();

  server.start_again();
  Client back(server.port());
  back.enter("After");
  const auto stored = back.ask({{"action", "history"}, {"channel", "global"}, {"limit", 200}}, "h");
  for (const int id : acknowledged)
    EXPECT_NE(stored.dump().find("\"text\":\"" + std::to_string(id) + '"'), std::string::npos)
        << id;
}

}  // namespace
}  // namespace parley::test
