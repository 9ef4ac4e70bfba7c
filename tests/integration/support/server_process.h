// SPDX-License-Identifier: Apache-2.0
// The real server in its own process, with its own state folder and free ports.
//
//   ServerProcess server({.set = {"limits.rate=5", "limits.burst=5"}});
//   Client neo(server.port());
//
// Limits hold on loopback too; kTestLimits lists the ones that tests raise, every other is the
// default. Ownership: destruction kills the process and removes the state folder. Failure:
// TestFailure with the server's log when it does not come up or does not stop.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <signal.h>

#include "integration/support/child.h"

namespace parley::test {

// What a test may say to a server that is started.
struct ServerOptions {
  std::vector<std::string> set;        // key.path=value, after kTestLimits
  std::vector<std::string> arguments;  // further flags, as they stand
  std::string config = PARLEY_SOURCE_DIR "/config/parley.yaml";
};

// With PARLEY_TEST_ISOLATION=process every plugin runs in a child process: the dialogues are the same.
bool plugins_in_children();
// What a test writes into plugins.d, with where the plugin runs.
std::string placed(std::string settings);

inline const std::vector<std::string> kTestLimits{"limits.new_connections=1000",
                                                  "drain.spread=100ms"};

class ServerProcess {
 public:
  explicit ServerProcess(ServerOptions options = {});
  ~ServerProcess();  // one that ended unasked fails the test, with its log
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }
  std::uint16_t operator_port() const { return operator_port_; }
  const std::filesystem::path& state() const { return state_.path(); }
  pid_t pid() const { return child_->pid(); }
  bool running() { return child_->running(); }

  void terminate() { child_->signal(SIGTERM); }  // asks; wait_for_exit() tells how it went
  int wait_for_exit(std::chrono::milliseconds time = kPatience * 2);
  int stop();   // SIGTERM and the exit code
  void kill();  // SIGKILL, as a crash or the out-of-memory killer would
  // The same state folder and the same ports again. The process must have ended.
  void start_again();

  // Starts on the same state folder although that must fail: the exit code and what it said.
  struct Refusal {
    int exit_code = -1;
    std::string sentence;
  };
  Refusal refused_start(const std::vector<std::string>& more_set = {});

  std::string log() const { return contents(log_file_); }  // standard error
  std::string standard_output() const { return contents(out_file_); }

 private:
  std::vector<std::string> command(const std::string& listen, const std::string& operator_listen,
                                   const std::vector<std::string>& more_set) const;
  void isolate_bundled_plugins();
  void start(const std::string& listen, const std::string& operator_listen);
  std::uint16_t announced(const std::string& word);

  ServerOptions options_;
  TempFolder folder_;  // the kit's own files
  TempFolder state_;
  TempFolder plugin_settings_;
  std::filesystem::path out_file_, log_file_;
  std::unique_ptr<Child> child_;
  bool awaited_ = false;  // the test knows that it ended
  std::uint16_t port_ = 0, operator_port_ = 0;
};

}  // namespace parley::test
