// SPDX-License-Identifier: Apache-2.0
#include "net/shard.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <unordered_map>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace parley::net {
namespace {

constexpr int kEventsPerTurn = 128;
// Sockets are asked again before Asio is, as long as they yield: that saves Asio's wait and
// re-arming for each turn under load. Bounded, so that Asio's own handlers (signals, timers) are
// never starved.
constexpr int kTurnsPerWake = 32;

thread_local Shard* current_shard = nullptr;

}  // namespace

struct Shard::Queued {
  Queued* next;
  Task task;
};

class Shard::NamedTimer final : public TimerNode, public std::enable_shared_from_this<NamedTimer> {
 public:
  NamedTimer(Shard& shard, std::uint64_t id, Millis period, Task task)
      : shard_(shard), id_(id), period_(period), task_(std::move(task)) {}

 private:
  void on_timer() override;

  Shard& shard_;
  const std::uint64_t id_;
  const Millis period_;  // zero: once
  Task task_;
};

struct Shard::Loop {
  Loop() : io(1), sockets(io), sleep(io) {}

  boost::asio::io_context io;
  int epoll = -1;
  int event = -1;
  boost::asio::posix::stream_descriptor sockets;  // owns `epoll`
  boost::asio::steady_timer sleep;
  Clock::TimePoint sleeping_until{};
  std::atomic<bool> idle{true};  // a post must write to `event`
  std::array<epoll_event, kEventsPerTurn> events;
  std::vector<char> read_buffer = std::vector<char>(kReadBuffer);
  std::vector<char> plain_buffer;  // made with the first TLS connection
  std::vector<Task> deferred;
  std::vector<Task> running;
  std::vector<ReadyTarget*> ending;
  std::vector<ReadyTarget*> retired;
  struct Move {
    ReadyTarget* target;
    Shard* to;
  };
  std::vector<Move> moving;
  ReadyTarget* owned = nullptr;
  std::unordered_map<std::uint64_t, std::shared_ptr<NamedTimer>> timers;
};

Shard::Shard(int index, const Clock& clock)
    : index_(index),
      clock_(clock),
      now_(clock.now()),
      loop_(std::make_unique<Loop>()),
      wheel_(now_) {
  loop_->epoll = ::epoll_create1(EPOLL_CLOEXEC);
  loop_->event = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  loop_->sockets.assign(loop_->epoll);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  ::epoll_ctl(loop_->epoll, EPOLL_CTL_ADD, loop_->event, &event);
}

Shard::~Shard() {
  stop_all();
  // Destroying a task may post another: a responder that was never answered does.
  while (Queued* item = posted_.exchange(nullptr)) {
    while (item) delete std::exchange(item, item->next);
  }
  loop_->timers.clear();
  ::close(loop_->event);
}

Shard* Shard::current() {
  return current_shard;
}

boost::asio::io_context& Shard::io() {
  return loop_->io;
}

Shard::Beat Shard::beat() const {
  const std::uint64_t beat = beat_.load(std::memory_order_relaxed);
  return {beat / 2, beat % 2 == 1};
}

// --- Posting
// -----------------------------------------------------------------------------------------------

void Shard::post(Task task) {
  auto* item = new Queued{posted_.load(std::memory_order_relaxed), std::move(task)};
  while (!posted_.compare_exchange_weak(item->next, item)) {
  }
  if (loop_->idle.load() && loop_->idle.exchange(false)) signal();
}

void Shard::signal() {
  const std::uint64_t one = 1;
  // The counter cannot be full: it is read whenever it is set.
  [[maybe_unused]] const ssize_t written = ::write(loop_->event, &one, sizeof one);
}

void Shard::take_posted() {
  Queued* newest = posted_.exchange(nullptr);
  Queued* oldest = nullptr;
  while (newest) {
    Queued* next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  while (oldest) {
    std::unique_ptr<Queued> item(oldest);
    oldest = oldest->next;
    item->task();
  }
}

// Output, timers and retirements made outside a turn (in an Asio handler) still need a turn to be
// served.
void Shard::request_turn() {
  if (!in_turn_ && loop_->idle.exchange(false)) signal();
}

// --- The loop
// ----------------------------------------------------------------------------------------------

void Shard::run() {
  current_shard = this;
  ::pthread_setname_np(::pthread_self(), ("shard-" + std::to_string(index_)).c_str());
  on_wake();
  if (!stopping_) {
    arm_wait();
    loop_->io.run();
  }
  stop_all();
  current_shard = nullptr;
}

void Shard::on_wake() {
  loop_->idle.store(false);
  for (int i = 0; i < kTurnsPerWake; ++i) {
    if (!turn() || stopping_) break;
  }
  if (stopping_) {
    loop_->io.stop();
    return;
  }
  loop_->idle.store(true);
  const bool more = posted_.load() != nullptr || !loop_->deferred.empty();
  if (more && loop_->idle.exchange(false)) signal();
  arm_sleep();
}

void Shard::arm_wait() {
  loop_->sockets.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                            [this](const boost::system::error_code& error) {
                              if (error || stopping_) return;
                              on_wake();
                              if (!stopping_) arm_wait();
                            });
}

void Shard::arm_sleep() {
  const auto wake = wheel_.next_wake();
  if (!wake || *wake == loop_->sleeping_until) return;
  loop_->sleeping_until = *wake;
  // The delay is taken on the shard's clock, which a test may have set.
  loop_->sleep.expires_after(*wake - clock_.now());
  loop_->sleep.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    loop_->sleeping_until = {};
    on_wake();
  });
}

bool Shard::turn() {
  in_turn_ = true;
  beat_.fetch_add(1, std::memory_order_relaxed);
  stats_.turns.bump();
  now_ = clock_.now();
  const int ready = ::epoll_wait(loop_->epoll, loop_->events.data(), kEventsPerTurn, 0);
  for (int i = 0; i < ready; ++i) {
    const epoll_event& event = loop_->events[static_cast<std::size_t>(i)];
    if (event.data.ptr) {
      static_cast<ReadyTarget*>(event.data.ptr)->on_ready(event.events);
    } else {
      std::uint64_t count;
      [[maybe_unused]] const ssize_t got = ::read(loop_->event, &count, sizeof count);
    }
  }
  take_posted();
  wheel_.advance(now_);
  end_turn();
  beat_.fetch_add(1, std::memory_order_relaxed);
  in_turn_ = false;
  return ready > 0 || posted_.load(std::memory_order_relaxed) || !loop_->deferred.empty();
}

void Shard::end_turn() {
  if (!loop_->deferred.empty()) {
    loop_->running.swap(loop_->deferred);
    for (Task& task : loop_->running) task();
    loop_->running.clear();
  }
  // The list grows while it is walked: a connection that ends may send to others.
  for (std::size_t i = 0; i < loop_->ending.size(); ++i) loop_->ending[i]->on_turn_end();
  loop_->ending.clear();
  if (!loop_->moving.empty()) move_out();
  for (std::size_t i = 0; i < loop_->retired.size(); ++i) delete loop_->retired[i];
  loop_->retired.clear();
}

// Nothing on this shard refers to the target any more: its descriptor, timer and output are the new
// shard's. Until that runs the task, the task owns it.
void Shard::move_out() {
  const auto moves = std::move(loop_->moving);
  loop_->moving.clear();
  for (const Loop::Move& move : moves) {
    if (!move.target->on_leave(*move.to)) continue;
    unlink(move.target);
    move.to->post([to = move.to, target = std::unique_ptr<ReadyTarget>(move.target)]() mutable {
      ReadyTarget* arrived = target.get();
      to->adopt(std::move(target));
      arrived->on_arrive();
    });
  }
}

Millis Shard::patience(Millis usual) const {
  if (!draining_) return usual;
  return std::clamp(std::chrono::ceil<Millis>(grace_ends_ - now_), Millis{0}, usual);
}

void Shard::drain(Millis grace) {
  draining_ = true;
  grace_ends_ = now_ + grace;
  for (ReadyTarget* target = loop_->owned; target;) {
    ReadyTarget* next = target->next_;
    target->on_drain();
    target = next;
  }
}

void Shard::stop_all() {
  in_turn_ = true;
  while (ReadyTarget* target = loop_->owned) {
    target->on_stop();
    if (loop_->owned == target) retire(target);
  }
  end_turn();
  in_turn_ = false;
}

// --- Timers
// ------------------------------------------------------------------------------------------------

void Shard::NamedTimer::on_timer() {
  const auto self = shared_from_this();  // the task may cancel this very timer
  if (period_.count() > 0) {
    shard_.arm(*this, period_);
  } else {
    shard_.loop_->timers.erase(id_);
  }
  task_();
}

TimerId Shard::add_timer(Millis delay, Millis period, Task task) {
  const std::uint64_t id = ++last_timer_;
  auto timer = std::make_shared<NamedTimer>(*this, id, period, std::move(task));
  arm(*timer, delay);
  loop_->timers.emplace(id, std::move(timer));
  return {id};
}

TimerId Shard::call_after(Millis delay, Task task) {
  return add_timer(delay, Millis{0}, std::move(task));
}

TimerId Shard::call_every(Millis period, Task task) {
  return add_timer(period, std::max(period, Millis{1}), std::move(task));
}

void Shard::cancel(TimerId id) {
  const auto found = loop_->timers.find(id.value);
  if (found == loop_->timers.end()) return;
  found->second->stop();
  loop_->timers.erase(found);
}

void Shard::arm(TimerNode& node, Millis delay) {
  wheel_.arm(node, in_turn_ ? now_ : clock_.now(), delay);
  request_turn();
}

// --- What the parts of net use
// -----------------------------------------------------------------------------

void Shard::defer_to_turn_end(Task task) {
  loop_->deferred.push_back(std::move(task));
  request_turn();
}

Status Shard::watch(int fd, std::uint32_t events, ReadyTarget* target) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = target;
  if (::epoll_ctl(loop_->epoll, EPOLL_CTL_ADD, fd, &event) == 0) return Status::ok();
  return Status::internal(std::string("The kernel refuses to watch another socket: ") +
                          std::strerror(errno) + ". Raise fs.epoll.max_user_watches.");
}

void Shard::rewatch(int fd, std::uint32_t events, ReadyTarget* target) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = target;
  ::epoll_ctl(loop_->epoll, EPOLL_CTL_MOD, fd, &event);
}

void Shard::unwatch(int fd) {
  ::epoll_ctl(loop_->epoll, EPOLL_CTL_DEL, fd, nullptr);
}

void Shard::adopt(std::unique_ptr<ReadyTarget> target) {
  ReadyTarget* raw = target.release();
  raw->next_ = loop_->owned;
  if (loop_->owned) loop_->owned->previous_ = raw;
  loop_->owned = raw;
}

void Shard::unlink(ReadyTarget* target) {
  (target->previous_ ? target->previous_->next_ : loop_->owned) = target->next_;
  if (target->next_) target->next_->previous_ = target->previous_;
  target->next_ = target->previous_ = nullptr;
}

void Shard::retire(ReadyTarget* target) {
  unlink(target);
  loop_->retired.push_back(target);
  request_turn();
}

void Shard::at_turn_end(ReadyTarget* target) {
  loop_->ending.push_back(target);
  request_turn();
}

void Shard::move_at_turn_end(ReadyTarget* target, Shard& to) {
  loop_->moving.push_back({target, &to});
  request_turn();
}

std::span<char> Shard::read_buffer() {
  return loop_->read_buffer;
}

std::span<char> Shard::plain_buffer() {
  if (loop_->plain_buffer.empty()) loop_->plain_buffer.resize(kReadBuffer);
  return loop_->plain_buffer;
}

}  // namespace parley::net
