// SPDX-License-Identifier: Apache-2.0
// parley-bench-load: the load generator of scripts/bench. One thread, loopback only, one line of JSON out.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <sched.h>
#include <sys/resource.h>

#include "bench/load/generator.h"

namespace parley::bench {
namespace {

constexpr const char* kUsage =
    "usage: parley-bench-load --port N [--dialect parley|ws-json|socket.io]\n"
    "  [--work round-trip|fan-out] [--connections N] [--in-flight N] [--seconds S] [--warm-up S]\n"
    "  [--connect-rate N] [--fan-command NAME] [--fan-text-key NAME] [--cpu N]\n";

using Setter = std::function<void(Options&, const std::string&)>;
const std::map<std::string, Setter> kFlags{
    {"--port", [](auto& o, const auto& v) { o.port = static_cast<std::uint16_t>(std::stoul(v)); }},
    {"--dialect", [](auto& o, const auto& v) { o.dialect = v; }},
    {"--work", [](auto& o, const auto& v) { o.work = v; }},
    {"--connections", [](auto& o, const auto& v) { o.connections = std::stoi(v); }},
    {"--in-flight", [](auto& o, const auto& v) { o.in_flight = std::stoi(v); }},
    {"--seconds", [](auto& o, const auto& v) { o.seconds = std::stod(v); }},
    {"--warm-up", [](auto& o, const auto& v) { o.warm_up = std::stod(v); }},
    {"--connect-rate", [](auto& o, const auto& v) { o.connect_rate = std::stod(v); }},
    {"--fan-command", [](auto& o, const auto& v) { o.fan_command = v; }},
    {"--fan-text-key", [](auto& o, const auto& v) { o.fan_text_key = v; }},
    {"--cpu", [](auto& o, const auto& v) { o.cpu = std::stoi(v); }},
};

Options parse(int count, char** words) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const auto flag = kFlags.find(words[i]);
    if (flag == kFlags.end() || i + 1 == count)
      throw std::invalid_argument(std::string("what does '") + words[i] + "' mean?");
    flag->second(options, words[i + 1]);
  }
  if (options.port == 0 || options.connections < 1 || options.in_flight < 1)
    throw std::invalid_argument("--port is needed; counts start at 1");
  return options;
}

void pin(int cpu) {
  if (cpu < 0) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0)
    std::cerr << "cannot pin to CPU " << cpu << "\n";
}

void allow_descriptors(int connections) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, static_cast<rlim_t>(connections) + 64);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

double percentile_us(std::vector<std::uint32_t> latencies, double share) {
  if (latencies.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(latencies.size() - 1));
  std::nth_element(latencies.begin(), latencies.begin() + at, latencies.end());
  return std::round(static_cast<double>(latencies[static_cast<std::size_t>(at)]) / 100) / 10;
}

int run(const Options& options) {
  const auto dialect = make_dialect(options.dialect);
  if (!dialect) throw std::invalid_argument("unknown dialect " + options.dialect);
  const auto work = make_work(options, *dialect);
  if (!work) throw std::invalid_argument("unknown work " + options.work);
  pin(options.cpu);
  allow_descriptors(options.connections);
  Generator generator(options, *dialect, *work);
  const bool whole = generator.run();
  const auto& tally = work->tally();
  const nlohmann::ordered_json result{
      {"work", options.work},
      {"connections", options.connections},
      {"in_flight", options.in_flight},
      {"per_second",
       std::round(static_cast<double>(tally.frames) / std::max(generator.window_seconds(), 1e-9))},
      {"p50_us", percentile_us(tally.latencies, 0.50)},
      {"p99_us", percentile_us(tally.latencies, 0.99)},
      {"frames", tally.frames},
      {"wrong", tally.wrong},
      {"generator_cpu", std::round(generator.cpu_share() * 100) / 100}};
  std::cout << result.dump() << "\n";
  if (!whole) std::cerr << "parley-bench-load: " << generator.problem() << "\n";
  if (tally.wrong) std::cerr << "parley-bench-load: wrong answer: " << tally.first_wrong << "\n";
  return whole && tally.wrong == 0 && tally.frames > 0 ? 0 : 1;
}

}  // namespace
}  // namespace parley::bench

int main(int count, char** words) try {
  return parley::bench::run(parley::bench::parse(count, words));
} catch (const std::exception& error) {
  std::cerr << "parley-bench-load: " << error.what() << "\n" << parley::bench::kUsage;
  return 2;
}
