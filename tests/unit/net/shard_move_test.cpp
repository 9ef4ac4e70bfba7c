// SPDX-License-Identifier: Apache-2.0
// A connection that goes on living on another shard: nothing it sends or is sent gets lost.
#include <string>

#include <gtest/gtest.h>

#include "unit/net/net_fixture.h"

namespace parley::net {
namespace {

// Echoes with the shard it is on; "move" sends the connection to the other of two shards.
class Mover : public WebSocketHandler {
 public:
  explicit Mover(std::unique_ptr<ShardPool>& pool) : pool_(pool) {}

  void on_open(WebSocketConnection&, const HttpRequestHead&) override {}
  void on_text(WebSocketConnection& connection, std::string_view text) override {
    if (connection.shard().index() != Shard::current()->index()) ++strays;
    if (text == "move") return connection.move_to(pool_->at(1 - connection.shard().index()));
    if (text == "bulk") return connection.send(std::string(kBulk, 'x')), void();
    connection.send(std::to_string(connection.shard().index()) + ":" + std::string(text));
  }
  void on_binary(WebSocketConnection&, std::string_view) override {}
  void on_leaving(WebSocketConnection& connection) override {
    if (connection.shard().index() == Shard::current()->index()) ++left;
  }
  void on_arrived(WebSocketConnection& connection) override {
    if (connection.shard().index() == Shard::current()->index()) ++arrived;
  }
  void on_closed(WebSocketConnection& connection, std::uint16_t, std::string_view) override {
    if (connection.shard().index() != Shard::current()->index()) ++strays;
    ++closed;
  }

  static constexpr std::size_t kBulk = 400'000;
  std::atomic<int> left{0}, arrived{0}, closed{0}, strays{0};

 private:
  std::unique_ptr<ShardPool>& pool_;
};

class ShardMoveTest : public NetTest {
 protected:
  ShardMoveTest() { handler_ = &mover_; }
  ~ShardMoveTest() override { stop(); }

  int shard_of(RawSocket& client) {
    client.send_text("where");
    return client.read_text() == "0:where" ? 0 : 1;
  }

  Mover mover_{pool_};
};

TEST_F(ShardMoveTest, FramesBehindTheMoveAreServedThere) {
  start(2);
  RawSocket client = open_websocket();
  const int before = shard_of(client);
  client.send(raw_frame("move") + raw_frame("one") + raw_frame("two").substr(0, 3));
  client.send(raw_frame("two").substr(3) + raw_frame("three"));
  const std::string there = std::to_string(1 - before) + ":";
  EXPECT_EQ(client.read_text(), there + "one");
  EXPECT_EQ(client.read_text(), there + "two");
  EXPECT_EQ(client.read_text(), there + "three");
  EXPECT_EQ(mover_.left, 1);
  EXPECT_EQ(mover_.arrived, 1);
  EXPECT_EQ(mover_.strays, 0);
}

TEST_F(ShardMoveTest, ManyMovesLoseNothing) {
  start(2);
  RawSocket client = open_websocket();
  int on = shard_of(client);
  for (int i = 0; i < 200; ++i) {
    client.send(raw_frame("move") + raw_frame(std::to_string(i)));
    on = 1 - on;
    ASSERT_EQ(client.read_text(), std::to_string(on) + ":" + std::to_string(i));
  }
  EXPECT_EQ(mover_.strays, 0);
  EXPECT_EQ(pool_->connections(), 1u);
}

TEST_F(ShardMoveTest, WaitingOutputMovesWithIt) {
  start(2);
  RawSocket client = open_websocket();
  const int before = shard_of(client);
  client.send(raw_frame("bulk") + raw_frame("bulk") + raw_frame("move") + raw_frame("after"));
  EXPECT_EQ(client.read_text().size(), Mover::kBulk);
  EXPECT_EQ(client.read_text().size(), Mover::kBulk);
  EXPECT_EQ(client.read_text(), std::to_string(1 - before) + ":after");
}

TEST_F(ShardMoveTest, AnEndBeforeTheMoveIsAnEnd) {
  start(2);
  for (int i = 0; i < 50; ++i) {
    RawSocket client = open_websocket();
    client.send(raw_frame("move"));
  }
  EXPECT_TRUE(eventually([this] { return mover_.closed == 50; }));
  EXPECT_TRUE(eventually([this] { return pool_->connections() == 0; }));
  EXPECT_EQ(mover_.strays, 0);
}

}  // namespace
}  // namespace parley::net
