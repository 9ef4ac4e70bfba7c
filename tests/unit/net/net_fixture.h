// SPDX-License-Identifier: Apache-2.0
// A running pool with one listener, for tests that talk to it over real loopback sockets.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "net/echo.h"
#include "net/listener.h"
#include "net/service.h"
#include "net/shard.h"
#include "support/raw_socket.h"

namespace parley::net {

using testing::FrameShape;
using testing::raw_frame;
using testing::RawFrame;
using testing::RawSocket;

// Waits for a condition that another thread brings about; bounded.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

// Echoes, and remembers how connections ended. Shared by all shards.
class Recorder : public WebSocketHandler {
 public:
  void on_open(WebSocketConnection& connection, const HttpRequestHead& head) override {
    const std::lock_guard lock(mutex_);
    opened_.push_back(head.path);
    last_ = &connection;
  }
  void on_text(WebSocketConnection& connection, std::string_view text) override {
    connection.send(text);
  }
  void on_binary(WebSocketConnection& connection, std::string_view data) override {
    connection.send_binary(data);
  }
  void on_slow(WebSocketConnection&) override { ++slow_; }
  void on_drained(WebSocketConnection&) override { ++drained_; }
  void on_closed(WebSocketConnection&, std::uint16_t code, std::string_view reason) override {
    const std::lock_guard lock(mutex_);
    codes_.push_back(code);
    reasons_.emplace_back(reason);
  }

  std::vector<std::uint16_t> codes() const {
    const std::lock_guard lock(mutex_);
    return codes_;
  }
  std::vector<std::string> reasons() const {
    const std::lock_guard lock(mutex_);
    return reasons_;
  }
  // The code of the one connection that ended; 0 when none does in time.
  std::uint16_t wait_closed() const {
    return eventually([this] { return !codes().empty(); }) ? codes().front() : 0;
  }
  WebSocketConnection* last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  int slow() const { return slow_; }
  int drained() const { return drained_; }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> opened_;
  std::vector<std::uint16_t> codes_;
  std::vector<std::string> reasons_;
  WebSocketConnection* last_ = nullptr;
  std::atomic<int> slow_{0};
  std::atomic<int> drained_{0};
};

class NetTest : public ::testing::Test {
 protected:
  NetTest() : service_(std::make_shared<Service>()) {
    service_->handle = [](const HttpRequest& request, HttpResponder responder) {
      responder.respond(
          HttpResponse::text(200, request.method + " " + request.path + " " + request.body));
    };
    service_->upgrade = [this](const HttpRequestHead& head) -> UpgradeVerdict {
      if (head.path == "/ws") return handler_;
      return HttpResponse::text(403, "not here\n");
    };
  }
  ~NetTest() override { stop(); }

  void start(int shards = 1, std::shared_ptr<Admission> admission = nullptr) {
    pool_ = std::make_unique<ShardPool>(ShardPool::Options{.count = shards, .clock = &clock_});
    ListenOptions options{.address = "127.0.0.1:0"};
    options.admission = std::move(admission);
    auto opened = Listener::open(*pool_, std::move(options), service_);
    ASSERT_TRUE(opened) << opened.status().message();
    listener_ = std::move(opened).value();
    pool_->start();
  }
  void stop() {
    listener_.reset();
    pool_.reset();
  }
  RawSocket connect() { return RawSocket::connect(listener_->port()); }
  RawSocket open_websocket() {
    RawSocket client = connect();
    EXPECT_TRUE(client.upgrade().starts_with("HTTP/1.1 101 ")) << "no upgrade";
    return client;
  }
  // Runs on the connection's own shard and waits for it.
  template <typename F>
  void on_shard(F f, int shard = 0) {
    std::promise<void> done;
    pool_->at(shard).post([&] {
      f();
      done.set_value();
    });
    done.get_future().wait();
  }

  SystemClock clock_;
  Recorder recorder_;
  WebSocketHandler* handler_ = &recorder_;
  std::shared_ptr<Service> service_;
  std::unique_ptr<ShardPool> pool_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace parley::net
