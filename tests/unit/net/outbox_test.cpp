// SPDX-License-Identifier: Apache-2.0
// Clients that do not read: what is dropped, what waits, and when it ends. And the queue itself.
#include "net/outbox.h"

#include "net_fixture.h"

namespace parley::net {
namespace {

std::string contents(const Outbox& outbox) {
  iovec pieces[64];
  const int count = outbox.gather(pieces, 64);
  std::string out;
  for (int i = 0; i < count; ++i) {
    out.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return out;
}

std::string server_frame(std::string_view text) {
  return std::string(SharedFrame::text(text).bytes());
}

TEST(Outbox, GathersSmallAndSharedPiecesInOrder) {
  Outbox outbox;
  outbox.append("he", "llo ");
  outbox.append(SharedFrame::text("shared"));
  outbox.append(std::make_shared<const std::string>(" body"));
  outbox.append(std::string(5000, 'x'));
  const std::string all = "hello " + server_frame("shared") + " body" + std::string(5000, 'x');
  EXPECT_EQ(outbox.size(), all.size());
  EXPECT_EQ(contents(outbox), all);
  for (std::size_t taken = 0; taken + 7 < all.size(); taken += 7) {
    ASSERT_EQ(contents(outbox), all.substr(taken));
    outbox.consume(7);
  }
  outbox.consume(outbox.size());
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(contents(outbox), "");
}

TEST(Outbox, KeepsOnlyTheFrameThatWasBegun) {
  const std::string one = server_frame(std::string(200, '1')), two = server_frame("2");
  for (const std::size_t sent : {std::size_t{1}, one.size() - 1, one.size(), one.size() + 1}) {
    Outbox outbox;
    outbox.append(one, two);
    outbox.append(server_frame("3"));
    outbox.append(SharedFrame::text("4"));
    outbox.consume(sent);
    outbox.keep_current_frame();
    const std::size_t border = sent <= one.size() ? one.size() : one.size() + two.size();
    EXPECT_EQ(contents(outbox), (one + two).substr(sent, border - sent)) << sent;
    EXPECT_EQ(outbox.size(), border - sent);
  }
}

TEST(Outbox, DropsEverythingWhenNothingWasBegun) {
  Outbox outbox;
  outbox.append(server_frame("1"));
  outbox.append(SharedFrame::text("2"));
  outbox.keep_current_frame();
  EXPECT_TRUE(outbox.empty());
  outbox.append("again");
  EXPECT_EQ(contents(outbox), "again");
}

TEST(SharedFrame, WritesEachFormOfTheLength) {
  EXPECT_EQ(server_frame("hi"), std::string("\x81\x02hi"));
  EXPECT_EQ(server_frame(std::string(126, 'a')).substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
  EXPECT_EQ(server_frame(std::string(65536, 'a')).substr(0, 10),
            std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

class SlowClientTest : public NetTest {
 protected:
  SlowClientTest() {
    service_->outbox = {.soft_cap = 64 * 1024,
                        .hard_cap = 256 * 1024,
                        .hard_cap_time = Millis{60},
                        .total = std::size_t{1} << 40};
  }
  // Sends until the socket is full and `size` bytes wait.
  void fill(std::size_t size) {
    on_shard([&] {
      const std::string piece(8 * 1024, 'p');
      while (recorder_.last()->queued_bytes() < size) {
        if (recorder_.last()->send(piece) == SendResult::kClosed) return;
      }
    });
  }
};

TEST_F(SlowClientTest, SaysWhatBecameOfAFrame) {
  start();
  RawSocket client = open_websocket();
  on_shard([&] { EXPECT_EQ(recorder_.last()->send("hello"), SendResult::kSent); });
  EXPECT_EQ(client.read_text(), "hello");
  fill(100 * 1024);
  on_shard([&] {
    EXPECT_TRUE(recorder_.last()->over_soft_cap());
    EXPECT_EQ(recorder_.last()->send("typing", {.volatile_ = true}), SendResult::kDropped);
    EXPECT_EQ(recorder_.last()->send("important"), SendResult::kCrowded);
  });
  EXPECT_EQ(pool_->at(0).stats().drops.get(), 1U);
  EXPECT_GT(service_->budget->used(), 0U);
}

TEST_F(SlowClientTest, TellsWhenAClientCaughtUp) {
  service_->outbox.hard_cap_time = Millis{60'000};
  start();
  RawSocket client = open_websocket();
  fill(100 * 1024);
  on_shard([&] { EXPECT_EQ(recorder_.last()->send("end"), SendResult::kCrowded); });
  while (client.read_text() != "end") {
  }
  EXPECT_TRUE(eventually([&] { return recorder_.drained() == 1; }));
  EXPECT_TRUE(eventually([&] { return service_->budget->used() == 0; }));
  EXPECT_EQ(pool_->at(0).stats().queued_bytes.get(), 0U);
  EXPECT_EQ(recorder_.slow(), 0);
}

TEST_F(SlowClientTest, ClosesWhoNeverReadsAndServesTheOthers) {
  service_->websocket.close_timeout = Millis{60};
  start();
  RawSocket stuck = open_websocket();
  fill(300 * 1024);
  RawSocket other = open_websocket();
  other.send_text("me too");
  EXPECT_EQ(other.read_text(), "me too");
  EXPECT_EQ(recorder_.wait_closed(), 4403);
  EXPECT_EQ(recorder_.slow(), 1);
  EXPECT_EQ(pool_->at(0).stats().slow_closes.get(), 1U);
  EXPECT_TRUE(eventually([&] { return service_->budget->used() == 0; }));
}

TEST_F(SlowClientTest, TellsASlowClientWhyOnceItReads) {
  start();
  RawSocket client = open_websocket();
  fill(300 * 1024);
  ASSERT_TRUE(eventually([&] { return recorder_.slow() == 1; }));
  RawFrame frame;
  do {
    frame = client.read_frame();
  } while (frame.opcode == 1 && frame.payload.size() == 8 * 1024);
  EXPECT_EQ(frame.opcode, 8) << "whole frames up to the close frame";
  EXPECT_EQ(frame.close_code(), 4403);
}

TEST_F(SlowClientTest, ClosesTheSlowWhenAllOutboxesAreTooBig) {
  service_->outbox.total = 100 * 1024;
  service_->outbox.hard_cap_time = Millis{60'000};
  start();
  RawSocket stuck = open_websocket();
  fill(200 * 1024);
  EXPECT_TRUE(eventually([&] { return recorder_.slow() == 1; }));
}

}  // namespace
}  // namespace parley::net
