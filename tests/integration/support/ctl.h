// SPDX-License-Identifier: Apache-2.0
// parleyctl against a server that a test started.
//
//   EXPECT_EQ(Ctl(server).run({"plugin", "unload", "dice"}).exit_code, 0);
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "integration/support/server_process.h"

namespace parley::test {

struct CtlResult {
  int exit_code = -1;  // 0 done, 1 refused, 2 usage
  std::string out;
  std::string err;
  std::string text() const;     // for a failure's message
  nlohmann::json json() const;  // of `-o json`; throws TestFailure when it is none
};

class Ctl {
 public:
  explicit Ctl(const ServerProcess& server) : state_(server.state()) {}
  // Waits for at most 30 s; throws TestFailure when it takes longer.
  CtlResult run(const std::vector<std::string>& arguments) const;
  // As run(), and throws unless the exit code is 0.
  CtlResult must(const std::vector<std::string>& arguments) const;

 private:
  std::string state_;
};

}  // namespace parley::test
