// SPDX-License-Identifier: Apache-2.0
#include "bench/load/dialect.h"

#include <charconv>

#include <unistd.h>

namespace parley::bench {
namespace {

bool is_error(std::string_view frame) {
  return frame.find("\"error\"") != std::string_view::npos;
}

class WsJson : public Dialect {
 public:
  std::string path() const override { return "/ws"; }

  Greeting greet(int, std::string_view) const override { return {.done = true}; }

  void command(std::string& out, std::uint64_t id, std::string_view name,
               std::string_view arguments) const override {
    out.append("{\"action\":\"").append(name).append("\",\"id\":").append(std::to_string(id));
    out.append(",").append(arguments).append("}");
  }

  // A user's id is a string, so a number behind "id" is a reply's.
  Heard hear(std::string_view frame) const override {
    if (is_error(frame)) return {Heard::kError};
    if (const auto id = number_behind(frame, "\"id\":")) return {Heard::kReply, *id};
    const bool push = frame.find("\"benchFan\"") != std::string_view::npos ||
                      frame.find("\"chatMessage\"") != std::string_view::npos;
    return {push ? Heard::kPush : Heard::kOther};
  }
};

class Parley : public WsJson {
 public:
  Greeting greet(int connection, std::string_view frame) const override {
    if (frame.empty()) return {.say = authentication(connection)};
    return {.done = frame.find("\"welcome\"") != std::string_view::npos};
  }

 private:
  // Names are unique over live and lately detached sessions, so each run takes its own.
  static std::string authentication(int connection) {
    return "{\"action\":\"auth\",\"id\":1,\"guest\":\"load" + std::to_string(::getpid()) + "x" +
           std::to_string(connection) + "\"}";
  }
};

// Engine.IO 4 packet types before Socket.IO's: 0 open, 2 ping, 3 pong, 4 message.
class SocketIo : public Dialect {
 public:
  std::string path() const override { return "/socket.io/?EIO=4&transport=websocket"; }

  Greeting greet(int, std::string_view frame) const override {
    if (frame.substr(0, 1) == "0") return {.say = "40"};
    return {.done = frame.substr(0, 2) == "40"};
  }

  void command(std::string& out, std::uint64_t id, std::string_view name,
               std::string_view arguments) const override {
    out.append("42").append(std::to_string(id)).append("[\"").append(name).append("\",{");
    out.append(arguments).append("}]");
  }

  Heard hear(std::string_view frame) const override {
    if (frame == "2") return {Heard::kKeepAlive};
    if (is_error(frame)) return {Heard::kError};
    const auto kind = frame.substr(0, 2);
    if (kind == "42") return {Heard::kPush};
    if (kind != "43") return {};
    Heard heard{Heard::kReply};
    std::from_chars(frame.data() + 2, frame.data() + frame.size(), heard.id);
    return heard;
  }
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(std::string_view name) {
  if (name == "parley") return std::make_unique<Parley>();
  if (name == "ws-json") return std::make_unique<WsJson>();
  if (name == "socket.io") return std::make_unique<SocketIo>();
  return nullptr;
}

std::optional<std::uint64_t> number_behind(std::string_view frame, std::string_view key) {
  auto at = frame.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  at += key.size();
  while (at < frame.size() && (frame[at] == ' ' || frame[at] == '"')) ++at;
  std::uint64_t value = 0;
  const auto result = std::from_chars(frame.data() + at, frame.data() + frame.size(), value);
  if (result.ptr == frame.data() + at) return std::nullopt;
  return value;
}

}  // namespace parley::bench
