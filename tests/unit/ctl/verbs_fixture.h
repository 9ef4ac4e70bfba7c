// SPDX-License-Identifier: Apache-2.0
// A verb run against a server of canned answers, and what it printed.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin_server.h"
#include "ctl/command_line.h"
#include "support/temp_folder.h"

namespace parley::ctl {

class VerbsTest : public ::testing::Test {
 protected:
  // Runs one command against the test's server; what it printed is in out_ and err_.
  int run(std::vector<std::string> words) {
    out_.str("");
    err_.str("");
    Terminal terminal{out_,
                      err_,
                      0,
                      [this](const std::string&) -> Result<std::string> {
                        if (typed_.empty())
                          return Status::invalid_args("there is no terminal to ask on");
                        const auto line = typed_.front();
                        typed_.erase(typed_.begin());
                        return line;
                      },
                      {}};
    if (!said_.empty()) {
      terminal.ask = [this](const std::string& question) {
        asked_ = question;
        return said_;
      };
    }
    std::vector<const char*> argv{"parleyctl", "--state", state_.c_str()};
    for (const auto& word : words) argv.push_back(word.c_str());
    return ctl::run(static_cast<int>(argv.size()), argv.data(), terminal);
  }
  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }
  Asked last_asked() const { return server_.asked().empty() ? Asked{} : server_.asked().back(); }

  TempFolder folder_;
  std::string state_ = folder_.path();
  AdminServer server_{folder_.path("admin.sock")};
  std::vector<std::string> typed_;
  std::string said_, asked_;  // at a terminal; empty: there is none
  std::ostringstream out_, err_;
};

}  // namespace parley::ctl
