// SPDX-License-Identifier: Apache-2.0
#include "bench/load/generator.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace parley::bench {
namespace {

constexpr std::size_t kScratch = 256 * 1024;
constexpr int kMostPending = 32;               // handshakes under way at once
constexpr std::uint64_t kSetUpPatience = 120;  // seconds
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr std::uint64_t kJoinId = 2;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::uint64_t after(double seconds) {
  return now() + static_cast<std::uint64_t>(seconds * static_cast<double>(kSecond));
}

}  // namespace

Generator::Generator(const Options& options, const Dialect& dialect, Work& work)
    : options_(options),
      dialect_(dialect),
      work_(work),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      scratch_(kScratch) {}

Generator::~Generator() {
  clients_.clear();
  ::close(epoll_);
}

bool Generator::run() {
  if (!set_up()) return false;
  for (auto& client : clients_) {
    work_.begin(*client);
    client->flush();
  }
  run_until(after(options_.warm_up));
  const auto started = now();
  const auto cpu = cpu_seconds();
  work_.open_window();
  run_until(after(options_.seconds));
  work_.close_window();
  window_seconds_ = static_cast<double>(now() - started) / static_cast<double>(kSecond);
  cpu_share_ = (cpu_seconds() - cpu) / window_seconds_;
  return problem_.empty();
}

bool Generator::set_up() {
  const auto since = now();
  while (problem_.empty() && ready_ < options_.connections) {
    if (now() - since > kSetUpPatience * kSecond) problem_ = "setting up takes too long";
    start_due(since);
    turn(1);
  }
  if (!problem_.empty())
    problem_ += " (" + std::to_string(ready_) + " of " + std::to_string(options_.connections) +
                " connections were ready)";
  return problem_.empty();
}

// Starts what the rate allows by now.
void Generator::start_due(std::uint64_t since) {
  const auto due =
      static_cast<double>(now() - since) / static_cast<double>(kSecond) * options_.connect_rate;
  const auto started = [&] { return static_cast<int>(clients_.size()); };
  while (problem_.empty() && started() < options_.connections && started() <= due &&
         started() - ready_ < kMostPending) {
    clients_.push_back(std::make_unique<WebSocketClient>(started(), *this));
    stages_.push_back(Stage::kUpgrading);
    if (!clients_.back()->start(epoll_, options_.port, dialect_.path()))
      problem_ = "cannot connect to 127.0.0.1:" + std::to_string(options_.port);
  }
}

void Generator::run_until(std::uint64_t deadline) {
  while (problem_.empty() && now() < deadline) turn(10);
}

void Generator::turn(int timeout_ms) {
  epoll_event events[256];
  const int count = ::epoll_wait(epoll_, events, 256, timeout_ms);
  for (int i = 0; i < count; ++i) {
    auto& client = *static_cast<WebSocketClient*>(events[i].data.ptr);
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) client.read(scratch_);
    client.flush();
  }
}

Generator::Stage& Generator::stage(const WebSocketClient& client) {
  return stages_[static_cast<std::size_t>(client.index())];
}

void Generator::upgraded(WebSocketClient& client) {
  stage(client) = Stage::kGreeting;
  greet(client, "");
}

void Generator::greet(WebSocketClient& client, std::string_view payload) {
  const auto greeting = dialect_.greet(client.index(), payload);
  if (!greeting.say.empty()) client.queue(greeting.say);
  if (greeting.done) join(client);
}

void Generator::join(WebSocketClient& client) {
  const auto channel = work_.channel();
  if (channel.empty()) return ready(client);
  stage(client) = Stage::kJoining;
  std::string command;
  dialect_.command(command, kJoinId, "subscribe", "\"channel\":\"" + channel + "\"");
  client.queue(command);
}

void Generator::ready(WebSocketClient& client) {
  stage(client) = Stage::kReady;
  ++ready_;
}

void Generator::frame(WebSocketClient& client, std::string_view payload) {
  const auto heard = dialect_.hear(payload);
  if (heard.kind == Heard::kKeepAlive) return client.queue("3");
  switch (stage(client)) {
    case Stage::kReady:
      return work_.heard(client, payload, heard);
    case Stage::kJoining:
      if (heard.kind == Heard::kReply && heard.id == kJoinId) return ready(client);
      break;
    default:
      greet(client, payload);
  }
  if (heard.kind == Heard::kError) problem_ = "the server refused: " + std::string(payload);
}

void Generator::lost(WebSocketClient& client, const std::string& why) {
  if (problem_.empty()) problem_ = "connection " + std::to_string(client.index()) + ": " + why;
}

}  // namespace parley::bench
