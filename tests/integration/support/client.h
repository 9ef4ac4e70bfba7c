// SPDX-License-Identifier: Apache-2.0
// A WebSocket client for dialogues: say something, read until the answer is there.
//
//   Client neo(server.port());
//   neo.enter("Neo");
//   neo.send(R"({"action":"sendChat","id":1,"channel":"global","message":"hi"})");
//   EXPECT_EQ(neo.read_reply(1)["type"], "ok");
//
// It frames by hand over a plain socket, so that a test can also send what no library would.
// Reading: frames that a read_... call passes over stay readable for the next one; read() takes
// strictly the oldest, which is how a test checks order. Pings are answered while reading.
// Thread: one. Failure: TestFailure after at most kPatience, with everything that was received.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "integration/support/http.h"
#include "integration/support/wire.h"

namespace parley::test {

using Json = nlohmann::json;

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

// One frame as a client should send it; the fields let a test break each rule by itself.
struct Frame {
  Opcode opcode = Opcode::kText;
  std::string payload;
  bool fin = true;
  bool masked = true;
  std::uint8_t reserved = 0;                    // RSV1..3 as bits 4, 2, 1
  std::optional<std::uint64_t> announced_size;  // what the header says, when it lies
  std::string bytes() const;
};

class Client {
 public:
  struct Options {
    std::string path = "/ws";
    Headers headers;  // besides the upgrade's own
  };
  explicit Client(std::uint16_t port) : Client(port, Options()) {}
  Client(std::uint16_t port, Options options);  // connects and upgrades; throws if refused

  // Authenticates as a guest and returns the welcome frame.
  Json enter(const std::string& guest_name);

  void send(std::string_view json_text);  // one text frame, as it stands
  void send_json(const Json& object) { send(object.dump()); }
  void send_frame(const Frame& frame);
  void send_raw_bytes(std::string_view bytes);

  Json read();  // the oldest frame not yet read
  Json read_until(const std::string& type);
  Json read_reply(const Json& id);  // the terminal frame with this id
  Json read_where(const std::function<bool(const Json&)>& wanted, const std::string& description);
  // Sends `command` with `id` and returns its terminal frame.
  Json ask(Json command, const Json& id);
  // As ask(), and again whenever the answer is rate_limited, after the time that answer names.
  Json ask_patiently(const Json& command, const Json& id);

  // Reads until the server closes; returns its close code, 1005 for an empty close frame,
  // 1006 for an end without one.
  int read_close();
  void expect_close(int code);  // also checks that the stream ends
  bool closed() const { return close_code_.has_value(); }
  const std::string& close_reason() const { return close_reason_; }
  void hang_up() { socket_.close(); }  // no close frame: a cut cable

  // Whether nothing that satisfies `unwanted` arrives before the answer to a ping sent now: for
  // "is not told" checks without waiting.
  bool hears_nothing_of(const std::function<bool(const Json&)>& unwanted);
  const Response& upgrade_response() const { return upgrade_; }
  std::string transcript() const;  // what was received, newest last

 private:
  bool pump(Deadline deadline, const std::string& awaited);
  void take_frames();
  bool take_frame();
  void on_frame(Opcode opcode, bool fin, std::string payload);
  [[noreturn]] void fail(const std::string& what) const;

  Socket socket_;
  Response upgrade_;
  std::string input_;
  std::string message_;  // fragments of an unfinished message
  std::deque<Json> inbox_;
  std::vector<std::string> heard_;
  std::optional<int> close_code_;
  std::string close_reason_;
  bool ended_ = false;
  std::uint64_t pings_ = 0;
};

// The upgrade request as bytes, for tests that send it in pieces or spoil it.
std::string upgrade_request(std::uint16_t port, const std::string& path, const Headers& headers);

}  // namespace parley::test
