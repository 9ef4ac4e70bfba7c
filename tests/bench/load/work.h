// SPDX-License-Identifier: Apache-2.0
// The work that is measured: round trips and fan-out, each told of frames, each counting in a window.
//
// Thread: the generator's only one. Units: times in nanoseconds of the steady clock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/dialect.h"
#include "bench/load/websocket_client.h"

namespace parley::bench {

struct Options {
  std::string dialect = "parley";
  std::string work = "round-trip";  // or fan-out
  std::string fan_command = "benchFan";
  std::string fan_text_key = "text";  // the argument that carries the text
  std::uint16_t port = 0;
  int connections = 100;
  int in_flight = 1;
  double seconds = 5, warm_up = 1;
  double connect_rate = 500;  // new connections per second while setting up
  int cpu = -1;               // pinned to it
};

// What a run found out. `frames` counts the window only, `wrong` everything.
struct Tally {
  std::uint64_t frames = 0;
  std::vector<std::uint32_t> latencies;  // one per round trip or per fully delivered message
  std::uint64_t wrong = 0;
  std::string first_wrong;  // what it looked like

  void found_wrong(std::string_view what) {
    if (wrong++ == 0) first_wrong = what;
  }
};

class Work {
 public:
  virtual ~Work() = default;
  // The channel that every connection joins before the start; empty: none.
  virtual std::string channel() const = 0;
  virtual void begin(WebSocketClient& client) = 0;  // the connection may start to work
  virtual void heard(WebSocketClient& client, std::string_view frame, const Heard& what) = 0;
  void open_window() { measuring_ = true; }
  void close_window() { measuring_ = false, finished_ = true; }
  const Tally& tally() const { return tally_; }

 protected:
  void count_frame() { tally_.frames += measuring_; }
  void count_latency(std::uint64_t since);
  bool finished() const { return finished_; }
  Tally tally_;

 private:
  bool measuring_ = false, finished_ = false;
};

std::unique_ptr<Work> make_work(const Options& options, const Dialect& dialect);

std::uint64_t now();

}  // namespace parley::bench
