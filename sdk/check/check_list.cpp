// SPDX-License-Identifier: Apache-2.0
#include "check_list.h"

namespace parley::kit {

const std::vector<Check>& all_checks() {
  static const std::vector<Check> kChecks{
      {"file", "is a shared object for this machine", check_file, true},
      {"symbols", "exports its entry alone, and nothing pins it in memory", check_symbols},
      {"entry", "opens, and its entry is sane", check_entry, true},
      {"settings", "declares its settings so that a server can check them", check_settings},
      {"start", "starts and declares commands that a server takes", check_commands, true},
      {"start-stop", "starts and stops 100 times in one process", check_start_stop},
      {"calls", "answers every command exactly once", check_calls},
      {"largest", "takes arguments as large as a frame", check_largest},
      {"empty", "takes empty and least arguments", check_empty},
      {"not-utf8", "survives texts that are no UTF-8", check_not_utf8},
      {"threads", "does not care which OS thread calls it", check_threads},
      {"late-answers", "lives on when its answers come too late", check_late_answers},
      {"denied", "starts without a permission, or refuses with a sentence", check_denied},
      {"state", "hands its state over at a reload, byte for byte", check_state},
      {"threads-left", "leaves no thread behind", check_threads_left},
      {"unmapped", "is gone from memory after an unload", check_unmapped},
      {"memory", "needs no more memory after many reloads", check_memory},
  };
  return kChecks;
}

std::unique_ptr<Image> open_image(const Bench& bench) {
  bench.doing("opening the file");
  auto image = Image::open(bench.subject);
  if (!image) throw Broken(image.status().message());
  return std::move(*image);
}

testing::HostOptions options_for(const Bench& bench, const Image& image) {
  auto options = host_options(bench.subject, image);
  if (!options) throw Broken(options.status().message() + "; give settings with --config");
  return std::move(*options);
}

std::unique_ptr<testing::FakeHost> start_plugin(const Bench& bench,
                                                const testing::HostOptions& options) {
  bench.doing("starting");
  try {
    return std::make_unique<testing::FakeHost>(options);
  } catch (const std::exception& refusal) {
    throw Broken(std::string("does not start: ") + refusal.what());
  }
}

void expect_behaved(const testing::FakeHost& host) {
  for (const testing::Logged& line : host.logs()) {
    if (line.level == PARLEY_LOG_MISBEHAVING) throw Broken("breaks the contract: " + line.text);
  }
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace parley::kit
