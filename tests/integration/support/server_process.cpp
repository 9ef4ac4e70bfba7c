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

std::vector<std::string> ServerProcess::command(const std::string& listen,
                                                const std::string& operator_listen,
                                                const std::vector<std::string>& more_set) const {
  std::vector<std::string> words{PARLEY_BINARY_DIR "/bin/parleyd",
                                 "--config",
                                 options_.config,
                                 "--state",
                                 state_.path(),
                                 "--listen",
                                 listen,
                                 "--operator",
                                 operator_listen};
  auto settings = kTestLimits;
  settings.insert(settings.end(), options_.set.begin(), options_.set.end());
  settings.insert(settings.end(), more_set.begin(), more_set.end());
  for (const auto& setting : settings) words.insert(words.end(), {"--set", setting});
  words.insert(words.end(), options_.arguments.begin(), options_.arguments.end());
  return words;
}

ServerProcess::Refusal ServerProcess::refused_start(const std::vector<std::string>& more_set) {
  TempFolder said;
  Child child(command("127.0.0.1:0", "127.0.0.1:0", more_set), said.path() / "out",
              said.path() / "err");
  const auto code = child.wait(kStartPatience);
  return {code.value_or(-1), contents(said.path() / "err")};
}

void ServerProcess::start(const std::string& listen, const std::string& operator_listen) {
  std::filesystem::remove(out_file_);
  child_ = std::make_unique<Child>(command(listen, operator_listen, {}), out_file_, log_file_);
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
