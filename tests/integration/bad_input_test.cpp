// SPDX-License-Identifier: Apache-2.0
// What bad input gets: the documented error or close code, and a server that goes on.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class BadInput : public SharedServer {
 protected:
  void TearDown() override { expect_goes_on(server()); }

  // A client of its own for every try: three malformed frames within a minute end a connection.
  static Json answer_to(const Frame& frame) {
    Client client(server().port());
    client.enter("bad" + std::to_string(++tries_));
    client.send_frame(frame);
    auto answer = client.read_until("error");
    EXPECT_EQ(client.ask({{"action", "ping"}, {"t", 1}}, "after")["type"], "pong");
    return answer;
  }
  static Json answer_to(const std::string& text) { return answer_to(Frame{.payload = text}); }

  static void expect_closed(const Frame& frame, int code) {
    Client client(server().port());
    client.enter("bad" + std::to_string(++tries_));
    client.send_frame(frame);
    client.expect_close(code);
  }

 private:
  inline static int tries_ = 0;
};

std::string nested(std::size_t depth) {
  return R"({"action":"ping","t":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST_F(BadInput, NoJson) {
  for (const std::string text :
       {"{\"action\":", "hello", "", "{'action':'ping'}", "{\"action\":\"ping\"} x",
        "{\"action\":\"ping\",\"t\":NaN}", "{\"action\":\"ping\",\"t\":1e999}"})
    EXPECT_EQ(error_code(answer_to(text)), "bad_json") << text;
}

TEST_F(BadInput, JsonThatTwoReadersWouldReadDifferently) {
  EXPECT_EQ(error_code(answer_to(R"({"action":"ping","action":"auth"})")), "bad_json");
  EXPECT_EQ(error_code(answer_to(R"({"action":"ping","t":"\ud800"})")), "bad_json");
  EXPECT_EQ(error_code(answer_to(R"({"action":"ping","t":"\u0000"})")), "bad_json");
}

TEST_F(BadInput, NoObjectOrNoAction) {
  for (const std::string text : {"[]", R"([{"action":"ping"}])", "42", "\"ping\"", "null", "{}",
                                 R"({"action":7})", R"({"action":"ping","data":[1]})"})
    EXPECT_EQ(error_code(answer_to(text)), "bad_request") << text;
  EXPECT_EQ(error_code(answer_to(R"({"action":"no spaces"})")), "unknown_action");
}

TEST_F(BadInput, NestingWithinTheFrameLimit) {
  EXPECT_EQ(error_code(answer_to(nested(30'000))), "bad_json");
}

TEST_F(BadInput, TooManyKeys) {
  Json object{{"action", "ping"}};
  for (int i = 0; i < 300; ++i) object["k" + std::to_string(i)] = i;
  EXPECT_EQ(error_code(answer_to(object.dump())), "bad_json");
}

TEST_F(BadInput, InvalidUtf8) {
  expect_closed({.payload = "{\"action\":\"ping\",\"t\":\"\xc3\x28\"}"}, 1007);
  expect_closed({.payload = "{\"action\":\"ping\",\"t\":\"\xed\xa0\x80\"}"}, 1007);
}

TEST_F(BadInput, MegabyteOfText) {
  expect_closed({.payload = R"({"action":"sendChat","channel":"global","message":")" +
                            std::string(1'000'000, 'x') + "\"}"},
                1009);
}

TEST_F(BadInput, AnnouncedSizeAloneIsRefused) {
  expect_closed({.payload = "", .announced_size = 1ull << 62}, 1009);
}

TEST_F(BadInput, ChatTextOverItsLimit) {
  const auto answer = answer_to(R"({"action":"sendChat","channel":"global","message":")" +
                                std::string(5'000, 'x') + "\"}");
  EXPECT_EQ(error_code(answer), "too_large") << answer;
}

TEST_F(BadInput, UnknownAction) {
  const auto answer = answer_to(R"({"action":"teleport"})");
  EXPECT_EQ(error_code(answer), "unknown_action");
  EXPECT_EQ(answer.at("data").at("action"), "teleport");
  EXPECT_EQ(answer.at("data").at("retry"), false);
  EXPECT_FALSE(answer.at("data").at("message").get<std::string>().empty());
}

TEST_F(BadInput, MissingAndWrongArguments) {
  for (const std::string text : {R"({"action":"move"})", R"({"action":"move","direction":7})",
                                 R"({"action":"castSpell","spellId":"abc","target":"x"})",
                                 R"({"action":"sendChat","channel":"global"})",
                                 R"({"action":"history","channel":"global","limit":"many"})"}) {
    const auto answer = answer_to(text);
    EXPECT_EQ(error_code(answer), "invalid_args") << text;
    EXPECT_TRUE(answer.at("data").contains("fields")) << answer;
  }
}

TEST_F(BadInput, BinaryFrame) {
  EXPECT_EQ(error_code(answer_to({.opcode = Opcode::kBinary, .payload = "\x01\x02"})), "bad_frame");
}

TEST_F(BadInput, ThreeMalformedFramesEndTheConnection) {
  Client noisy(server().port());
  noisy.enter("Noisy");
  noisy.send("one");
  noisy.send("[2]");
  noisy.send_frame({.opcode = Opcode::kBinary, .payload = "3"});
  noisy.expect_close(4510);
}

TEST_F(BadInput, FramesAgainstTheRules) {
  const std::string ping = R"({"action":"ping"})";
  expect_closed({.payload = ping, .masked = false}, 1002);
  expect_closed({.payload = ping, .reserved = 4}, 1002);
  expect_closed({.opcode = static_cast<Opcode>(3), .payload = ping}, 1002);
  expect_closed({.opcode = Opcode::kContinuation, .payload = ping}, 1002);
  expect_closed({.opcode = Opcode::kPing, .payload = std::string(126, 'p')}, 1002);
  expect_closed({.opcode = Opcode::kPing, .payload = "p", .fin = false}, 1002);
}

TEST_F(BadInput, MessageInTooManyFragments) {
  Client client(server().port());
  client.enter("Fragments");
  client.send_frame({.payload = R"({"action":"ping","t":")", .fin = false});
  for (int i = 0; i < 100; ++i)
    client.send_frame({.opcode = Opcode::kContinuation, .payload = "x", .fin = false});
  client.expect_close(1008);
}

TEST_F(BadInput, FragmentsOfOneMessageAreJoined) {
  Client client(server().port());
  client.enter("Joiner");
  client.send_frame({.payload = R"({"action":"ping","id":1,"t":"Пр)", .fin = false});
  client.send_frame({.opcode = Opcode::kPing, .payload = "between"});
  client.send_frame({.opcode = Opcode::kContinuation, .payload = "ивет\"}"});
  EXPECT_EQ(client.read_reply(1).at("data").at("t"), "Привет");
}

TEST(BadHandshake, DepthOfAHundredThousand) {
  ServerProcess server({.set = {"limits.frame=1048576"}});
  Client client(server.port());
  client.enter("Deep");
  client.send(nested(100'000));
  EXPECT_EQ(error_code(client.read_until("error")), "bad_json");
  expect_goes_on(server);
}

TEST(BadHandshake, UnfinishedOneIsClosedInTime) {
  ServerProcess server({.set = {"websocket.handshake_timeout=1s", "http.header_timeout=1s"}});
  auto half = Socket::tcp(server.port());
  half.send_all(upgrade_request(server.port(), "/ws", {}).substr(0, 60), within(kPatience));
  expect_goes_on(server);
  std::string answer;
  while (half.receive(answer, within(kPatience), "the server to give up")) {
  }
  EXPECT_TRUE(answer.empty() || answer.find("408") != std::string::npos) << answer;
  expect_goes_on(server);
}

class BadHttp : public BadInput {};

TEST_F(BadHttp, OversizedHeaders) {
  const auto response =
      Http::tcp(server().port())
          .raw("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(100'000, 'h') + "\r\n\r\n");
  EXPECT_EQ(response.status, 431) << response.text();
}

TEST_F(BadHttp, NoHttpAtAll) {
  const auto response = Http::tcp(server().port()).raw("\x16\x03\x01 not http\r\n\r\n");
  EXPECT_EQ(response.status, 400) << response.text();
}

TEST_F(BadHttp, TwoLengths) {
  const auto response = Http::tcp(server().port())
                            .raw(
                                "POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  EXPECT_EQ(response.status, 400) << response.text();
}

TEST_F(BadHttp, OldWebSocketVersion) {
  auto request = upgrade_request(server().port(), "/ws", {});
  request.replace(request.find("Version: 13"), 11, "Version: 8");
  const auto response = Http::tcp(server().port()).raw(request);
  EXPECT_EQ(response.status, 426) << response.text();
}

TEST_F(BadHttp, ForeignOriginGetsNoWelcome) {
  for (const std::string origin : {"http://evil.example", "null", ""}) {
    Client page(server().port(), {.headers = {{"Origin", origin}}});
    page.send(R"({"action":"auth","id":1,"guest":"Evil"})");
    EXPECT_EQ(page.read_close(), 4508) << origin;
    EXPECT_EQ(page.transcript().find("welcome"), std::string::npos) << page.transcript();
  }
}

TEST_F(BadHttp, PathsDoNotLeaveTheWebRoot) {
  for (const std::string path : {"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                                 "/assets/..%2f..%2f..%2fetc/passwd"}) {
    const auto response = Http::tcp(server().port()).get(path);
    EXPECT_EQ(response.body.find("root:"), std::string::npos) << path;
    EXPECT_NE(response.status, 500) << path;
  }
}

}  // namespace
}  // namespace parley::test
