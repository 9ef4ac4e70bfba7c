// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/net/net_fixture.h"

namespace parley::api {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class RouterTest : public net::NetTest {
 protected:
  RouterTest() {
    router_.add("GET", "/things/{id}",
                [](const auto&, const PathValues& values, net::HttpResponder responder) {
                  responder.respond(net::HttpResponse::text(200, "thing " + values.at("id")));
                });
    router_.add("POST", "/things",
                [](const auto& request, const PathValues&, net::HttpResponder responder) {
                  responder.respond(net::HttpResponse::text(200, "made " + request.body));
                });
    service_->handle = [this](const net::HttpRequest& request, net::HttpResponder responder) {
      router_.route(request, std::move(responder));
    };
    start();
  }
  std::string ask(const std::string& method, const std::string& path) {
    auto client = connect();
    client.send(method + " " + path +
                " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return client.read_all();
  }
  Router router_;
};

TEST_F(RouterTest, PathValuesAreDecodedAfterTheSplit) {
  EXPECT_THAT(ask("GET", "/things/a%2Fb"), HasSubstr("thing a/b"));
  EXPECT_THAT(ask("GET", "/things/%zz"), HasSubstr("404"));
  EXPECT_THAT(ask("GET", "/things/"), HasSubstr("404"));
  EXPECT_THAT(ask("GET", "/things/a/b"), HasSubstr("404"));
}

TEST_F(RouterTest, UnknownPathsAndMethodsAreToldApart) {
  EXPECT_THAT(ask("GET", "/nothing"), HasSubstr("404"));
  EXPECT_THAT(ask("DELETE", "/things"), AllOf(HasSubstr("405"), HasSubstr("Allow: POST\r\n")));
  EXPECT_THAT(ask("POST", "/things/1"), HasSubstr("Allow: GET, HEAD\r\n"));
  EXPECT_THAT(ask("POST", "/things"), HasSubstr("made "));
}

}  // namespace
}  // namespace parley::api
