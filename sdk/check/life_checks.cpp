// SPDX-License-Identifier: Apache-2.0
// Starting, stopping and what a plugin leaves behind.
#include <algorithm>
#include <chrono>
#include <filesystem>

#include "check_list.h"
#include "declared_specs.h"

namespace parley::kit {
namespace {

std::size_t threads_now() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

// What a server refuses at the load, and what its users would miss.
std::string missing_help(const std::vector<testing::DeclaredCommand>& commands) {
  for (const auto& command : commands) {
    if (command.help.empty()) return "command " + command.name + " has no help text";
    for (const auto& argument : command.arguments) {
      if (argument.help.empty())
        return "argument " + argument.name + " of " + command.name + " has no help text";
    }
  }
  return {};
}

// True when it starts without it; throws when it refuses without a word, or breaks.
bool starts_without(const Bench& bench, const Image& image, const std::string& permission) {
  auto options = options_for(bench, image);
  std::erase(*options.permissions, permission);
  bench.doing("starting without the permission " + permission);
  try {
    testing::FakeHost host(options);
    call_all(bench, host, SampleKind::kUsual);
    bench.doing("stopping, started without the permission " + permission);
    return true;
  } catch (const Broken& broken) {
    throw Broken("without the permission " + permission + ": " + broken.what());
  } catch (const std::exception& refusal) {
    const std::string words = refusal.what();  // "start: " and the plugin's own sentence
    if (words.size() < std::string("create: ab").size())
      throw Broken("refuses to start without the permission " + permission +
                   " and does not say why: write a sentence to `why`");
    return false;
  }
}

}  // namespace

Seen check_commands(const Bench& bench) {
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  for (const auto& command : host->commands()) {
    if (auto status = command::validate(spec_of(command)); !status)
      throw Broken("a server refuses this: " + status.message());
  }
  expect_behaved(*host);
  bench.doing("stopping");
  if (const auto missing = missing_help(host->commands()); !missing.empty())
    return {missing + ": people see it in /help and while they type", true};
  return {counted(host->commands().size(), "command")};
}

Seen check_start_stop(const Bench& bench) {
  constexpr int kTimes = 100;
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  for (int i = 1; i < kTimes; ++i) {
    bench.doing("starting again, the time number " + std::to_string(i + 1));
    host->restart();
  }
  const std::size_t calls = call_all(bench, *host, SampleKind::kUsual);
  bench.doing("stopping");
  return {"and then answers " + counted(calls, "command")};
}

Seen check_late_answers(const Bench& bench) {
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  host->hold();
  for (const auto& command : host->commands())
    host->call(command.name, sample(command, SampleKind::kUsual), caller_for(command));
  bench.doing("letting every deadline pass while completions wait");
  host->advance(std::chrono::hours(1));
  bench.doing("delivering completions after the deadline");
  host->settle();
  const auto late = host->late_answers();
  call_all(bench, *host, SampleKind::kUsual);
  bench.doing("stopping");
  return {counted(late, "answer") + " came too late"};
}

Seen check_denied(const Bench& bench) {
  const auto image = open_image(bench);
  const auto& asked = image->manifest().permissions;
  if (asked.empty()) throw NotApplicable("it asks for no permission");
  std::string needed;
  for (const auto& permission : asked) {
    if (!starts_without(bench, *image, permission))
      needed += (needed.empty() ? "" : ", ") + permission;
  }
  return {needed.empty() ? "it starts without any of them" : "refused with a reason: " + needed};
}

Seen check_state(const Bench& bench) {
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  call_all(bench, *host, SampleKind::kUsual);
  bench.doing("saving its state");
  try {
    const auto before = host->saved_state();
    if (before.schema == 0) throw NotApplicable("it keeps no state");
    bench.doing("handing its state to a second instance");
    host->reload();
    bench.doing("saving its state again");
    const auto after = host->saved_state();
    if (after.bytes != before.bytes || after.schema != before.schema)
      throw Broken("what it saves after a reload differs from what it was handed: " +
                   counted(before.bytes.size(), "byte") + " before, " +
                   std::to_string(after.bytes.size()) +
                   " after; load must take all that save wrote");
    call_all(bench, *host, SampleKind::kUsual);
    bench.doing("stopping");
    return {counted(before.bytes.size(), "byte") + ", schema " + std::to_string(before.schema)};
  } catch (const Broken&) {
    throw;
  } catch (const NotApplicable&) {
    throw;
  } catch (const std::runtime_error& refusal) {
    throw Broken(std::string("refuses a reload: ") + refusal.what());
  }
}

Seen check_threads_left(const Bench& bench) {
  const std::size_t before = threads_now();
  const auto image = open_image(bench);
  {
    const auto host = start_plugin(bench, options_for(bench, *image));
    call_all(bench, *host, SampleKind::kUsual);
    bench.doing("stopping");
  }
  const std::size_t after = threads_now();
  if (after > before)
    throw Broken(counted(after - before, "thread") +
                 " still there after stop: join them in the destructor, or use background()");
  return {"none"};
}

}  // namespace parley::kit
