// SPDX-License-Identifier: Apache-2.0
// parley-plugin-check FILE.so: holds a built plugin against the contract, each check in a process
// of its own. Exit code 0: it keeps it; 1: it does not, one sentence per finding; 2: not checked.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "checker.h"
#include "report.h"

namespace {

constexpr int kUsage = 2;

int refuse(const std::string& why) {
  std::cerr << why << '\n';
  return kUsage;
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace parley;
  CLI::App app{"Holds a built plugin against the contract", "parley-plugin-check"};
  kit::SubjectOptions subject_options;
  kit::CheckerOptions options;
  std::string config_file, data_folder, format = "table";
  int seconds = 60;
  app.add_option("FILE", subject_options.file, "the built plugin, NAME.so")->required();
  app.add_option("--config", config_file, "its settings, a JSON file")->type_name("FILE");
  app.add_option("--data", data_folder, "its data files, besides the folder NAME beside it")
      ->type_name("DIR");
  app.add_option("--only", options.only, "these checks alone")->type_name("CHECK");
  app.add_option("--reloads", options.reloads, "how often it is reloaded for `memory`")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--timeout", seconds, "seconds for one check")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  app.add_flag("--show-output", options.show_output, "what the plugin itself prints");
  app.add_option("-o,--output", format)->check(CLI::IsMember({"table", "json"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    return refuse(std::string(error.what()) + "\nparley-plugin-check --help shows how.");
  }
  for (const auto& name : options.only) {
    if (std::ranges::none_of(kit::all_checks(), [&](const auto& one) { return one.name == name; }))
      return refuse("there is no check '" + name + "'");
  }
  options.timeout = Millis(1000LL * seconds);
  if (!data_folder.empty()) subject_options.data_folder = data_folder;
  if (!config_file.empty()) {
    std::ifstream in(config_file);
    if (!in) return refuse(config_file + " cannot be read");
    subject_options.config = {std::istreambuf_iterator<char>(in), {}};
  }
  auto subject = kit::Subject::open(subject_options);
  if (!subject) return refuse(subject.status().message());
  const auto findings = kit::check_plugin(**subject, options);
  const std::string file = subject_options.file.string();
  std::cout << (format == "json" ? kit::report_json(file, findings)
                                 : kit::report_text(file, findings));
  return kit::all_held(findings) ? 0 : 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "parley-plugin-check: %s\n", error.what());
  return kUsage;
}
