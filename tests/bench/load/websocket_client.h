// SPDX-License-Identifier: Apache-2.0
// One client connection of the generator: a non-blocking socket, masked frames out, frames in.
//
// Ownership: owns its descriptor. Thread: the generator's only one.
// Failure: the caller's handler is told through lost(); a connection that failed stays quiet.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace parley::bench {

class WebSocketClient {
 public:
  // Told of everything that happens to a connection, from within read() and flush().
  class Handler {
   public:
    virtual void upgraded(WebSocketClient& client) = 0;
    virtual void frame(WebSocketClient& client, std::string_view payload) = 0;
    virtual void lost(WebSocketClient& client, const std::string& why) = 0;

   protected:
    ~Handler() = default;
  };

  WebSocketClient(int index, Handler& handler) : index_(index), handler_(handler) {}
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;
  ~WebSocketClient();

  // Connects to 127.0.0.1 and joins the epoll set with itself as the event's pointer.
  bool start(int epoll, std::uint16_t port, const std::string& path);
  void queue(std::string_view text);  // one text frame into the output; flush() sends it
  void flush();
  void read(std::span<char> scratch);

  int index() const { return index_; }

 private:
  void queue_frame(int opcode, std::string_view payload);
  std::size_t take_head(std::string_view input);
  std::size_t take_frames(std::string_view input);
  void control(int opcode, std::string_view payload);
  void watch(bool for_output);
  void fail(const std::string& why);

  int index_;
  Handler& handler_;
  int fd_ = -1, epoll_ = -1;
  bool upgraded_ = false, watches_output_ = false, failed_ = false;
  std::uint32_t mask_ = 0x9e3779b9;
  std::string output_;
  std::string partial_;  // the beginning of a frame whose rest has not come
};

}  // namespace parley::bench
