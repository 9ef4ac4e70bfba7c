// SPDX-License-Identifier: Apache-2.0
// Commands called with every kind of argument, from every kind of thread.
#include <chrono>
#include <exception>
#include <thread>

#include "check_list.h"

namespace parley::kit {
namespace {

using testing::DeclaredCommand;
using testing::FakeHost;

// Warnings and errors the plugin logged, for a failure's text.
std::string log_of(const FakeHost& host) {
  std::string text;
  for (const testing::Logged& line : host.logs()) {
    if (line.level >= PARLEY_LOG_WARNING) text += "; its log: " + line.text;
  }
  return text.substr(0, 400);
}

void call_one(const Bench& bench, FakeHost& host, const DeclaredCommand& command, SampleKind kind) {
  const std::string what = command.name + " with " + std::string(sample_name(kind)) + " arguments";
  bench.doing("calling " + what);
  const auto reply = host.call(command.name, sample(command, kind), caller_for(command));
  // A cooldown must not hide the next call; and who waits for a timer or a person is answered by
  // the host at the deadline.
  host.advance(std::chrono::milliseconds(command.cooldown));
  if (!reply.answered()) host.advance(std::chrono::hours(1));
  if (!reply.answered()) throw Broken(what + ": not answered, not even at the deadline");
  // What is no UTF-8 would be stopped by a server: the plugin only has to live on.
  if (reply.code() == "plugin_error" && kind != SampleKind::kNotUtf8)
    throw Broken(what + ": neither answered nor deferred, or returned an error" + log_of(host));
}

Seen call_with(const Bench& bench, SampleKind kind) {
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  const std::size_t calls = call_all(bench, *host, kind);
  bench.doing("stopping");
  return {counted(calls, "command") + " called"};
}

// Calls on a thread of their own; what they throw is thrown on.
template <typename Work>
void on_new_thread(FakeHost& host, Work work) {
  std::exception_ptr failure;
  std::thread([&] {
    host.move_to_this_thread();
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  host.move_to_this_thread();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

std::size_t call_all(const Bench& bench, FakeHost& host, SampleKind kind) {
  const auto commands = host.commands();
  for (const DeclaredCommand& command : commands) call_one(bench, host, command, kind);
  if (kind != SampleKind::kNotUtf8) expect_behaved(host);
  return commands.size();
}

Seen check_calls(const Bench& bench) {
  return call_with(bench, SampleKind::kUsual);
}
Seen check_largest(const Bench& bench) {
  return call_with(bench, SampleKind::kLargest);
}
Seen check_empty(const Bench& bench) {
  return call_with(bench, SampleKind::kEmpty);
}
Seen check_not_utf8(const Bench& bench) {
  return call_with(bench, SampleKind::kNotUtf8);
}

Seen check_threads(const Bench& bench) {
  constexpr std::size_t kThreads = 8;
  const auto image = open_image(bench);
  const auto host = start_plugin(bench, options_for(bench, *image));
  for (std::size_t i = 0; i < kThreads; ++i)
    on_new_thread(*host, [&] { call_all(bench, *host, SampleKind::kUsual); });
  bench.doing("stopping on another thread than it was started on");
  return {"called from " + counted(kThreads, "thread")};
}

}  // namespace parley::kit
