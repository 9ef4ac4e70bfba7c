// SPDX-License-Identifier: Apache-2.0
// One thread that owns its connections, and the set of all of them.
//
// Purpose: a connection lives on one shard, so its state needs no lock; what goes between shards is
// posted. The one way to another shard is a move between two turns, for a connection that takes up
// a session which lives there. A turn is: up to 128 ready sockets, the posted tasks, the timers that are due,
// deferred tasks, and then one send for every connection with output. Sockets sit in one
// level-triggered epoll set, whose descriptor is all that Asio waits for. Ownership: ShardPool owns
// the shards, a shard owns its connections. Thread: post(), index(), stats(), beat() and clock()
// from any thread, the rest on the shard's own. Lifetime: the pool outlives everything that posts
// to it. Failure: tasks and handlers must not throw; what is posted after stop() is destroyed
// without being run.
//
//   SystemClock clock;
//   ShardPool shards({.count = config.listen.shards, .clock = &clock});
//   auto listener = Listener::open(shards, {.address = config.listen.address}, service);   //
//   listener.h shards.start();
//   ...
//   listener.value()->drain();  shards.begin_drain(grace);  shards.stop();  shards.join();
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "base/task.h"
#include "net/net_stats.h"
#include "net/timing_wheel.h"

namespace boost::asio {
class io_context;
}

namespace parley::net {

// Names a timer of one shard; a default one names none. Cancelling a timer that has fired does
// nothing.
struct TimerId {
  std::uint64_t value = 0;
  explicit operator bool() const { return value != 0; }
};

class Shard;

// Something with a descriptor in the shard's set. The shard owns it from adopt() to the turn after
// retire().
class ReadyTarget {
 public:
  virtual ~ReadyTarget() = default;
  virtual void on_ready(std::uint32_t events) = 0;  // epoll's bits
  virtual void on_turn_end() {}                     // asked for with Shard::at_turn_end
  virtual void on_drain() {}                        // finish what runs, take nothing new
  virtual void on_stop() {}                         // the shard ends; destroyed right after
  // Asked for with Shard::move_at_turn_end(). Lets go of everything of its shard; false: it stays
  // (it has ended meanwhile).
  virtual bool on_leave(Shard& to) {
    (void)to;
    return false;
  }
  virtual void on_arrive() {}  // on the new shard's thread, which owns it from here on

 private:
  friend class Shard;
  ReadyTarget* next_ = nullptr;
  ReadyTarget* previous_ = nullptr;
};

class Shard final : public Executor {
 public:
  Shard(int index, const Clock& clock);
  ~Shard() override;

  // Any thread.
  void post(Task task) override;  // in order per posting thread; one wake-up per batch
  int index() const { return index_; }
  const Clock& clock() const { return clock_; }
  const NetStats& stats() const { return stats_; }
  static Shard* current();  // the shard of this thread, or nullptr
  bool is_current() const { return current() == this; }

  // For a watchdog: when `busy` and `turns` has not moved between two looks, the shard hangs in
  // that turn.
  struct Beat {
    std::uint64_t turns = 0;
    bool busy = false;
  };
  Beat beat() const;

  // The shard's thread (or any, before start).
  TimerId call_after(Millis delay, Task task);
  TimerId call_every(Millis period, Task task);
  void cancel(TimerId id);
  void defer_to_turn_end(Task task);             // runs before this turn's output is sent
  Clock::TimePoint now() const { return now_; }  // of the turn
  boost::asio::io_context& io();
  bool draining() const { return draining_; }
  // How long a client is waited for that is usually given so much: while draining, not beyond the
  // grace's end.
  Millis patience(Millis usual) const;

  // For the parts of net; the shard's thread.
  NetStats& counters() { return stats_; }
  Status watch(int fd, std::uint32_t events, ReadyTarget* target);
  void rewatch(int fd, std::uint32_t events, ReadyTarget* target);
  void unwatch(int fd);
  void adopt(std::unique_ptr<ReadyTarget> target);
  void retire(ReadyTarget* target);       // unwatch first; destroyed at the turn's end
  void at_turn_end(ReadyTarget* target);  // once per call
  void move_at_turn_end(ReadyTarget* target, Shard& to);  // after this turn's output
  void arm(TimerNode& node, Millis delay);
  std::span<char> read_buffer();   // shared by every connection; contents valid until the next read
  std::span<char> plain_buffer();  // the same, for decrypted bytes

  static constexpr std::size_t kReadBuffer = 64 * 1024;

 private:
  friend class ShardPool;
  struct Queued;
  struct Loop;
  class NamedTimer;

  void run();
  void on_wake();
  bool turn();
  void take_posted();
  void end_turn();
  void move_out();
  void unlink(ReadyTarget* target);
  void request_turn();
  void arm_wait();
  void arm_sleep();
  void drain(Millis grace);
  void stop_all();
  void signal();
  TimerId add_timer(Millis delay, Millis period, Task task);

  const int index_;
  const Clock& clock_;
  Clock::TimePoint now_;
  NetStats stats_;
  std::unique_ptr<Loop> loop_;
  TimingWheel wheel_;
  std::atomic<Queued*> posted_{nullptr};
  std::atomic<std::uint64_t> beat_{0};  // even: idle
  bool in_turn_ = false;
  bool stopping_ = false;
  bool draining_ = false;
  Clock::TimePoint grace_ends_{};
  std::uint64_t last_timer_ = 0;
};

class ShardPool {
 public:
  struct Options {
    int count = 0;                 // 0: one per core
    const Clock* clock = nullptr;  // required
    bool pin = false;              // shard i on core i
  };
  explicit ShardPool(Options options);
  ~ShardPool();  // stops and joins

  void start();
  // Idle HTTP connections close, others after their answer. Requests that are not whole, WebSockets
  // whose close frame is not answered and peers that do not hang up get `grace`; WebSockets that
  // nobody else has closed are closed with 1001.
  void begin_drain(Millis grace);
  void stop();  // every connection is closed, threads end
  void join();

  int size() const { return static_cast<int>(shards_.size()); }
  Shard& at(int index) { return *shards_[static_cast<std::size_t>(index)]; }
  std::uint64_t connections() const;  // open now, all shards

 private:
  struct Threads;
  Options options_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace parley::net
