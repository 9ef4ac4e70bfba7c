// SPDX-License-Identifier: Apache-2.0
#include "integration/support/server_process.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

namespace parley::test {
namespace {

// A sanitized server loads and answers several times slower than a release one.
constexpr std::chrono::milliseconds kStartPatience{30'000};

constexpr const char* kSettingsKey = "plugins.settings=";

}  // namespace

bool plugins_in_children() {
  const char* where = std::getenv("PARLEY_TEST_ISOLATION");
  return where != nullptr && std::string(where) == "process";
}

std::string placed(std::string settings) {
  const std::string here = "isolation: in-process\n", there = "isolation: process\n";
  const auto at = settings.find(here);
  if (!plugins_in_children()) return settings;
  if (at == settings.npos) return settings + there;
  return settings.replace(at, here.size(), there);
}

ServerProcess::ServerProcess(ServerOptions options)
    : options_(std::move(options)),
      out_file_(folder_.path() / "out"),
      log_file_(folder_.path() / "log") {
  if (plugins_in_children()) isolate_bundled_plugins();
  start("127.0.0.1:0", "127.0.0.1:0");
}

// Whatever the test saw of it, a connection that closed or a refusal, this is why.
ServerProcess::~ServerProcess() {
  if (awaited_ || child_ == nullptr || child_->running()) return;
  ADD_FAILURE() << "the server ended by itself with " << child_->wait(kPatience).value_or(-1)
                << "; its log:\n"
                << log();
}

// The shipped settings, changed in that one word; a test that brings its own says it itself.
void ServerProcess::isolate_bundled_plugins() {
  const auto brings_its_own = [](const std::string& setting) {
    return setting.rfind(kSettingsKey, 0) == 0;
  };
  if (std::any_of(options_.set.begin(), options_.set.end(), brings_its_own)) return;
  for (const auto& file :
       std::filesystem::directory_iterator(PARLEY_SOURCE_DIR "/config/plugins.d")) {
    if (!file.is_regular_file()) continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    std::ofstream(plugin_settings_.path() / file.path().filename()) << placed(text.str());
  }
  options_.set.push_back(kSettingsKey + plugin_settings_.path().string());
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
  awaited_ = false;
  port_ = announced("ready");
  operator_port_ = announced("operator");
}

// The port in the line "<word> http://127.0.0.1:PORT/" of standard output.
std::uint16_t ServerProcess::announced(const std::string& word) {
  const std::regex line("(^|\n)" + word + " https?://[^/]*:([0-9]+)/\n");
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
  awaited_ = true;
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
