// SPDX-License-Identifier: Apache-2.0
// RFC 6455 against a real socket: what is served, and what each kind of broken input gets.
#include "net_fixture.h"

namespace parley::net {
namespace {

using WebSocketTest = NetTest;

TEST_F(WebSocketTest, UpgradesWithTheKeyOfTheRfc) {
  start();
  RawSocket client = connect();
  const std::string answer =
      client.upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 101 ")) << answer;
  EXPECT_NE(answer.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);
  EXPECT_EQ(answer.find("Sec-WebSocket-Extensions"), std::string::npos)
      << "no compression is offered";
  EXPECT_EQ(answer.find("Sec-WebSocket-Protocol"), std::string::npos) << "none was asked for";
}

TEST_F(WebSocketTest, EchoesTheOneSubprotocolItKnows) {
  start();
  RawSocket client = connect();
  const auto answer = client.upgrade("/ws", "Sec-WebSocket-Protocol: chat, parley.v1.json\r\n");
  EXPECT_NE(answer.find("Sec-WebSocket-Protocol: parley.v1.json\r\n"), std::string::npos) << answer;
  RawSocket other = connect();
  EXPECT_EQ(other.upgrade("/ws", "Sec-WebSocket-Protocol: chat\r\n").find("Sec-WebSocket-Protocol"),
            std::string::npos);
}

TEST_F(WebSocketTest, RefusesHandshakesThatAreNone) {
  start();
  RawSocket old = connect();
  old.send(
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n");
  const auto [head, body] = old.read_answer();
  EXPECT_TRUE(head.starts_with("HTTP/1.1 426 ")) << head;
  EXPECT_NE(head.find("Sec-WebSocket-Version: 13"), std::string::npos);
  RawSocket keyless = connect();
  keyless.send(
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n");
  EXPECT_TRUE(keyless.read_answer().first.starts_with("HTTP/1.1 400 "));
  RawSocket elsewhere = connect();
  EXPECT_TRUE(elsewhere.upgrade("/other").starts_with("HTTP/1.1 403 "));
}

TEST_F(WebSocketTest, EchoesTextAndBinaryOfEverySize) {
  start();
  RawSocket client = open_websocket();
  for (const std::size_t size : {0, 1, 7, 8, 15, 16, 17, 125, 126, 127, 4000, 65535, 65536}) {
    const std::string text(size, 'x');
    client.send_text(text);
    EXPECT_EQ(client.read_text(), text) << size;
    client.send(raw_frame(std::string(size, '\xfe'), {.opcode = 2}));
    const RawFrame binary = client.read_frame();
    EXPECT_EQ(binary.opcode, 2);
    EXPECT_EQ(binary.payload, std::string(size, '\xfe'));
    EXPECT_FALSE(binary.masked) << "a server must not mask";
  }
}

TEST_F(WebSocketTest, TakesBytesBehindTheHeaderOfTheUpgrade) {
  start();
  RawSocket client = connect();
  client.send(RawSocket::upgrade_request("/ws") + raw_frame("early") + raw_frame("bird"));
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_text(), "early");
  EXPECT_EQ(client.read_text(), "bird");
}

TEST_F(WebSocketTest, PutsFramesTogetherFromSingleBytes) {
  start();
  RawSocket client = open_websocket();
  const std::string text = "Привет, мир! " + std::string(200, 'a');
  for (const char byte : raw_frame(text)) client.send({&byte, 1});
  EXPECT_EQ(client.read_text(), text);
}

TEST_F(WebSocketTest, PutsFragmentsTogetherAndAnswersPingsBetweenThem) {
  start();
  RawSocket client = open_websocket();
  client.send(raw_frame("Hel", {.opcode = 1, .fin = false}));
  client.send(raw_frame("are you there", {.opcode = 9}));
  client.send(raw_frame("l", {.opcode = 0, .fin = false}));
  client.send(raw_frame("o", {.opcode = 0}));
  const RawFrame pong = client.read_frame();
  EXPECT_EQ(pong.opcode, 10);
  EXPECT_EQ(pong.payload, "are you there");
  EXPECT_EQ(client.read_text(), "Hello");
  client.send_text("whole again");
  EXPECT_EQ(client.read_text(), "whole again");
}

TEST_F(WebSocketTest, AcceptsACharacterSplitOverFragments) {
  start();
  RawSocket client = open_websocket();
  client.send(raw_frame("\xd0", {.opcode = 1, .fin = false}));
  client.send(raw_frame("\x9f", {.opcode = 0}));
  EXPECT_EQ(client.read_text(), "П");
}

struct Broken {
  const char* name;
  std::string bytes;
  std::uint16_t code;
};

std::string long_way(std::string text) {
  return raw_frame(text.substr(0, 1), {.opcode = 1, .fin = false}) +
         raw_frame(text.substr(1), {.opcode = 0});
}

class BrokenInput : public WebSocketTest, public ::testing::WithParamInterface<Broken> {};

TEST_P(BrokenInput, GetsItsCloseCode) {
  start();
  RawSocket client = open_websocket();
  client.send(GetParam().bytes);
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.opcode, 8);
  EXPECT_EQ(close.close_code(), GetParam().code);
  EXPECT_TRUE(client.reaches_end());
  EXPECT_EQ(recorder_.wait_closed(), GetParam().code);
  RawSocket next = open_websocket();
  next.send_text("still here");
  EXPECT_EQ(next.read_text(), "still here") << "the server goes on";
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, BrokenInput,
    ::testing::Values(
        Broken{"unmasked", raw_frame("hi", {.mask = false}), 1002},
        Broken{"unmasked_ping", raw_frame("hi", {.opcode = 9, .mask = false}), 1002},
        Broken{"rsv1", raw_frame("hi", {.rsv = 4}), 1002},
        Broken{"rsv2", raw_frame("hi", {.rsv = 2}), 1002},
        Broken{"rsv3", raw_frame("hi", {.rsv = 1}), 1002},
        Broken{"reserved_opcode", raw_frame("hi", {.opcode = 3}), 1002},
        Broken{"reserved_control_opcode", raw_frame("hi", {.opcode = 11}), 1002},
        Broken{"fragmented_ping", raw_frame("hi", {.opcode = 9, .fin = false}), 1002},
        Broken{"long_ping", raw_frame(std::string(126, 'p'), {.opcode = 9}), 1002},
        Broken{"continuation_of_nothing", raw_frame("hi", {.opcode = 0}), 1002},
        Broken{"text_within_fragments",
               raw_frame("a", {.opcode = 1, .fin = false}) + raw_frame("b", {.opcode = 1}), 1002},
        Broken{"length_not_minimal_16", raw_frame("hi", {.length_bytes = 2}), 1002},
        Broken{"length_not_minimal_64", raw_frame(std::string(200, 'a'), {.length_bytes = 8}),
               1002},
        Broken{
            "length_top_bit",
            raw_frame("", {.length_bytes = 8, .announced_size = INT64_MAX}).replace(2, 1, "\xff"),
            1002},
        Broken{"wrapping_continuation",
               raw_frame("ab", {.opcode = 1, .fin = false}) +
                   raw_frame("", {.opcode = 0, .length_bytes = 8, .announced_size = INT64_MAX}),
               1009},
        Broken{"too_large", raw_frame("", {.announced_size = 65537}), 1009},
        Broken{"too_large_in_fragments",
               raw_frame(std::string(40000, 'a'), {.opcode = 1, .fin = false}) +
                   raw_frame(std::string(40000, 'a'), {.opcode = 0}),
               1009},
        Broken{"bad_utf8", raw_frame("abc\xff"), 1007},
        Broken{"overlong_utf8", raw_frame("\xc0\xaf"), 1007},
        Broken{"surrogate_utf8", raw_frame("\xed\xa0\x80"), 1007},
        Broken{"cut_utf8", raw_frame("abcdefgh\xd0"), 1007},
        Broken{"bad_utf8_in_fragments", long_way("\xd0\xd0"), 1007},
        Broken{"cut_utf8_in_fragments", long_way("a\xd0"), 1007},
        Broken{"late_bad_utf8_in_fragments", long_way("aaaaaaaaaaaaaaaaaaaaaaaa\xff"), 1007},
        Broken{"close_of_one_byte", raw_frame("\x03", {.opcode = 8}), 1002},
        Broken{"close_1005", raw_frame("\x03\xed", {.opcode = 8}), 1002},
        Broken{"close_999", raw_frame("\x03\xe7", {.opcode = 8}), 1002},
        Broken{"close_bad_utf8", raw_frame("\x03\xe8\xff", {.opcode = 8}), 1007}),
    [](const auto& each) { return std::string(each.param.name); });

TEST_F(WebSocketTest, CountsFragments) {
  service_->websocket.max_fragments = 4;
  start();
  RawSocket good = open_websocket();
  good.send(raw_frame("a", {.opcode = 1, .fin = false}) +
            raw_frame("b", {.opcode = 0, .fin = false}) +
            raw_frame("c", {.opcode = 0, .fin = false}) + raw_frame("d", {.opcode = 0}));
  EXPECT_EQ(good.read_text(), "abcd");
  RawSocket client = open_websocket();
  client.send(raw_frame("a", {.opcode = 1, .fin = false}));
  for (int i = 0; i < 4; ++i) client.send(raw_frame("", {.opcode = 0, .fin = false}));
  EXPECT_EQ(client.read_frame().close_code(), 1008);
}

TEST_F(WebSocketTest, AnswersTheClientsClose) {
  start();
  RawSocket client = open_websocket();
  client.send_text("last");
  client.send_close(4000, "bye");
  EXPECT_EQ(client.read_text(), "last");
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.opcode, 8);
  EXPECT_EQ(close.close_code(), 4000);
  EXPECT_TRUE(client.reaches_end());
  EXPECT_EQ(recorder_.wait_closed(), 4000);
  EXPECT_EQ(recorder_.reasons().front(), "bye");
}

TEST_F(WebSocketTest, AnswersACloseWithoutACodeWithOneWithout) {
  start();
  RawSocket client = open_websocket();
  client.send(raw_frame("", {.opcode = 8}));
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.opcode, 8);
  EXPECT_TRUE(close.payload.empty());
  EXPECT_EQ(recorder_.wait_closed(), 1005);
}

TEST_F(WebSocketTest, ClosesFromItsOwnSide) {
  start();
  RawSocket client = open_websocket();
  on_shard([&] {
    recorder_.last()->send("before");
    recorder_.last()->close(4504, "kicked");
    EXPECT_EQ(recorder_.last()->send("after"), SendResult::kClosed);
    EXPECT_FALSE(recorder_.last()->is_open());
  });
  EXPECT_EQ(client.read_text(), "before");
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.close_code(), 4504);
  EXPECT_EQ(close.close_reason(), "kicked");
  client.send_text("crossing");
  EXPECT_TRUE(recorder_.codes().empty()) << "the handshake is not over";
  client.send_close(4504);
  EXPECT_EQ(recorder_.wait_closed(), 4504);
  EXPECT_TRUE(client.reaches_end()) << "and nothing was echoed";
}

TEST_F(WebSocketTest, CutsAPeerThatDoesNotAnswerTheClose) {
  service_->websocket.close_timeout = Millis{30};
  start();
  RawSocket client = open_websocket();
  on_shard([&] { recorder_.last()->close(4400); });
  EXPECT_EQ(client.read_frame().close_code(), 4400);
  EXPECT_TRUE(client.reaches_end());
  EXPECT_EQ(recorder_.wait_closed(), 4400);
}

TEST_F(WebSocketTest, CutsAReasonAtACharactersBorder) {
  start();
  RawSocket client = open_websocket();
  std::string reason;
  for (int i = 0; i < 80; ++i) reason += "я";
  on_shard([&] { recorder_.last()->close(4400, reason); });
  EXPECT_EQ(client.read_frame().close_reason(), reason.substr(0, 122));
}

TEST_F(WebSocketTest, SaysThatAConnectionWasLost) {
  start();
  open_websocket().close();
  EXPECT_EQ(recorder_.wait_closed(), 1006);
}

TEST_F(WebSocketTest, PingsAndGivesUpOnSilence) {
  service_->websocket.ping_interval = Millis{20};
  service_->websocket.pong_timeout = Millis{40};
  start();
  RawSocket client = open_websocket();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.read_frame().opcode, 9);
    client.send(raw_frame("", {.opcode = 10}));
  }
  EXPECT_EQ(client.read_frame().opcode, 9);
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.opcode, 8);
  EXPECT_EQ(close.close_code(), 4404);
  client.close();
  EXPECT_EQ(recorder_.wait_closed(), 4404);
}

TEST_F(WebSocketTest, EndsAMessageThatDrips) {
  service_->websocket.message_timeout = Millis{40};
  start();
  RawSocket client = open_websocket();
  client.send(raw_frame("whole"));
  EXPECT_EQ(client.read_text(), "whole");
  client.send(raw_frame("never whole").substr(0, 3));
  const RawFrame close = client.read_frame();
  EXPECT_EQ(close.close_code(), 1008);
  EXPECT_EQ(recorder_.wait_closed(), 1008);
}

TEST_F(WebSocketTest, LimitsPings) {
  service_->websocket.max_control_rate = 5;
  start();
  RawSocket client = open_websocket();
  for (int i = 0; i < 6; ++i) client.send(raw_frame("", {.opcode = 9}));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.read_frame().opcode, 10);
  EXPECT_EQ(client.read_frame().close_code(), 1008);
}

TEST_F(WebSocketTest, SendsOneEncodedFrameToMany) {
  start();
  std::vector<WebSocketConnection*> members;
  std::vector<RawSocket> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(open_websocket());
    members.push_back(recorder_.last());
  }
  const auto frame = SharedFrame::text(std::string(300, 'f'));
  EXPECT_EQ(frame.payload().size(), 300U);
  on_shard([&] {
    for (auto* member : members) {
      EXPECT_EQ(member->send("a"), SendResult::kSent);
      EXPECT_EQ(member->send(frame), SendResult::kSent);
      EXPECT_EQ(member->send("b"), SendResult::kSent);
    }
  });
  for (RawSocket& client : clients) {
    EXPECT_EQ(client.read_text(), "a");
    EXPECT_EQ(client.read_text(), frame.payload());
    EXPECT_EQ(client.read_text(), "b");
  }
}

TEST_F(WebSocketTest, TellsTheHandlerWhenThePoolStops) {
  start();
  RawSocket client = open_websocket();
  stop();
  EXPECT_EQ(client.read_frame().close_code(), 1001);
  EXPECT_EQ(recorder_.codes(), std::vector<std::uint16_t>{1001});
}

TEST_F(WebSocketTest, NeverReusesAnId) {
  start();
  std::uint64_t first_id = 0, second_id = 0;
  RawSocket first = open_websocket();
  on_shard([&] { first_id = recorder_.last()->id(); });
  first.close();
  ASSERT_EQ(recorder_.wait_closed(), 1006);
  RawSocket second = open_websocket();
  on_shard([&] { second_id = recorder_.last()->id(); });
  EXPECT_GT(second_id, first_id);
}

}  // namespace
}  // namespace parley::net
