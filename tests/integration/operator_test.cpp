// SPDX-License-Identifier: Apache-2.0
// The operator port and what it keeps from others.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class Operator : public SharedServer {
 protected:
  static Http http() { return Http::tcp(server().operator_port()); }
};

TEST_F(Operator, SaysThatItIsHealthyAndReady) {
  EXPECT_EQ(http().get("/healthz").status, 200);
  EXPECT_EQ(http().get("/readyz").status, 200);
}

TEST_F(Operator, MetricsCountWhatClientsDo) {
  Client neo(server().port());
  neo.enter("Counted");
  ASSERT_EQ(neo.ask({{"action", "roll"}, {"dice", "1d6"}}, 1)["type"], "diceRolled");
  const auto metrics = http().get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.header("content-type").substr(0, 10), "text/plain");
  for (const std::string word : {"# TYPE parley_", "connections", "roll"})
    EXPECT_NE(metrics.body.find(word), std::string::npos) << word << "\n" << metrics.body;
}

TEST_F(Operator, ForeignHostIsMisdirected) {
  for (const std::string path : {"/healthz", "/metrics"})
    EXPECT_EQ(http().get(path, {{"Host", "evil.example"}}).status, 421) << path;
}

TEST_F(Operator, ItsNamesAreComparedAsDnsNamesAre) {
  const auto port = ":" + std::to_string(server().operator_port());
  for (const std::string name : {"LocalHost", "localhost."})
    EXPECT_EQ(http().get("/healthz", {{"Host", name + port}}).status, 200) << name;
}

TEST_F(Operator, ForeignOriginIsRefused) {
  const auto response = http().get("/metrics", {{"Origin", "http://evil.example"}});
  EXPECT_EQ(response.status, 403) << response.text();
}

TEST_F(Operator, ClientPortServesNoneOfIt) {
  for (const std::string path :
       {"/metrics", "/healthz", "/readyz", "/admin", "/api/admin/v1/status"})
    EXPECT_EQ(Http::tcp(server().port()).get(path).body.find("parley_connections"),
              std::string::npos)
        << path;
}

TEST_F(Operator, UnknownPathIsNotFound) {
  EXPECT_EQ(http().get("/nonesuch").status, 404);
}

TEST_F(Operator, StandardOutputCarriesOnlyTheTwoAddresses) {
  const auto port = [](std::uint16_t number) { return std::to_string(number); };
  EXPECT_EQ(server().standard_output(),
            "ready http://127.0.0.1:" + port(server().port()) +
                "/\noperator http://127.0.0.1:" + port(server().operator_port()) + "/\n");
}

TEST_F(Operator, StatusAndSessionsComeAsJson) {
  Client neo(server().port());
  const auto welcome = neo.enter("Watched");
  EXPECT_TRUE(Ctl(server()).must({"status", "-o", "json"}).json().is_object());
  const auto sessions = Ctl(server()).must({"sessions", "-o", "json"}).out;
  EXPECT_NE(sessions.find(welcome.at("data").at("session").get<std::string>()), std::string::npos)
      << sessions;
}

}  // namespace
}  // namespace parley::test
