// SPDX-License-Identifier: Apache-2.0
// Listening, admission and draining, with several shards.
#include "net/listener.h"

#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <sys/stat.h>

#include "net_fixture.h"

namespace parley::net {
namespace {

namespace fs = std::filesystem;

class ListenerTest : public NetTest {
 protected:
  std::uint64_t refused(Refusal why) const {
    std::uint64_t sum = 0;
    for (int i = 0; i < pool_->size(); ++i) sum += pool_->at(i).stats().of(why).get();
    return sum;
  }
  bool served(RawSocket& client) {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return client.read_answer().first.starts_with("HTTP/1.1 200 ");
  }
};

TEST_F(ListenerTest, SpreadsConnectionsOverTheShards) {
  start(3);
  std::vector<RawSocket> clients;
  const auto all_used = [&] {
    for (int i = 0; i < 3; ++i) {
      if (pool_->at(i).stats().accepted.get() == 0) return false;
    }
    return true;
  };
  for (int i = 0; i < 200 && !all_used(); ++i) {
    clients.push_back(connect());
    ASSERT_TRUE(served(clients.back()));
  }
  EXPECT_TRUE(all_used());
  EXPECT_EQ(pool_->connections(), clients.size());
}

TEST_F(ListenerTest, RefusesAPortThatIsTaken) {
  start();
  const auto second = Listener::open(
      *pool_, {.address = "127.0.0.1:" + std::to_string(listener_->port())}, service_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.status().code(), ErrorCode::kConflict);
  EXPECT_NE(second.status().message().find("choose another port"), std::string::npos);
}

TEST_F(ListenerTest, ExplainsAddressesItCannotListenOn) {
  ShardPool pool({.count = 1, .clock = &clock_});
  EXPECT_NE(Listener::open(pool, {.address = "nowhere"}, service_)
                .status()
                .message()
                .find("127.0.0.1:8080"),
            std::string::npos);
  EXPECT_FALSE(Listener::open(pool, {.address = "192.0.2.1:0"}, service_));
}

TEST_F(ListenerTest, ListensOnIpv6) {
  ShardPool pool({.count = 1, .clock = &clock_});
  const auto opened = Listener::open(pool, {.address = "[::1]:0"}, service_);
  if (!opened) GTEST_SKIP() << "no IPv6 here: " << opened.status().message();
  EXPECT_EQ(opened.value()->address(), "[::1]:" + std::to_string(opened.value()->port()));
}

TEST_F(ListenerTest, LimitsTheNumberOfConnections) {
  auto admission = std::make_shared<Admission>(Admission::Options{.connections = 2}, clock_);
  start(2, admission);
  RawSocket one = connect(), two = connect();
  ASSERT_TRUE(served(one));
  ASSERT_TRUE(served(two));
  EXPECT_TRUE(connect().reaches_end());
  EXPECT_EQ(refused(Refusal::kTotal), 1U);
  one.close();
  ASSERT_TRUE(eventually([&] { return admission->open() == 1; }));
  RawSocket three = connect();
  EXPECT_TRUE(served(three));
}

TEST_F(ListenerTest, LimitsNewConnectionsPerAddress) {
  ManualClock time;
  start(2, std::make_shared<Admission>(Admission::Options{.new_connections = 3}, time));
  for (int i = 0; i < 3; ++i) {
    RawSocket client = connect();
    EXPECT_TRUE(served(client));
  }
  EXPECT_TRUE(connect().reaches_end());
  EXPECT_EQ(refused(Refusal::kRate), 1U);
  time.advance(Millis{400});
  RawSocket later = connect();
  EXPECT_TRUE(served(later));
  stop();
}

TEST_F(ListenerTest, CountsClientsBehindATrustedProxyOneByOne) {
  ManualClock time;
  service_->trusted_proxies = {*Network::parse("127.0.0.1")};
  start(1, std::make_shared<Admission>(Admission::Options{.new_connections = 1}, time));
  const auto upgrade_for = [&](const std::string& client) {
    return connect().upgrade("/ws", "X-Forwarded-For: " + client + "\r\n").substr(0, 12);
  };
  EXPECT_EQ(upgrade_for("203.0.113.1"), "HTTP/1.1 101");
  EXPECT_EQ(upgrade_for("203.0.113.2"), "HTTP/1.1 101");
  EXPECT_EQ(upgrade_for("203.0.113.1"), "HTTP/1.1 429");
  stop();
}

TEST_F(ListenerTest, AsksTheHook) {
  Admission::Options options;
  options.admit = [](const IpAddress& peer) { return !peer.is_loopback(); };
  start(1, std::make_shared<Admission>(std::move(options), clock_));
  EXPECT_TRUE(connect().reaches_end());
  EXPECT_EQ(refused(Refusal::kHook), 1U);
}

TEST_F(ListenerTest, ServesWhatWaitsBeforeItCloses) {
  start(2);
  std::vector<RawSocket> clients;
  // Nothing is accepted while the shards are held; then they find the drain and the queue together.
  std::promise<void> go;
  auto held = go.get_future().share();
  for (int i = 0; i < 2; ++i) pool_->at(i).post([held] { held.wait(); });
  for (int i = 0; i < 10; ++i) clients.push_back(connect());
  std::promise<void> drained;
  listener_->drain([&] { drained.set_value(); });
  go.set_value();
  drained.get_future().wait();
  for (RawSocket& client : clients) EXPECT_TRUE(served(client));
  EXPECT_FALSE(connect().connected());
}

TEST_F(ListenerTest, DrainsHttpConnections) {
  std::promise<HttpResponder> waiting;
  service_->handle = [&](const HttpRequest& request, HttpResponder responder) {
    if (request.path == "/wait") return waiting.set_value(std::move(responder));
    responder.respond(HttpResponse::text(200, "ok"));
  };
  start();
  RawSocket idle = connect(), busy = connect();
  ASSERT_TRUE(served(idle));
  busy.send("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  HttpResponder responder = waiting.get_future().get();
  pool_->begin_drain(Millis{1'000});
  EXPECT_TRUE(idle.reaches_end());
  responder.respond(HttpResponse::text(200, "done"));
  EXPECT_EQ(busy.read_answer().second, "done");
  EXPECT_TRUE(busy.reaches_end());
  idle.close();
  busy.close();
  EXPECT_TRUE(eventually([&] { return pool_->connections() == 0; }));
}

// Far below header_timeout, close_timeout and this test's own patience together.
TEST_F(ListenerTest, DrainingWaitsForNobodyBeyondTheGrace) {
  service_->websocket.close_timeout = service_->http.header_timeout = Millis{600'000};
  service_->websocket.handshake_timeout = Millis{600'000};
  start();
  RawSocket fresh = connect(), half = connect(), deaf = open_websocket(), stays = connect();
  half.send("GET / HTTP/1.1\r\nHost:");
  deaf.send("");
  ASSERT_TRUE(served(stays)) << "the shard has seen the others";
  ASSERT_TRUE(eventually([&] { return pool_->connections() == 4; }));
  pool_->begin_drain(Millis{50});
  EXPECT_EQ(deaf.read_frame().close_code(), 1001);
  EXPECT_TRUE(half.read_answer().first.starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(fresh.reaches_end());
  // Nobody hangs up by itself.
  EXPECT_TRUE(eventually([&] { return pool_->connections() == 0; }));
}

TEST_F(ListenerTest, WaitsForDescriptorsWithoutSpinning) {
  start();
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  RawSocket client = connect();
  ASSERT_TRUE(served(client));
  // As many as are open now: the next accept finds none.
  const auto open = static_cast<rlim_t>(std::distance(fs::directory_iterator("/proc/self/fd"), {}));
  RawSocket late = connect();
  ASSERT_TRUE(served(late));
  rlimit few = limit;
  few.rlim_cur = open - 1;
  RawSocket starved = RawSocket::connect(1);  // a descriptor made in time, connected below
  ::setrlimit(RLIMIT_NOFILE, &few);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listener_->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool reached =
      ::connect(starved.fd(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const bool noticed = eventually([&] { return refused(Refusal::kDescriptors) > 0; });
  const auto turns = pool_->at(0).stats().turns.get();
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer().first;
  const auto spent = pool_->at(0).stats().turns.get() - turns;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ASSERT_TRUE(reached);
  EXPECT_TRUE(noticed);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << "others are served";
  EXPECT_LT(spent, 50U);
  EXPECT_TRUE(served(starved)) << "and this one as soon as there is room";
}

TEST_F(ListenerTest, ServesAUnixSocketToItsOwner) {
  service_->handle = [](const HttpRequest& request, HttpResponder responder) {
    const bool mine = request.local && request.uid == ::getuid() && request.pid == ::getpid();
    responder.respond(HttpResponse::text(200, mine ? "me" : "stranger"));
  };
  const std::string path =
      fs::temp_directory_path() / ("parley-net-" + std::to_string(::getpid()) + ".sock");
  { std::ofstream(path + ".file") << "no socket"; }
  pool_ = std::make_unique<ShardPool>(ShardPool::Options{.count = 1, .clock = &clock_});
  EXPECT_FALSE(Listener::open_unix(*pool_, {.path = path + ".file"}, service_));
  auto opened = Listener::open_unix(*pool_, {.path = path}, service_);
  ASSERT_TRUE(opened) << opened.status().message();
  listener_ = std::move(opened).value();
  pool_->start();
  struct stat info {};
  ::stat(path.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const auto second = Listener::open_unix(*pool_, {.path = path}, service_);
  ASSERT_FALSE(second) << "a live socket is not taken over";
  RawSocket client = RawSocket::connect_unix(path);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().second, "me");
  stop();
  EXPECT_FALSE(fs::exists(path));
  fs::remove(path + ".file");
}

TEST(IpAddress, ReadsAndWritesAddressesAndNetworks) {
  EXPECT_EQ(IpAddress::parse("203.0.113.7")->to_string(), "203.0.113.7");
  EXPECT_EQ(IpAddress::parse("2001:DB8::1")->to_string(), "2001:db8::1");
  EXPECT_FALSE(IpAddress::parse("localhost"));
  EXPECT_FALSE(IpAddress::parse("1.2.3"));
  EXPECT_TRUE(IpAddress::parse("127.9.9.9")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_EQ(IpAddress::parse("2001:db8:1:2:3::9")->limit_key().to_string(), "2001:db8:1:2::");
  const auto network = Network::parse("10.64.0.0/10");
  EXPECT_TRUE(network->contains(*IpAddress::parse("10.127.1.1")));
  EXPECT_FALSE(network->contains(*IpAddress::parse("10.128.1.1")));
  EXPECT_FALSE(network->contains(*IpAddress::parse("2001:db8::1")));
  EXPECT_TRUE(Network::parse("::/0")->contains(*IpAddress::parse("10.1.1.1")));
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/", "x/8", "::/129", "10.0.0.0/-1"}) {
    EXPECT_FALSE(Network::parse(bad)) << bad;
  }
}

TEST(Endpoint, ReadsAddressesToListenOn) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:80")->to_string(), "127.0.0.1:80");
  EXPECT_EQ(Endpoint::parse("[::1]:0")->to_string(), "[::1]:0");
  EXPECT_EQ(Endpoint::parse(":8080")->to_string(), "0.0.0.0:8080");
  EXPECT_EQ(Endpoint::parse("localhost:1")->to_string(), "127.0.0.1:1");
  for (const char* bad : {"", "8080", "host:80", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:x"}) {
    EXPECT_FALSE(Endpoint::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace parley::net
