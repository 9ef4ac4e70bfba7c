// SPDX-License-Identifier: Apache-2.0
// What the topics share: one server for the tests of a suite, and the check that it goes on.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "integration/support/client.h"
#include "integration/support/ctl.h"
#include "integration/support/http.h"
#include "integration/support/server_process.h"

namespace parley::test {

// Tests of one suite share a server with default limits; guests therefore take names of their own.
// A test that restarts, drains or configures the server starts a ServerProcess by itself.
class SharedServer : public ::testing::Test {
 protected:
  // Started by the first test that asks, so that a server that does not start fails a test.
  static ServerProcess& server() {
    if (!server_) server_ = std::make_unique<ServerProcess>();
    return *server_;
  }
  static void TearDownTestSuite() { server_.reset(); }

 private:
  inline static std::unique_ptr<ServerProcess> server_;
};

// A newcomer is welcomed and answered.
inline void expect_goes_on(ServerProcess& server) {
  ASSERT_TRUE(server.running()) << server.log();
  static int newcomers = 0;
  Client newcomer(server.port());
  newcomer.enter("newcomer" + std::to_string(++newcomers));
  EXPECT_EQ(newcomer.ask({{"action", "ping"}, {"t", 1}}, "on")["type"], "pong");
}

inline std::string error_code(const Json& frame) {
  if (frame.value("type", "") != "error") return "no error but " + frame.dump();
  return frame.at("data").value("code", "");
}

}  // namespace parley::test
