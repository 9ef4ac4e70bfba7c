// SPDX-License-Identifier: Apache-2.0
// Sets the connections up within the limits given, lets the work run, measures a window of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/load/dialect.h"
#include "bench/load/websocket_client.h"
#include "bench/load/work.h"

namespace parley::bench {

class Generator final : public WebSocketClient::Handler {
 public:
  Generator(const Options& options, const Dialect& dialect, Work& work);
  ~Generator();

  // False when a connection could not be set up or was lost; problem() says why.
  bool run();
  const std::string& problem() const { return problem_; }
  double window_seconds() const { return window_seconds_; }
  double cpu_share() const { return cpu_share_; }  // of one core, during the window

 private:
  enum class Stage { kUpgrading, kGreeting, kJoining, kReady };

  void upgraded(WebSocketClient& client) override;
  void frame(WebSocketClient& client, std::string_view payload) override;
  void lost(WebSocketClient& client, const std::string& why) override;

  bool set_up();
  void start_due(std::uint64_t since);
  void greet(WebSocketClient& client, std::string_view payload);
  void join(WebSocketClient& client);
  void ready(WebSocketClient& client);
  void run_until(std::uint64_t deadline);
  void turn(int timeout_ms);
  Stage& stage(const WebSocketClient& client);

  const Options& options_;
  const Dialect& dialect_;
  Work& work_;
  int epoll_;
  std::vector<std::unique_ptr<WebSocketClient>> clients_;
  std::vector<Stage> stages_;
  int ready_ = 0;
  std::vector<char> scratch_;
  std::string problem_;
  double window_seconds_ = 0, cpu_share_ = 0;
};

}  // namespace parley::bench
