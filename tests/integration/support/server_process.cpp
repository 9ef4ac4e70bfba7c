// SPDX-License-Identifier: Apache-2.0
#include "integration/support/server_process.h"

#include <regex>

namespace parley::test {
namespace {

// A sanitized server loads and answers several times slower than a release one.
constexpr std::chrono::milliseconds kStartPatience{30'000};

}  // namespace

ServerProcess::ServerProcess(ServerOptions options)
    : options_(std::move(options)),
      out_file_(folder_.path() / "out"),
      log_file_(folder_.path() / "log") {
  start("127.0.0.1:0", "127.0.0.1:0");
}

void ServerProcess::start(const std::string& listen, const std::string& operator_listen) {
  std::vector<std::string> command{PARLEY_BINARY_DIR "/bin/parleyd",
                                   "--config",
                                   PARLEY_SOURCE_DIR "/config/parley.yaml",
                                   "--state",
                                   state_.path(),
                                   "--listen",
                                   listen,
                                   "--operator",
                                   operator_listen};
  auto settings = kTestLimits;
  settings.insert(settings.end(), options_.set.begin(), options_.set.end());
  for (const auto& setting : settings) command.insert(command.end(), {"--set", setting});
  command.insert(command.end(), options_.arguments.begin(), options_.arguments.end());
  std::filesystem::remove(out_file_);
  child_ = std::make_unique<Child>(command, out_file_, log_file_);
  port_ = announced("ready");
  operator_port_ = announced("operator");
}

// The port in the line "<word> http://127.0.0.1:PORT/" of standard output.
std::uint16_t ServerProcess::announced(const std::string& word) {
  const std::regex line("(^|\n)" + word + " http://[^/]*:([0-9]+)/\n");
  const auto deadline = within(kStartPatience);
  for (;;) {
    const bool running = child_->running();
    std::smatch match;
    const auto out = standard_output();
    if (std::regex_search(out, match, line)) return static_cast<std::uint16_t>(std::stoi(match[2]));
    if (!running || !child_->wait_for_output(deadline))
      throw TestFailure("the server did not say '" + word + "'" +
                        (running ? "" : " before it ended") + "; its log:\n" + log());
  }
}

int ServerProcess::wait_for_exit(std::chrono::milliseconds time) {
  const auto code = child_->wait(time);
  if (!code) throw TestFailure("the server did not end; its log:\n" + log());
  return *code;
}

int ServerProcess::stop() {
  terminate();
  return wait_for_exit();
}

void ServerProcess::kill() {
  child_->signal(SIGKILL);
  wait_for_exit();
}

void ServerProcess::start_again() {
  if (running()) throw TestFailure("start_again() on a server that still runs");
  start("127.0.0.1:" + std::to_string(port_), "127.0.0.1:" + std::to_string(operator_port_));
}

}  // namespace parley::test
