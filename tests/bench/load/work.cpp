// SPDX-License-Identifier: Apache-2.0
#include "bench/load/work.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace parley::bench {
namespace {

constexpr std::string_view kChannel = "bench";
constexpr std::string_view kText = "go north, then look around and wait there";

// Each connection keeps `in_flight` commands under way; every answer starts the next one.
class RoundTrip : public Work {
 public:
  RoundTrip(const Options& options, const Dialect& dialect)
      : in_flight_(static_cast<std::size_t>(options.in_flight)),
        dialect_(dialect),
        sent_(static_cast<std::size_t>(options.connections) * in_flight_),
        next_id_(static_cast<std::size_t>(options.connections), kFirstId) {}

  std::string channel() const override { return ""; }

  void begin(WebSocketClient& client) override {
    for (std::size_t i = 0; i < in_flight_; ++i) send_next(client);
  }

  void heard(WebSocketClient& client, std::string_view frame, const Heard& what) override {
    if (what.kind == Heard::kError) return tally_.found_wrong(frame);
    if (what.kind != Heard::kReply) return;
    auto& sent_at = slot(client, what.id);
    if (sent_at == 0 || number_behind(frame, "\"value\":") != value_of(what.id))
      return tally_.found_wrong(frame);
    count_frame();
    count_latency(sent_at);
    sent_at = 0;
    if (!finished()) send_next(client);
  }

 private:
  static constexpr std::uint64_t kFirstId = 1000;  // setting up uses smaller ones
  // Not the id itself: an answer must carry the argument of its own command.
  static std::uint64_t value_of(std::uint64_t id) { return id * 7 % 1'000'003; }

  std::uint64_t& slot(const WebSocketClient& client, std::uint64_t id) {
    return sent_[static_cast<std::size_t>(client.index()) * in_flight_ + id % in_flight_];
  }

  // Answers may overtake each other, so an id is taken whose slot is free.
  void send_next(WebSocketClient& client) {
    auto& id = next_id_[static_cast<std::size_t>(client.index())];
    while (slot(client, id) != 0) ++id;
    arguments_.assign("\"value\":").append(std::to_string(value_of(id)));
    arguments_.append(",\"text\":\"").append(kText).append("\"");
    command_.clear();
    dialect_.command(command_, id, "benchEcho", arguments_);
    slot(client, id) = now();
    client.queue(command_);
    ++id;
  }

  std::size_t in_flight_;
  const Dialect& dialect_;
  std::vector<std::uint64_t> sent_;
  std::vector<std::uint64_t> next_id_;
  std::string arguments_, command_;
};

// The first connection sends; every message must reach every member once and in order.
class FanOut : public Work {
 public:
  FanOut(const Options& options, const Dialect& dialect)
      : options_(options),
        dialect_(dialect),
        members_(static_cast<std::uint64_t>(options.connections)),
        expected_(members_, 1),
        flights_(static_cast<std::size_t>(options.in_flight)) {}

  std::string channel() const override { return std::string(kChannel); }

  void begin(WebSocketClient& client) override {
    if (client.index() != 0) return;
    sender_ = &client;
    for (int i = 0; i < options_.in_flight; ++i) send_next();
  }

  void heard(WebSocketClient& client, std::string_view frame, const Heard& what) override {
    if (what.kind == Heard::kError) return tally_.found_wrong(frame);
    if (what.kind != Heard::kPush) return;
    const auto number = number_behind(frame, "\"text\":");
    auto& expected = expected_[static_cast<std::size_t>(client.index())];
    if (number != expected) return tally_.found_wrong(frame);
    ++expected;
    count_frame();
    delivered(*number);
  }

 private:
  struct Flight {
    std::uint64_t sent_at = 0, missing = 0;
  };

  void delivered(std::uint64_t number) {
    auto& flight = flights_[number % flights_.size()];
    if (--flight.missing > 0) return;
    count_latency(flight.sent_at);
    if (finished()) return;
    send_next();
    sender_->flush();
  }

  void send_next() {
    const auto number = ++last_;
    char text[96];
    std::snprintf(text, sizeof text, "%012llu %.*s", static_cast<unsigned long long>(number),
                  static_cast<int>(kText.size()), kText.data());
    arguments_.assign("\"channel\":\"").append(kChannel).append("\",\"");
    arguments_.append(options_.fan_text_key).append("\":\"").append(text).append("\"");
    command_.clear();
    dialect_.command(command_, kFirstId + number, options_.fan_command, arguments_);
    flights_[number % flights_.size()] = {now(), members_};
    sender_->queue(command_);
  }

  static constexpr std::uint64_t kFirstId = 1000;
  const Options& options_;
  const Dialect& dialect_;
  std::uint64_t members_;
  std::vector<std::uint64_t> expected_;
  std::vector<Flight> flights_;
  WebSocketClient* sender_ = nullptr;
  std::uint64_t last_ = 0;
  std::string arguments_, command_;
};

}  // namespace

void Work::count_latency(std::uint64_t since) {
  if (!measuring_) return;
  tally_.latencies.push_back(
      static_cast<std::uint32_t>(std::min<std::uint64_t>(now() - since, UINT32_MAX)));
}

std::unique_ptr<Work> make_work(const Options& options, const Dialect& dialect) {
  if (options.work == "round-trip") return std::make_unique<RoundTrip>(options, dialect);
  if (options.work == "fan-out") return std::make_unique<FanOut>(options, dialect);
  return nullptr;
}

std::uint64_t now() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace parley::bench
