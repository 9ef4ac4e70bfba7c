// SPDX-License-Identifier: Apache-2.0
// parley-plugin-run FILE.so: talk to one plugin on the terminal, or through a pipe, without a
// server. Exit code 0; 1: it did not start, or --strict and something was answered with an error;
// 2: usage.
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "command/command_spec.h"
#include "prompt.h"
#include "subject.h"

namespace {

constexpr int kRefused = 1, kUsage = 2;

int refuse(int code, const std::string& why) {
  std::cerr << why << '\n';
  return code;
}

// Whether every line was answered without an error.
bool talk(parley::testing::FakeHost& host, const std::string& title) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0;
  parley::kit::Prompt prompt(host, std::cout);
  prompt.greet(title);
  for (std::string line;;) {
    if (terminal) std::cout << "> " << std::flush;
    if (!std::getline(std::cin, line)) break;
    if (!terminal) std::cout << "> " << line << '\n';  // so that the output reads as a dialogue
    if (!prompt.take(line)) break;
    std::cout << std::flush;
  }
  return !prompt.failed();
}

int run(const parley::kit::SubjectOptions& options, bool strict) {
  using namespace parley;
  const auto subject = kit::Subject::open(options);
  if (!subject) return refuse(kUsage, subject.status().message());
  const auto image = kit::Image::open(**subject);
  if (!image) return refuse(kRefused, image.status().message());
  auto host_options = kit::host_options(**subject, **image);
  if (!host_options) return refuse(kRefused, host_options.status().message());
  host_options->now = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  const auto& manifest = (*image)->manifest();
  try {
    testing::FakeHost host(*host_options);
    host.set_request_budget(command::CommandSpec().deferred_budget);
    const bool well =
        talk(host, manifest.id + " " + manifest.version + ": " + manifest.description);
    return well || !strict ? 0 : kRefused;
  } catch (const std::runtime_error& refusal) {
    return refuse(kRefused, manifest.id + " does not start: " + refusal.what());
  }
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Talks to one plugin without a server", "parley-plugin-run"};
  parley::kit::SubjectOptions options;
  std::string config_file, data_folder;
  std::vector<std::string> permissions;
  bool strict = false;
  app.add_option("FILE", options.file, "the built plugin, NAME.so")->required();
  app.add_option("--config", config_file, "its settings, a JSON file")->type_name("FILE");
  app.add_option("--data", data_folder, "its data files, besides the folder NAME beside it")
      ->type_name("DIR");
  auto* granted =
      app.add_option("--grant", permissions, "these permissions alone, not all it asks for");
  app.add_flag("--strict", strict, "exit code 1 when a line is answered with an error");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    return refuse(kUsage, std::string(error.what()) + "\nparley-plugin-run --help shows how.");
  }
  if (!data_folder.empty()) options.data_folder = data_folder;
  if (granted->count() > 0) options.permissions = permissions;
  if (!config_file.empty()) {
    std::ifstream in(config_file);
    if (!in) return refuse(kUsage, config_file + " cannot be read");
    options.config = {std::istreambuf_iterator<char>(in), {}};
  }
  return run(options, strict);
} catch (const std::exception& error) {
  std::fprintf(stderr, "parley-plugin-run: %s\n", error.what());
  return kUsage;
}
