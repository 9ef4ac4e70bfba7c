// SPDX-License-Identifier: Apache-2.0
// HTTP over a real socket: keep-alive, limits, slow and broken clients, answers from other threads.
#include "net_fixture.h"

namespace parley::net {
namespace {

class HttpTest : public NetTest {
 protected:
  std::string ask(std::string_view bytes) {
    RawSocket client = connect();
    client.send(bytes);
    return client.read_answer().first;
  }
};

TEST_F(HttpTest, AnswersOnAConnectionThatIsKept) {
  start();
  RawSocket client = connect();
  for (int i = 0; i < 3; ++i) {
    client.send("GET /a?b=" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto [head, body] = client.read_answer();
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
    EXPECT_NE(head.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(body, "GET /a ");
  }
}

TEST_F(HttpTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawSocket client = connect();
  client.send(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: "
      "3\r\n\r\nabc"
      "GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "GET /1 ");
  EXPECT_EQ(client.read_answer().second, "POST /2 abc");
  EXPECT_EQ(client.read_answer().second, "GET /3 ");
}

TEST_F(HttpTest, AnswersPipelinedRequestsFromAnotherThread) {
  std::vector<std::thread> threads;
  service_->handle = [&](const HttpRequest& request, HttpResponder responder) {
    threads.emplace_back([path = request.path, responder = std::move(responder)]() mutable {
      responder.respond(HttpResponse::text(200, path));
    });
  };
  start();
  RawSocket client = connect();
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "/1");
  client.send("GET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "/2");
  EXPECT_EQ(client.read_answer().second, "/3");
  stop();
  for (auto& thread : threads) thread.join();
}

TEST_F(HttpTest, TakesARequestByteByByte) {
  start();
  RawSocket client = connect();
  for (const char byte :
       std::string("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody")) {
    client.send({&byte, 1});
  }
  EXPECT_EQ(client.read_answer().second, "POST /p body");
}

TEST_F(HttpTest, TakesAChunkedBody) {
  start();
  RawSocket client = connect();
  client.send(
      "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "POST /p abcde");
}

TEST_F(HttpTest, AnswersHeadWithoutABody) {
  start();
  RawSocket client = connect();
  client.send("HEAD /h HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = client.read_until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos) << head;
  client.send("GET /g HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "GET /g ") << "nothing stood between";
}

TEST_F(HttpTest, EndsTheConnectionWhenAsked) {
  start();
  RawSocket client = connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(client.read_answer().first.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(client.reaches_end());
  RawSocket old = connect();
  old.send("GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.read_answer().second, "GET / ");
  EXPECT_TRUE(old.reaches_end());
}

TEST_F(HttpTest, AnswersAClientThatShutItsSide) {
  start();
  RawSocket client = connect();
  client.send("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");
  client.shutdown_write();
  EXPECT_EQ(client.read_answer().second, "GET /half ");
  EXPECT_TRUE(client.reaches_end());
}

TEST_F(HttpTest, SaysContinueWhenAsked) {
  start();
  RawSocket client = connect();
  client.send("POST /c HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ok");
  EXPECT_EQ(client.read_answer().second, "POST /c ok");
}

TEST_F(HttpTest, RefusesOptions) {
  start();
  EXPECT_TRUE(ask("OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 405 "));
}

TEST_F(HttpTest, RefusesBrokenRequests) {
  start();
  const std::pair<std::string, const char*> cases[] = {
      {"nonsense\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost x\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
       "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9000, 'h') + "\r\n\r\n", "431"},
      {"GET /" + std::string(9000, 'p'), "431"},
  };
  for (const auto& [bytes, status] : cases) {
    RawSocket client = connect();
    client.send(bytes);
    const auto head = client.read_answer().first;
    EXPECT_TRUE(head.starts_with(std::string("HTTP/1.1 ") + status)) << bytes.substr(0, 90) << head;
    EXPECT_TRUE(client.reaches_end()) << bytes.substr(0, 90);
  }
}

TEST_F(HttpTest, RefusesAChunkedBodyOverTheLimit) {
  service_->http.max_body = 10;
  start();
  EXPECT_TRUE(
      ask("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nabcdefghijk\r\n")
          .starts_with("HTTP/1.1 413 "));
}

TEST_F(HttpTest, AsksHowLargeABodyMayBeBeforeItIsRead) {
  service_->http.max_body = 10;
  service_->body = [](const HttpRequestHead& head) {
    return BodyTerms{.limit = head.header("x-may") == "yes" ? std::size_t{2000} : std::size_t{10}};
  };
  start();
  const std::string large(1000, 'b');
  const auto post = [&](const char* may, const std::string& length) {
    return std::string("POST / HTTP/1.1\r\nHost: x\r\nX-May: ") + may + "\r\n" + length +
           "\r\n\r\n";
  };
  EXPECT_TRUE(ask(post("yes", "Content-Length: 1000") + large).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(post("yes", "Content-Length: 2001")).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(post("no", "Content-Length: 1000")).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(post("no", "Content-Length: 10") + "0123456789").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(ask(post("no", "Transfer-Encoding: chunked") + "3e8\r\n" + large)
                  .starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(post("yes", "Transfer-Encoding: chunked") + "3e8\r\n" + large + "\r\n0\r\n\r\n")
                  .starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(
      ask(post("no", "Content-Length: 1000\r\nExpect: 100-continue")).starts_with("HTTP/1.1 413 "))
      << "before it is asked to go on";
}

TEST_F(HttpTest, ABodyIsRefusedBeforeItIsReadWhenThereIsNoRoomForIt) {
  const auto room = std::make_shared<int>(0);
  service_->body = [room](const HttpRequestHead&) -> BodyTerms {
    if (room.use_count() > 2) return {.refusal = HttpResponse::text(503, "Later.\n")};
    return {.limit = 2000, .hold = room};
  };
  start();
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n";
  RawSocket slow = connect();
  slow.send(post + "ab");
  ASSERT_TRUE(eventually([&] { return room.use_count() > 2; })) << "its body is under way";
  EXPECT_TRUE(ask(post + "abcd").starts_with("HTTP/1.1 503 "));
  slow.send("cd");
  EXPECT_TRUE(slow.read_answer().first.starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(eventually([&] { return room.use_count() == 2; })) << "answered: the room is free";
  EXPECT_TRUE(ask(post + "abcd").starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpTest, EndsHeadersThatDrip) {
  service_->http.header_timeout = Millis{50};
  start();
  RawSocket client = connect();
  client.send("GET / HTTP/1.1\r\nHost:");
  EXPECT_TRUE(client.read_answer().first.starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(client.reaches_end());
  RawSocket silent = connect();
  EXPECT_EQ(silent.read_all(), "") << "who says nothing is told nothing";
  EXPECT_TRUE(silent.reaches_end());
}

TEST_F(HttpTest, EndsBodiesThatDrip) {
  service_->http.header_timeout = Millis{50};
  start();
  RawSocket client = connect();
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab");
  EXPECT_TRUE(client.read_answer().first.starts_with("HTTP/1.1 408 "));
  EXPECT_TRUE(client.reaches_end());
}

TEST_F(HttpTest, EndsIdleConnections) {
  service_->http.idle_timeout = Millis{50};
  start();
  RawSocket client = connect();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_answer();
  EXPECT_TRUE(client.reaches_end());
}

TEST_F(HttpTest, AnswersForAHandlerThatForgets) {
  service_->handle = [](const HttpRequest&, HttpResponder) {};
  start();
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 500 "));
}

TEST_F(HttpTest, SurvivesAnAnswerToAClientThatLeft) {
  std::promise<HttpResponder> waiting;
  service_->handle = [&](const HttpRequest& request, HttpResponder responder) {
    if (request.path == "/wait") return waiting.set_value(std::move(responder));
    responder.respond(HttpResponse::text(200, "next"));
  };
  start();
  RawSocket client = connect();
  client.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpResponder responder = waiting.get_future().get();
  client.close();
  responder.respond(HttpResponse::text(200, "too late"));
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(HttpTest, DropsHeadersThatWouldSplitTheAnswer) {
  service_->handle = [](const HttpRequest&, HttpResponder responder) {
    responder.respond(HttpResponse::text(200, "ok").with("X-Bad", "a\r\nSet-Cookie: evil=1"));
  };
  start();
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").find("evil"), std::string::npos);
}

TEST_F(HttpTest, StreamsChunksUntilClosed) {
  std::promise<HttpStream> opened;
  service_->handle = [&](const HttpRequest&, HttpResponder responder) {
    opened.set_value(responder.stream(HttpResponse::text(200, "").with("X-Stream", "1")));
  };
  start();
  RawSocket client = connect();
  client.send("GET /s HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpStream stream = opened.get_future().get();
  EXPECT_NE(client.read_until("\r\n\r\n").find("Transfer-Encoding: chunked"), std::string::npos);
  EXPECT_TRUE(stream.write("data: 1\n\n"));
  EXPECT_EQ(client.read_until("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
  stream.close();
  EXPECT_EQ(client.read_until("\r\n\r\n"), "0\r\n\r\n");
}

TEST_F(HttpTest, SendsLargeBodiesWhole) {
  const auto body = std::make_shared<const std::string>(8 * 1024 * 1024, 'L');
  service_->handle = [&](const HttpRequest&, HttpResponder responder) {
    HttpResponse response;
    response.shared_body = body;
    responder.respond(std::move(response));
  };
  start();
  RawSocket client = connect();
  client.send("GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, *body);
  EXPECT_TRUE(client.reaches_end());
}

TEST_F(HttpTest, WaitsWithPipelinedRequestsUntilTheAnswersAreRead) {
  const auto body = std::make_shared<const std::string>(4 * 1024 * 1024, 'L');
  std::atomic<int> asked{0};
  service_->handle = [&](const HttpRequest&, HttpResponder responder) {
    ++asked;
    HttpResponse response;
    response.shared_body = body;
    responder.respond(std::move(response));
  };
  start();
  RawSocket client = connect();
  std::string burst;
  for (int i = 0; i < 20; ++i) burst += "GET /big HTTP/1.1\r\nHost: x\r\n\r\n";
  client.send(burst);
  EXPECT_EQ(client.read_answer().second.size(), body->size());
  EXPECT_LT(asked, 10);
  for (int i = 1; i < 20; ++i) ASSERT_EQ(client.read_answer().second.size(), body->size()) << i;
  EXPECT_EQ(asked, 20);
}

TEST_F(HttpTest, BelievesOnlyListedProxies) {
  service_->handle = [](const HttpRequest& request, HttpResponder responder) {
    responder.respond(
        HttpResponse::text(200, request.peer_address() + (request.secure ? " tls" : "")));
  };
  const std::string request =
      "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.1\r\n"
      "X-Forwarded-Proto: https\r\n\r\n";
  start();
  RawSocket stranger = connect();
  stranger.send(request);
  EXPECT_EQ(stranger.read_answer().second, "127.0.0.1");
  stop();
  service_->trusted_proxies = {*Network::parse("127.0.0.0/8"), *Network::parse("10.0.0.1")};
  start();
  RawSocket proxy = connect();
  proxy.send(request);
  EXPECT_EQ(proxy.read_answer().second, "203.0.113.9 tls");
}

}  // namespace
}  // namespace parley::net
