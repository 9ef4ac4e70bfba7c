// SPDX-License-Identifier: Apache-2.0
#include "api/listen_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/operator_port.h"

namespace parley::api {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

config::Config listening(const std::string& client, const std::string& port = "127.0.0.1:0") {
  config::Config config;
  config.listen.address = client;
  config.listen.operator_address = port;
  return config;
}

TEST(ListenRulesTest, LoopbackNeedsNothing) {
  for (const std::string address : {"127.0.0.1:8080", "[::1]:8080", "localhost:0"}) {
    EXPECT_TRUE(check_listen(listening(address))) << address;
  }
}

TEST(ListenRulesTest, OffLoopbackNeedsTlsOrAProxyOrConsent) {
  auto config = listening("0.0.0.0:8080");
  EXPECT_THAT(check_listen(config).message(), HasSubstr("listen.allow_plaintext"));
  auto consented = config;
  consented.listen.allow_plaintext = true;
  EXPECT_TRUE(check_listen(consented));
  config.http.trusted_proxies = {"10.0.0.0/8"};
  EXPECT_TRUE(check_listen(config));
}

TEST(ListenRulesTest, WithoutTlsTheOperatorPortStaysOnLoopback) {
  auto config = listening("127.0.0.1:0", "0.0.0.0:8081");
  config.listen.allow_plaintext = true;
  config.http.trusted_proxies = {"10.0.0.0/8"};
  config.listen.tls = {.certificate = "cert.pem", .key = "key.pem"};
  EXPECT_THAT(check_listen(config).message(), HasSubstr("SSH tunnel"));
  config.listen.operator_tls = {.certificate = "cert.pem", .key = "key.pem"};
  EXPECT_TRUE(check_listen(config));
}

TEST(ListenRulesTest, AnAddressThatIsNoneIsNamed) {
  EXPECT_THAT(check_listen(listening("nonsense")).message(), HasSubstr("listen.address"));
  EXPECT_THAT(check_listen(listening("127.0.0.1:0", "nonsense")).message(),
              HasSubstr("listen.operator_address"));
}

TEST(ListenRulesTest, NamesAreComparedAsDnsNamesAre) {
  for (const char* same :
       {"chat.example.org:8081", "Chat.EXAMPLE.org:8081", "chat.example.org.:8081"})
    EXPECT_EQ(host_key(same), "chat.example.org:8081") << same;
  EXPECT_EQ(host_key("LOCALHOST."), "localhost");
  EXPECT_EQ(host_key("[::1]:80"), "[::1]:80");
  EXPECT_EQ(host_key("8081"), "8081");
  EXPECT_EQ(host_key(""), "");
  auto config = listening("127.0.0.1:0");
  config.http.operator_hosts = {"Ops.Example.org:8081"};
  EXPECT_TRUE(operator_hosts(config, 8081).contains("ops.example.org:8081"));
  config.http.public_origins = {"https://Chat.Example.org"};
  EXPECT_THAT(allowed_origins(config, 80), UnorderedElementsAre("https://chat.example.org"));
}

TEST(ListenRulesTest, NamesAreTheAddressesOwnOrTheConfigured) {
  auto config = listening("127.0.0.1:0");
  EXPECT_THAT(
      allowed_origins(config, 80),
      UnorderedElementsAre("http://127.0.0.1:80", "http://localhost:80", "http://[::1]:80"));
  EXPECT_THAT(operator_hosts(config, 81),
              UnorderedElementsAre("127.0.0.1:81", "localhost:81", "[::1]:81"));
  config.http.public_origins = {"https://chat.example.org"};
  config.http.operator_hosts = {"console.example.org"};
  EXPECT_THAT(allowed_origins(config, 80), UnorderedElementsAre("https://chat.example.org"));
  EXPECT_THAT(operator_hosts(config, 81), UnorderedElementsAre("127.0.0.1:81", "localhost:81",
                                                               "[::1]:81", "console.example.org"));
}

TEST(DescendsFromUsTest, ChildrenDoAndParentsDoNot) {
  EXPECT_TRUE(descends_from_us(::getpid()));
  EXPECT_FALSE(descends_from_us(::getppid()));
  EXPECT_FALSE(descends_from_us(1));
  EXPECT_FALSE(descends_from_us(0));
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    ::close(ends[1]);
    (void)!::read(ends[0], &byte, 1);  // until the test closes its end
    ::_exit(0);
  }
  EXPECT_TRUE(descends_from_us(child));
  ::close(ends[0]);
  ::close(ends[1]);
  int code = 0;
  EXPECT_EQ(::waitpid(child, &code, 0), child);
  EXPECT_FALSE(descends_from_us(child)) << "gone";
}

}  // namespace
}  // namespace parley::api
